"""Two nodes that were apart meet again: nothing has changed, or a tenth of the logs."""

import statistics
import time

from .cold_sync import says_the_same
from .machine import say
from .nodes import UNTOLD, Node, fresh, wait_until
from .proxy import Proxy

LOGS, TOUCHED = 10_000, 1_000
# Who has said nothing for so long has said all; after pulling, hashes are compared within a second, over a wire that is slow.
SECONDS_OF_SILENCE = 0.2
SECONDS_OF_SILENCE_AFTER_PULLING = 2
SECONDS_TO_SYNC = 600
SECONDS_TO_MEET = 120
# Each way, where round trips are counted: together more than all computing takes.
DELAY = 0.25
# Noise XX, and both hellos on its heels.
ROUND_TRIPS_OF_GREETING = 2


def resync(run):
    """B knows A through a wire that is cut; what is new comes to A from C meanwhile."""
    logs, touched = (LOGS // 10, TOUCHED // 10) if run.is_quick else (LOGS, TOUCHED)
    idle, changed = [], []
    with (
        fresh(run.folder / "resync") as folder,
        Node(run.programs, run.records.home(logs, logs=logs), listen=UNTOLD) as a, Proxy(a.address) as wire,
    ):
        for name in "bc":
            (folder / name).mkdir()
        c = Node.joined(run.programs, folder / "c", a.ticket("observer"), listen=UNTOLD, peers=[a.address])
        with c:
            wait_until(lambda: says_the_same(a, c), "C has the record", SECONDS_TO_SYNC)
        with Node.joined(run.programs, folder / "b", a.ticket("observer"), listen=UNTOLD, peers=[wire.address]) as b:
            wait_until(lambda: says_the_same(a, b), "B has the record", SECONDS_TO_SYNC)
            for number in range(run.rounds):
                idle.append(reconnected(wire))
                say(f"  run {number + 1}: nothing new: {idle[-1][0]:,} B in {idle[-1][1] * 1_000:.1f} ms")
                with wire.cut_off():
                    changes = grown(run, a, c, folder / "c", logs, touched, number)
                    wire.delay = DELAY
                changed.append(caught_up(wire, a, b, changes))
                say(
                    f"  run {number + 1}: {touched:,} of {logs:,} logs have grown, {changes:,} B of updates:"
                    f" {changed[-1][0]:,} B besides, {changed[-1][1]} round trips")
    add = run.figures.add
    add("resync-idle", statistics.median(size for size, _ in idle), "B")
    add("resync-idle-time", statistics.median(seconds for _, seconds in idle) * 1_000, "ms")
    name = f"resync-{touched}-of-{logs}"
    add(name, statistics.median(size for size, _ in changed), "B")
    add(f"{name}-round-trips", statistics.median(trips for _, trips in changed), "")


def reconnected(proxy):
    """(bytes both ways, seconds from the TCP connection to the last of them) of a connection that finds nothing new."""
    time.sleep(SECONDS_OF_SILENCE)
    proxy.cut()
    wire = next_wire(proxy)
    wait_until(lambda: time.perf_counter() - wire.last > SECONDS_OF_SILENCE and wire.down, "silence", SECONDS_TO_MEET)
    return wire.up + wire.down, wire.last - wire.opened


def next_wire(proxy):
    """The connection that is made next, or was since the last cut."""
    return wait_until(lambda: next((wire for wire in proxy.wires if wire.sockets), None), "a new connection", SECONDS_TO_MEET)


def grown(run, a, c, folder, logs, touched, generation):
    """One update more in some of the logs, which A has from C; how many bytes these updates are."""
    printed = run.records.bench("grow", folder, "--logs", logs, "--touched", touched, "--generation", generation)
    with c:
        wait_until(lambda: says_the_same(a, c), "A has what is new", SECONDS_TO_SYNC)
    return int(printed.split()[1])


def caught_up(proxy, a, b, changes):
    """(bytes beyond the updates both ways, round trips after the greeting) until B has what A has.

    The updates are their runs as A serves them: community, member, place, and of each bundle header, operations and signature. All else
    counts: Noise, greeting, frames, fingerprints, requests, and what is said when all is there. Trips are counted in halves.
    """
    wire = next_wire(proxy)
    wait_until(lambda: says_the_same(a, b), "B has what is new", SECONDS_TO_SYNC)
    seconds = time.perf_counter() - wire.opened
    wait_until(
        lambda: time.perf_counter() - wire.last > SECONDS_OF_SILENCE_AFTER_PULLING, "silence", SECONDS_TO_MEET)
    proxy.delay = 0
    # What is left over, less than half a trip, was computing.
    return wire.up + wire.down - changes, int(seconds / DELAY) / 2 - ROUND_TRIPS_OF_GREETING
