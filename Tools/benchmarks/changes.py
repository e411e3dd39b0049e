"""What a change costs where there is much: one more update, and a member's word taken back."""

import shutil
import statistics
import threading
import time

from .cold_sync import SECONDS_TO_SYNC, says_the_same
from .machine import fail, say
from .nodes import Calls, Node, fresh, wait_until

SMALL = 1_000
UPDATES = 200
PLEDGES_TAKEN_BACK = 20


def changes(run):
    with fresh(run.folder / "changes") as folder:
        homes = []
        # Copies: a restored backup writes into a new log, and what the others measure stays as it was.
        for updates in (SMALL, run.updates):
            homes.append(folder / f"home-{updates}")
            shutil.copytree(run.records.home(updates), homes[-1], ignore=shutil.ignore_patterns("*.sock"))
        with Node(run.programs, homes[0]) as small, Node(run.programs, homes[1]) as big:
            rounds = [updates_by_turns((small, big), number, UPDATES // (4 if run.is_quick else 1)) for number in range(run.rounds)]
            taken = [retraction(run, big, folder / f"member-{number}") for number in range(run.rounds)]
    small, big = (statistics.median(values) * 1_000 for values in zip(*rounds))
    run.figures.add(f"update-in-{SMALL}", small, "ms")
    run.figures.add(f"update-in-{run.updates}", big, "ms")
    run.figures.add("update-by-size", big / small, "")
    seconds, longest = (statistics.median(column) for column in zip(*taken))
    run.figures.add(f"retraction-in-{run.updates}", seconds, "s")
    run.figures.add("question-meanwhile", longest * 1_000, "ms")


def updates_by_turns(nodes, round, count):
    """Median seconds of three durable writes, one after the other: a backer, a pledge, its payment. Of each node by turns, so that
    both meet the same machine."""
    seconds = [[] for _ in nodes]
    for number in range(count):
        person = f"new-{round}-{number}"
        for node, costs in zip(nodes, seconds):
            start = time.perf_counter()
            node.ask("backer/add", backer={"external": person, "source": "bench"})
            pledge = node.ask("pledge/add", backer={"person": person}, amount="12.50")["pledge"]
            node.ask("pledge/pay", pledge={"pledge": pledge})
            costs.append(time.perf_counter() - start)
    medians = [statistics.median(costs) for costs in seconds]
    say("  three updates: " + ", ".join(f"{value * 1_000:.2f} ms" for value in medians))
    return medians


def retraction(run, node, folder):
    """Seconds of a revocation that takes back what a member wrote, and of a question asked meanwhile (the longest).

    Whoever asks sees the record before or after, and nothing between.
    """
    with run.joined_with_record(node, folder, "ambassador") as member:
        for _ in range(PLEDGES_TAKEN_BACK):
            member.ask("pledge/add", amount="1.00")
        wait_until(lambda: says_the_same(node, member), "the member's pledges", SECONDS_TO_SYNC)
        key = member.ask("status")["node"]["member"]
    before = node.ask("totals")["pledges"]
    asked, is_over = [], threading.Event()

    def ask():
        calls = Calls(node.home)
        while not is_over.is_set():
            began = time.perf_counter()
            totals = calls.ask("totals")
            asked.append((time.perf_counter() - began, totals["pledges"]))
            time.sleep(0.01)

    reader = threading.Thread(target=ask, daemon=True)
    reader.start()
    start = time.perf_counter()
    node.ask("member/revoke", member=key, keep="none")
    seconds = time.perf_counter() - start
    is_over.set()
    reader.join()
    after = node.ask("totals")["pledges"]
    if after != before - PLEDGES_TAKEN_BACK or not {pledges for _, pledges in asked} <= {before, after}:
        fail(f"{before} pledges before, {after} after, and {sorted({pledges for _, pledges in asked})} were seen meanwhile")
    longest = max(cost for cost, _ in asked)
    say(f"  {PLEDGES_TAKEN_BACK} pledges taken back in {seconds:.2f} s; a question meanwhile took {longest * 1_000:.1f} ms at most")
    return seconds, longest
