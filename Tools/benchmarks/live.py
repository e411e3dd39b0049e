"""What is written on one node, seen on another."""

import statistics

from .machine import say
from .nodes import Node, fresh, wait_until

RATE = 200
SECONDS_OF_UPDATES = 20
SECONDS_TO_CONNECT = 60


def latency(run):
    """Three nodes that all know each other; the third hears it as well."""
    medians, slow = [], []
    seconds = 5 if run.is_quick else SECONDS_OF_UPDATES
    for number in range(1, run.rounds + 1):
        with fresh(run.folder / "live") as folder:
            for name in "abc":
                (folder / name).mkdir()
            with Node.founded(run.programs, folder / "a") as a:
                with (
                    Node.joined(run.programs, folder / "b", a.ticket("ambassador")) as b,
                    Node.joined(run.programs, folder / "c", a.ticket("ambassador")) as c,
                ):
                    nodes = (a, b, c)
                    wait_until(lambda: len({node.ask("status")["frontier"] for node in nodes}) == 1 and all(
                        connected(node) >= 2 for node in nodes), "three nodes that know each other", SECONDS_TO_CONNECT)
                    printed = run.records.bench(
                        "latency", a.socket, b.socket, "--rate", RATE, "--updates", RATE * seconds)
        count, median, percentile, longest = (float(word) for word in printed.split())
        medians.append(median)
        slow.append(percentile)
        say(f"  run {number}: {count:,.0f} updates: p50 {median:.2f} ms, p99 {percentile:.2f} ms, at most {longest:.2f} ms")
    run.figures.add("live-latency-p50", statistics.median(medians), "ms")
    run.figures.add("live-latency-p99", statistics.median(slow), "ms")


def connected(node):
    return sum(peer["connected"] for peer in node.ask("peers")["rows"])
