"""Broadcasts among simulated nodes: real machines of the room Sync, hops of 10 to 100 ms."""

from .machine import say

SEED = 1
# Nodes, and how many of them write at once in a burst: at 10,000 all of them would take hours.
NETWORKS = ((100, 100), (1_000, 1_000), (10_000, 100))


def broadcasts(run):
    """Missed receptions, links to the last node and redundant payloads for each needed, on the mean of the rounds."""
    for nodes, burst in NETWORKS[: 1 if run.is_quick else None]:
        for line in run.records.bench("broadcast", nodes, "--burst", burst, "--seed", SEED).splitlines():
            senders, missed, last_hop, redundancy, milliseconds = line.split()
            say(f"  {nodes:,} nodes, {senders}: {missed} missed, last hop {last_hop}, redundancy {redundancy}, {milliseconds} ms")
            name = f"broadcast-{nodes}-{senders}"
            run.figures.add(f"{name}-missed", int(missed), "")
            run.figures.add(f"{name}-last-hop", float(last_hop), "")
            run.figures.add(f"{name}-redundancy", float(redundancy), "")
