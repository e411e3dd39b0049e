"""This machine and the programs: what every figure is measured with, and against."""

import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MEBIBYTE = 1 << 20
SECONDS_TO_VERIFY_SIGNATURES = 120


class Failed(Exception):
    """What was to be measured did not happen, and why."""


def fail(message):
    raise Failed(message)


def say(text):
    print(text, flush=True)


def programs():
    """The folder of the built programs."""
    if given := os.environ.get("GRAPEVINE_BIN"):
        return pathlib.Path(given).resolve()
    for command in (
        [ROOT / "Tools/build"],
        ["swift", "build", "-c", "release", "--product", "grapevine-bench", "--explicit-target-dependency-import-check", "error"],
    ):
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode != 0:
            fail("the build failed")
    return ROOT / ".build/release"


def first_line(path, key):
    """What follows `key:` in a file such as those of /proc; None where there is no such line."""
    try:
        with open(path, encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(key)), None)
    except OSError:
        return None


def ed25519_rate(programs):
    """Verifications of 200-byte messages in a second, of one thread: the ruler between machines."""
    done = subprocess.run(
        [programs / "grapevine-bench", "ed25519"], check=True, capture_output=True, timeout=SECONDS_TO_VERIFY_SIGNATURES)
    return int(done.stdout)


def fsync_seconds(folder):
    """The median cost of making four kilobytes durable, where the homes are."""
    costs = []
    with open(folder / "fsync", "wb", buffering=0) as file:
        for _ in range(51):
            file.write(os.urandom(4_096))
            start = time.perf_counter()
            os.fsync(file.fileno())
            costs.append(time.perf_counter() - start)
    return statistics.median(costs)


def description(fsync):
    return {
        "cpu": first_line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load_average": round(os.getloadavg()[0], 1),
        "fsync_seconds": round(fsync, 6),
    }
