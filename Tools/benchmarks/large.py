"""A node with the large record: its start, its questions, its rest, and what checks or rebuilds it all."""

import json
import os
import random
import statistics
import time
from contextlib import ExitStack

from .cold_sync import SECONDS_TO_SYNC, says_the_same
from .live import connected
from .machine import MEBIBYTE, fail, say
from .nodes import Node, fresh, wait_until
from .records import CODES, SEED
from .state_copy import seconds_to_copy

QUESTIONS = 300
PEERS = 5
SECONDS_OF_REST = 30
SECONDS_TO_SETTLE = 5


def start(run):
    """From the beginning of the process to its first answer."""
    seconds = []
    for _ in range(run.rounds):
        with Node(run.programs, run.synced()) as node:
            node.ask("totals")
            seconds.append(time.perf_counter() - node.started)
    say(f"  {', '.join(f'{value:.3f} s' for value in seconds)}")
    run.figures.add("start", statistics.median(seconds), "s")


def queries(run):
    dice = random.Random(SEED)
    backers = run.updates * 2 // 5
    families = {
        "totals": [("totals", {})] * QUESTIONS,
        "leaderboard": [("leaderboard", {"limit": 20})] * QUESTIONS,
        "tree": [("referral/tree", {"code": f"VINE{1_000 + index}"}) for index in range(CODES)],
        "path": [
            ("referral/path", {"person": {"person": f"b{dice.randrange(backers)}", "source": "shop"}})
            for _ in range(QUESTIONS)],
    }
    with Node(run.programs, run.synced()) as node:
        for name, questions in families.items():
            # Nobody's first question: what the process and the kernel have read once stays read.
            for path, question in questions[:20]:
                node.ask(path, **question)
            rounds = [percentile([timed(node, path, question) for path, question in questions]) for _ in range(run.rounds)]
            say(f"  {name}: p99 of {len(questions)}: {', '.join(f'{value * 1_000:.2f} ms' for value in rounds)}")
            run.figures.add(f"query-{name}", statistics.median(rounds) * 1_000, "ms")


def timed(node, path, question):
    text = json.dumps(question)
    start = time.perf_counter()
    node.calls.text(path, text)
    return time.perf_counter() - start


def percentile(values, share=0.99):
    return sorted(values)[int(len(values) * share)]


def upkeep(run):
    """Rebuild, and verify; and SQLite's own time for the same rows."""
    rebuilds, verifications, copies = [], [], []
    home = run.synced()
    with Node(run.programs, home) as node:
        before = node.ask("status")["state"]
        for _ in range(run.rounds):
            rebuilds.append(timed(node, "rebuild", {}))
            if (after := node.ask("status")["state"]) != before:
                fail(f"the state was {before}, and is {after} after a rebuild")
            begin = time.perf_counter()
            if not (answer := node.ask("verify"))["ok"]:
                fail(f"verify found problems: {answer['problems'][:3]}")
            verifications.append(time.perf_counter() - begin)
            say(f"  rebuild {rebuilds[-1]:.2f} s, verify {verifications[-1]:.2f} s")
    for _ in range(run.rounds):
        with fresh(run.folder / "copy") as folder:
            copies.append(seconds_to_copy(home / "record.sqlite", folder / "copy.sqlite"))
    say(f"  SQLite alone copies the state in {', '.join(f'{value:.2f} s' for value in copies)}")
    run.figures.add("rebuild", statistics.median(rebuilds), "s")
    run.figures.add("verify", statistics.median(verifications), "s")
    run.figures.add("state-copy", statistics.median(copies), "s")


def idle(run):
    """A node at rest, in the middle of five peers who hold what it holds."""
    rest = SECONDS_OF_REST // (3 if run.is_quick else 1)
    memory, share = [], []
    with fresh(run.folder / "idle") as folder, Node(run.programs, run.records.home(run.updates)) as middle, ExitStack() as peers:
        others = [peers.enter_context(run.joined_with_record(middle, folder / str(number))) for number in range(PEERS)]
        wait_until(
            lambda: connected(middle) >= PEERS and says_the_same(middle, *others), "five peers in sync", SECONDS_TO_SYNC, 0.5)
        os.sync()
        for _ in range(run.rounds):
            time.sleep(SECONDS_TO_SETTLE)
            before = middle.processor_seconds()
            time.sleep(rest)
            share.append((middle.processor_seconds() - before) / rest * 100)
            memory.append(middle.memory("VmRSS"))
            say(f"  at rest for {rest} s: {memory[-1] / MEBIBYTE:.0f} MiB, {share[-1]:.2f} % of a core")
    run.figures.add("idle-memory", statistics.median(memory) / MEBIBYTE, "MiB")
    run.figures.add("idle-processor", statistics.median(share), "%")
