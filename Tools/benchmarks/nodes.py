"""Homes, their daemons, and the local API: every daemon is a child of ours and ends with its `with`."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

from .machine import fail, first_line

SECONDS_TO_START = 60
SECONDS_TO_STOP = 60
SECONDS_TO_ANSWER = 900
SECONDS_TO_CALL = 900
# The daemon closes a connection of its local API that rests for longer.
SECONDS_OF_REST = 5
# Peers are told no address: whoever dials goes where it is told to, through a proxy if there is one.
UNTOLD = "0.0.0.0:0"


@contextmanager
def alarm(seconds, what):
    """For a read that has no deadline of its own."""
    def ring(*_):
        fail(f"{what} took more than {seconds} s")

    former = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def wait_until(holds, what, seconds, pause=0.02):
    """The first answer that is true."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > end:
            fail(f"{what}: not after {seconds} s")
        time.sleep(pause)
    return answer


class Calls(http.client.HTTPConnection):
    """The local API of a home, over one connection that stays open."""

    def __init__(self, home):
        super().__init__("localhost", timeout=SECONDS_TO_ANSWER)
        self.path, self.used = home / "api.sock", 0

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))

    def ask(self, path, **question):
        return json.loads(self.text(path, json.dumps(question)))

    def text(self, path, question):
        """As `ask`, without the time that reading and writing JSON takes here."""
        if time.monotonic() > self.used + SECONDS_OF_REST:
            self.close()  # and anew: the daemon may have closed it, too
        self.request("POST", f"/v1/{path}", question, {"Content-Type": "application/json"})
        answer = self.getresponse()
        body = answer.read()
        self.used = time.monotonic()
        if answer.status != 200:
            fail(f"{path} ended with {answer.status}: {body}")
        return body


class Node:
    """A home that exists, and while `with` lasts its daemon.

    `started`: on the clock of `time.perf_counter`, when the daemon was begun.
    """

    def __init__(self, programs, home, listen="127.0.0.1:0", peers=()):
        self.programs, self.home, self.daemon, self.calls = programs, home, None, None
        self.options = ["--listen", listen, *(word for peer in peers for word in ("--peer", peer))]

    @classmethod
    def founded(cls, programs, folder, **options):
        node = cls(programs, folder / "home", **options)
        node.run("init", "--title", "Bench", "--currency", "USD", "--root-key", folder / "root-key")
        return node

    @classmethod
    def joined(cls, programs, folder, ticket, **options):
        node = cls(programs, folder / "home", **options)
        node.run("join", ticket)
        return node

    def __enter__(self):
        self.started = time.perf_counter()
        self.daemon = subprocess.Popen(
            [self.programs / "grapevined", "--home", self.home, *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            with alarm(SECONDS_TO_START, "the start of grapevined"):
                line = self.daemon.stdout.readline()
            if not line.startswith("ready "):
                fail(f"grapevined said {line!r} and not that it is ready")
            # Where it listens, as whoever is on this machine dials it.
            self.address = line.split("listen=")[1].split()[0].replace("0.0.0.0", "127.0.0.1")
            self.calls = Calls(self.home)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.calls:
            self.calls.close()
        self.daemon.terminate()
        try:
            self.daemon.wait(SECONDS_TO_STOP)
        except BaseException:
            self.daemon.kill()
            self.daemon.wait()
            raise
        finally:
            self.daemon.stdout.close()

    def ask(self, path, **question):
        return self.calls.ask(path, **question)

    def ticket(self, role):
        return self.ask("invite", role=role, uses=1, valid_seconds=86_400)["ticket"]

    def run(self, *arguments):
        """Any command of the command line, and its answer."""
        done = subprocess.run(
            [self.programs / "grapevine", *arguments, "--home", self.home, "--json"],
            capture_output=True, text=True, timeout=SECONDS_TO_CALL)
        if done.returncode != 0:
            fail(f"grapevine {arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def memory(self, key="VmHWM"):
        """Bytes: resident at the most, or with `VmRSS` now."""
        return int(first_line(f"/proc/{self.daemon.pid}/status", key).split()[0]) * 1024

    def processor_seconds(self):
        with open(f"/proc/{self.daemon.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def socket(self):
        return self.home / "api.sock"

    def database_bytes(self):
        return sum(path.stat().st_size for path in self.home.glob("record.sqlite*"))


@contextmanager
def fresh(folder):
    """A folder that is made for the `with` and goes with it."""
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
