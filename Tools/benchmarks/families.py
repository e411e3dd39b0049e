"""Which figures there are, in the order in which they are measured."""

import statistics
import subprocess

from . import broadcasts, changes, cold_sync, large, live, resync, writes
from .machine import Failed, fail, say

# Family, what measures it, and the names of its figures or how they begin.
FAMILIES = (
    ("cold-sync", cold_sync.cold_sync, ("cold-sync", "disk", "wire")),
    ("live-log", cold_sync.live_log, ("cold-sync-live-log", "wire-live-log")),
    ("growth", cold_sync.growth, ("growth",)),
    ("start", large.start, ("start",)),
    ("query", large.queries, ("query-totals", "query-leaderboard", "query-tree", "query-path")),
    ("upkeep", large.upkeep, ("rebuild", "verify", "state-copy")),
    ("idle", large.idle, ("idle-memory", "idle-processor")),
    ("changes", changes.changes, ("update-in", "retraction-in", "question-meanwhile")),
    ("resync", resync.resync, ("resync-idle", "resync-1000-of-10000")),
    ("live", live.latency, ("live-latency",)),
    ("local-writes", writes.local_writes, ("local-writes",)),
    ("import", writes.imports, ("import",)),
    ("broadcast", broadcasts.broadcasts, ("broadcast",)),
)


def listing():
    for name, _, figures in FAMILIES:
        yield f"{name:<16}{', '.join(figures)}"


def chosen(names):
    """Those whose own name is given, or that of one of their figures; all if none is."""
    if not names:
        return FAMILIES
    wanted = names.split(",")
    for name in wanted:
        if not any(name == family or name in figures for family, _, figures in FAMILIES):
            fail(f"there is no figure {name}: --list names all")
    return [family for family in FAMILIES if family[0] in wanted or any(name in family[2] for name in wanted)]


def measure(run, families):
    """One family that fails does not take the figures of the others along.

    Returns what failed, a sentence each.
    """
    failures = []
    for name, measure, _ in families:
        say(name)
        try:
            measure(run)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            failures.append(f"{name} failed: {error}")
            say(f"  {failures[-1]}")
    run.ed25519()
    run.figures.add("ed25519", statistics.median(run.rates), "/s")
    return failures
