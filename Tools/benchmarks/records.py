"""Homes filled from a seed: each made once in a run, for whoever sends, and never copied (a copy of a home is a restored backup)."""

import shutil
import subprocess
import time

from .machine import fail, say

SEED = 1
SECONDS_TO_MAKE = 3_600
UPDATES_PER_LOG = 500  # 2,000 logs of a million updates
CODES = 300


class Records:
    """`folder` keeps the homes; one that outlives the run (`--inputs`) spares the next one the making."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder

    def home(self, updates, alone=False, logs=None):
        """The founder's home of a record of so many updates; nothing of a founder's own is in it."""
        logs = logs or max(10, updates // UPDATES_PER_LOG)
        folder = self.folder / f"record-{updates}-{logs}{'-alone' if alone else ''}"
        if not (folder / "made").exists():
            start = time.perf_counter()
            shutil.rmtree(folder, ignore_errors=True)  # half of one
            self.bench(
                "record", folder, "--updates", updates, "--logs", logs, "--seed", SEED, *(["--alone"] if alone else []))
            (folder / "made").touch()
            say(f"  made a record of {updates:,} updates in {logs:,} logs in {time.perf_counter() - start:.1f} s")
        return folder / "home"

    def bench(self, *arguments):
        """What a command of `grapevine-bench` prints."""
        done = subprocess.run(
            [self.programs / "grapevine-bench", *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS_TO_MAKE)
        if done.returncode != 0:
            fail(f"grapevine-bench {arguments[0]} ended with {done.returncode}: {done.stderr[-2_000:]}")
        return done.stdout


def expected_totals(updates):
    """Of the totals, what follows from the number of updates alone."""
    backers = updates * 2 // 5
    return {"backers": backers, "attributed_backers": backers, "pledges": updates - backers}
