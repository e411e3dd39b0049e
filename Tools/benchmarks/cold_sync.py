"""An empty node gets the whole record from one that holds it."""

import contextlib
import os
import statistics
import time
from dataclasses import dataclass

from .machine import MEBIBYTE, fail, say
from .nodes import UNTOLD, Node, fresh, wait_until
from .proxy import Proxy
from .records import expected_totals

SECONDS_TO_SYNC = 3_600
GROWTH = (0.125, 0.25, 0.5, 1)
# Answered by tallies and indexes: asked before the clock stops, so that they are ready.
QUESTIONS = (
    ("leaderboard", {"limit": 20}),
    ("leaderboard", {"limit": 20, "by": "reach"}),
    ("referral/tree", {"code": "VINE1010"}),
    ("referral/path", {"person": {"person": "b301", "source": "shop"}}),
)


@dataclass(frozen=True)
class Transfer:
    # From the start of the empty node's daemon until it answers as the other does: totals, and what is asked by tallies and indexes.
    seconds: float
    # After that, until both have worked out that frontier and digest of the state are the same.
    seconds_of_digest: float
    # At most resident, in bytes.
    sender: int
    receiver: int
    # On the wire by either, in bytes; nothing where it was not counted.
    sent: int
    answered: int
    # Of the receiver's database when its daemon has ended.
    disk: int


def transfer(run, folder, updates, alone=False, counted=False):
    """Into a home in `folder`. Who counts the bytes takes time of the same cores."""
    with contextlib.ExitStack() as stack:
        sender = stack.enter_context(Node(run.programs, run.records.home(updates, alone), listen=UNTOLD))
        proxy = stack.enter_context(Proxy(sender.address)) if counted else None
        totals = sender.ask("totals")
        if any(totals[key] != value for key, value in expected_totals(updates).items()):
            fail(f"the record of {updates} updates has the totals {totals}")
        wait_until(lambda: sender.ask("status")["state"], "the sender's own digest", SECONDS_TO_SYNC)
        answers = [sender.ask(path, **question) for path, question in QUESTIONS]
        receiver = Node.joined(
            run.programs, folder, sender.ticket("observer"), listen=UNTOLD,
            peers=[proxy.address if proxy else sender.address])
        os.sync()  # what was written before is not this run's
        with receiver:
            wait_until(lambda: receiver.ask("totals") == totals, "the totals of a cold sync", SECONDS_TO_SYNC)
            if [receiver.ask(path, **question) for path, question in QUESTIONS] != answers:
                fail("both nodes have the same totals, and answer differently")
            answered = time.perf_counter()
            wait_until(lambda: says_the_same(sender, receiver), "the state of a cold sync", SECONDS_TO_SYNC)
            end = time.perf_counter()
            memory = sender.memory(), receiver.memory()
            wires = proxy.wires if proxy else []
            sent, received = (sum(getattr(wire, side) for wire in wires) for side in ("down", "up"))
        return Transfer(
            answered - receiver.started, end - answered, *memory, sent, received, receiver.database_bytes())


def says_the_same(*nodes):
    """Everything is there, and nothing is on its way."""
    answers = [node.ask("status") for node in nodes]
    told = {(answer["updates"], answer["frontier"], answer["state"]) for answer in answers}
    return len(told) == 1 and answers[0]["state"] is not None and not any(answer["syncing"] for answer in answers)


def runs_of(run, updates, alone=False):
    """As many as asked for; of those of the whole record with the rate of Ed25519 just before."""
    results = []
    for number in range(1, run.rounds + 1):
        rate = run.ed25519() if updates == run.updates else None
        with fresh(run.folder / f"cold-{updates}-{number}") as folder:
            result = transfer(run, folder, updates, alone)
            if not alone:
                run.keep(updates, folder)
        results.append((rate, result))
        say(
            f"  run {number}: {updates:,} updates{' written alone' if alone else ''} in {result.seconds:.2f} s, and the digest"
            f" in {result.seconds_of_digest:.2f} s more: {updates / result.seconds:,.0f}/s; {f'ed25519 {rate:,}/s; ' if rate else ''}"
            f"sender {result.sender / MEBIBYTE:.0f} MiB, receiver {result.receiver / MEBIBYTE:.0f} MiB;"
            f" {result.disk / updates:.1f} B stored an update")
    return results


def add_wire(run, alone, name):
    with fresh(run.folder / "cold-counted") as folder:
        result = transfer(run, folder, run.updates, alone, counted=True)
    say(f"  counted: {result.sent / run.updates:.1f} B sent an update, {result.answered / run.updates:.1f} B answered")
    run.figures.add(name, result.sent / run.updates, "B")
    return result


def median(results, of):
    return statistics.median(of(*result) for result in results)


def cold_sync(run):
    updates = run.updates
    results = runs_of(run, updates)
    seconds = median(results, lambda _, result: result.seconds)
    run.seconds_of_cold_sync[updates] = seconds
    add = run.figures.add
    add("cold-sync", updates / seconds, "/s")
    add("cold-sync-digest", median(results, lambda _, result: result.seconds_of_digest), "s")
    add("cold-sync-by-ed25519", median(results, lambda rate, result: updates / result.seconds / rate), "")
    add("cold-sync-memory", median(results, lambda _, result: max(result.sender, result.receiver)) / MEBIBYTE, "MiB")
    add("cold-sync-memory-sender", median(results, lambda _, result: result.sender) / MEBIBYTE, "MiB")
    add("cold-sync-memory-receiver", median(results, lambda _, result: result.receiver) / MEBIBYTE, "MiB")
    add("disk", median(results, lambda _, result: result.disk) / updates, "B")
    counted = add_wire(run, alone=False, name="wire")
    add("wire-back", counted.answered / updates, "B")
    add("cold-sync-bytes", counted.sent / seconds, "B/s")


def live_log(run):
    updates = run.updates
    results = runs_of(run, updates, alone=True)
    seconds = median(results, lambda _, result: result.seconds)
    run.figures.add("cold-sync-live-log", updates / seconds, "/s")
    if updates in run.seconds_of_cold_sync:
        run.figures.add("live-log-by-cold-sync", run.seconds_of_cold_sync[updates] / seconds, "")
    add_wire(run, alone=True, name="wire-live-log")


def growth(run):
    """How far the time of an eighth, a quarter and a half is off the line through nothing and the whole."""
    for share in GROWTH:
        updates = int(run.updates * share)
        if updates not in run.seconds_of_cold_sync:
            run.seconds_of_cold_sync[updates] = median(runs_of(run, updates), lambda _, result: result.seconds)
    whole = run.seconds_of_cold_sync[run.updates] / run.updates
    for share in GROWTH:
        updates = int(run.updates * share)
        run.figures.add(f"growth-{updates}", run.seconds_of_cold_sync[updates], "s")
    run.figures.add(
        "growth",
        max(abs(run.seconds_of_cold_sync[int(run.updates * share)] / (run.updates * share) / whole - 1) for share in GROWTH) * 100,
        "%")
