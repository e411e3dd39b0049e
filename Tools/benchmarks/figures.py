"""What was measured: a name, a value in its unit, and beside it what it is to reach."""

import json
import math
from dataclasses import dataclass

UNITS = ("/s", "B/s", "MiB", "KiB", "B", "s", "ms", "%", "")


@dataclass(frozen=True)
class Bar:
    """At least, at most or less than so much."""
    sign: str
    limit: float

    def is_met(self, value):
        return {"≥": value >= self.limit, "≤": value <= self.limit, "<": value < self.limit}[self.sign]

    def __str__(self):
        return f"{self.sign} {self.limit:,}"


def least(limit):
    return Bar("≥", limit)


def most(limit):
    return Bar("≤", limit)


def less(limit):
    return Bar("<", limit)


# Figures to reach.
BARS = {
    "cold-sync": least(100_000),
    "cold-sync-by-ed25519": least(4),
    "cold-sync-live-log": least(70_000),
    "cold-sync-memory": most(256),
    "disk": most(300),
    "wire": most(160),
    "wire-live-log": most(240),
    "resync-idle": most(1_536),
    "resync-idle-time": most(5),
    "resync-1000-of-10000": most(250_000),
    "resync-1000-of-10000-round-trips": most(3),
    "live-latency-p50": most(2),
    "live-latency-p99": most(10),
    "local-writes": least(3_000),
    "import": least(50_000),
    "rebuild": most(4),
    "verify": most(15),
    "start": most(1),
    "query-totals": most(10),
    "query-leaderboard": most(10),
    "query-tree": most(10),
    "query-path": most(10),
    "idle-memory": most(150),
    "idle-processor": most(1),
    "growth": most(15),
}
for senders in ("one-sender", "random-senders", "burst"):
    for nodes in (100, 1_000, 10_000):
        BARS[f"broadcast-{nodes}-{senders}-missed"] = most(0)
for nodes in (100, 1_000):
    for senders, last_hop, redundancy in (("one-sender", 15, 0.2), ("random-senders", 18, 1), ("burst", 30, 3)):
        BARS[f"broadcast-{nodes}-{senders}-last-hop"] = less(last_hop)
        BARS[f"broadcast-{nodes}-{senders}-redundancy"] = less(redundancy)

# What --quick is judged by, of a tenth of everything: sizes, and ratios within the run, so that a busy or a slow machine breaks none.
# With margin. Growth is not judged: a tenth is there within two seconds, of which the start is a good part.
QUICK_BARS = {
    "cold-sync-by-ed25519": least(0.5),
    "live-log-by-cold-sync": least(0.3),
    "update-by-size": most(3),
    "cold-sync-memory": most(256),
    "disk": most(450),
    "wire": most(160),
    "wire-live-log": most(240),
    "resync-idle": most(1_536),
    "resync-100-of-1000": most(250_000),
    "idle-memory": most(150),
    **{name: bar for name, bar in BARS.items() if name.startswith("broadcast-100-")},
}


def number(value):
    """With three digits that say something."""
    if value % 1 == 0 or abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


class Figures:
    def __init__(self, bars=BARS):
        self.results, self.bars = [], bars

    def add(self, name, value, unit):
        assert unit in UNITS, unit
        self.results.append({"name": name, "value": round(value, 4), "unit": unit})

    def value(self, name):
        """None where it was not measured."""
        return next((result["value"] for result in self.results if result["name"] == name), None)

    def missed(self):
        return [
            result["name"] for result in self.results
            if result["name"] in self.bars and not self.bars[result["name"]].is_met(result["value"])]

    def table(self):
        """Lines; a bar that was missed says so."""
        yield f"{'figure':<46}{'value':>14} {'unit':<5}{'reach':>12}"
        for result in self.results:
            name, value = result["name"], result["value"]
            bar = self.bars.get(name)
            verdict = "" if bar is None else f"{str(bar):>12}{'' if bar.is_met(value) else '  missed'}"
            yield f"{name:<46}{number(value):>14} {result['unit']:<5}{verdict}".rstrip()

    def write(self, path, machine):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"machine": machine, "results": self.results}, file, indent=2)
            file.write("\n")
