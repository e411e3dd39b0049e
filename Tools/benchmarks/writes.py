"""What one node takes in from its own people: single pledges, and files."""

import gzip
import json
import os
import statistics
import subprocess
import time

from .machine import MEBIBYTE, ROOT, fail, say
from .nodes import Node, alarm, fresh

REAL = ROOT.parent / "shared/data/marathons-2009-2014"
KINDS = ("ambassadors", "backers", "pledges")
ROWS = {"ambassadors": 362, "backers": 28_397, "pledges": 88_924}
CLIENTS = 16
SECONDS_OF_WRITES = 10
SECONDS_TO_IMPORT = 1_800


def local_writes(run):
    rates = []
    for number in range(1, run.rounds + 1):
        with fresh(run.folder / "writes") as folder, Node.founded(run.programs, folder) as node:
            printed = run.records.bench(
                "writes", node.socket, "--clients", CLIENTS, "--seconds", 3 if run.is_quick else SECONDS_OF_WRITES)
            acknowledged, seconds = int(printed.split()[0]), float(printed.split()[1])
            if (held := node.ask("totals")["pledges"]) < acknowledged:
                fail(f"{acknowledged} pledges were acknowledged, and {held} are there")
        rates.append(acknowledged / seconds)
        say(f"  run {number}: {acknowledged:,} pledges of {CLIENTS} clients in {seconds:.2f} s: {rates[-1]:,.0f}/s")
    run.figures.add("local-writes", statistics.median(rates), "/s")


def campaign(folder, share):
    """(kind: file), their bytes of CSV, and a name for them. Less than the whole of the real ones is generated."""
    if share == 1 and all((REAL / f"{kind}.csv.gz").exists() for kind in KINDS):
        files = {kind: REAL / f"{kind}.csv.gz" for kind in KINDS}
        size = sum(len(gzip.decompress(path.read_bytes())) for path in files.values())
        return files, size, "the marathons of 2009 to 2014, gzipped"
    subprocess.run(
        [ROOT / "Tools/generate-community", "--out", folder, *(f"--{kind}={int(count * share)}" for kind, count in ROWS.items())],
        check=True, stderr=subprocess.DEVNULL, timeout=600)
    files = {kind: folder / f"{kind}.csv" for kind in KINDS}
    return files, sum(path.stat().st_size for path in files.values()), "generated"


def imported(node, kind, path):
    """(rows, seconds, seconds of processor, peak memory in bytes) of one `grapevine import`."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [node.programs / "grapevine", "import", kind, path, "--home", node.home, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        with alarm(SECONDS_TO_IMPORT, "an import"):
            output = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        child.kill()
        child.wait()
        raise
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    answer = json.loads(output) if child.returncode == 0 else None
    if answer is None or answer["applied"] != answer["rows"]:
        fail(f"import of {path} ended with {child.returncode}: {output}")
    return answer["rows"], seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def one_import(run, files):
    """Rows, seconds, seconds of processor, peak memory of daemon and of command line: three files into a fresh home."""
    with fresh(run.folder / "import") as folder, Node.founded(run.programs, folder) as node:
        before = node.processor_seconds()
        results = [imported(node, kind, files[kind]) for kind in KINDS]
        rows, seconds, busy = (sum(column) for column in list(zip(*results))[:3])
        busy += node.processor_seconds() - before
        if (pledges := node.ask("totals")["pledges"]) != results[-1][0]:
            fail(f"{pledges} pledges are in the record after importing {results[-1][0]}")
        return rows, seconds, busy, node.memory(), max(result[3] for result in results)


def imports(run):
    with fresh(run.folder / "campaign") as folder:
        files, size, what = campaign(folder, 0.1 if run.is_quick else 1)
        say(f"  {what}, {size:,} bytes of CSV")
        results = []
        for number in range(1, run.rounds + 1):
            results.append(one_import(run, files))
            rows, seconds, busy, daemon, command_line = results[-1]
            say(
                f"  run {number}: {rows:,} rows in {seconds:.2f} s, {busy:.2f} s of them computing;"
                f" daemon {daemon / MEBIBYTE:.0f} MiB, command line {command_line / MEBIBYTE:.0f} MiB")
    seconds, _, daemon, command_line = (statistics.median(column) for column in list(zip(*results))[1:])
    run.figures.add("import", rows / seconds, "/s")
    run.figures.add("import-bytes", size / seconds, "B/s")
    run.figures.add("import-memory-daemon", daemon / MEBIBYTE, "MiB")
    run.figures.add("import-memory-command-line", command_line / MEBIBYTE, "MiB")
