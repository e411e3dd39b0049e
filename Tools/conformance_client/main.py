"""The command line of the conformance client."""

import argparse
import json
import os
import socket
import sys
import time
from pathlib import Path

from . import authority, community, log, selftest, vectors
from .author import Author
from .primitives import Clock, ProtocolError, public_key, require
from .sync import Identity, Session, TimedOut

DEFAULT_SECONDS = 60


def read_ticket(argument):
    """The text of a ticket: given, from stdin (-), or from a file (@FILE)."""
    limit = 1 << 16
    if argument == "-":
        return sys.stdin.read(limit)
    if argument.startswith("@"):
        with open(argument[1:], encoding="utf-8") as file:
            return file.read(limit)
    return argument


class Keys:
    """A member seed and a Noise key; kept in a directory of its own where one is given."""

    def __init__(self, home):
        self.home = Path(home) if home else None
        if self.home:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.member_seed = self._key("member-seed")
        self.noise = self._key("noise-key")

    def _key(self, name):
        if not self.home:
            return os.urandom(32)
        path = self.home / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = bytes.fromhex(path.read_text().strip())
            require(len(key) == 32, f"{path} holds no key")
            return key
        key = os.urandom(32)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.hex() + "\n")
        return key


def dial(addresses, end):
    """A socket to the first of the loopback addresses that answers."""
    failures = []
    for address in addresses:
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        if host not in ("localhost", "::1") and not host.startswith("127."):
            failures.append(f"{address}: not loopback")
            continue
        try:
            return socket.create_connection((host, int(port)), min(5, end - time.monotonic()))
        except (OSError, ValueError) as error:
            failures.append(f"{address}: {error}")
    raise ProtocolError("no address answers: " + ("; ".join(failures) or "none given"))


class Joining:
    """One run of `join`."""

    def __init__(self, ticket, keys, end, verbose=False):
        self.clock = Clock()
        self.ticket = authority.Ticket(ticket, self.clock.wall_ms())
        self.keys, self.end, self.verbose = keys, end, verbose
        self.member = public_key(keys.member_seed)
        self.presentation = self.ticket.present(self.member)
        self.replica = log.Replica(self.ticket.charter)
        message = self.ticket.message
        self.replica.add_orders([*message.successions, message.order])
        self.session = None

    def connect(self, sock):
        identity = Identity(self.keys.member_seed, self.member, self.keys.noise,
                            self.presentation, self.ticket.network_key)
        self.session = Session(sock, self.replica, identity, True, self.clock, self.verbose)
        self.session.greet()

    def wait(self, condition, what):
        """Go on with the session until `condition` holds."""
        while not condition():
            left = self.end - time.monotonic()
            if left <= 0:
                raise TimedOut(f"not in time: {what}; {self.replica.updates} updates held")
            self.session.step(min(left, 0.1))

    def synchronise(self, updates=0):
        self.wait(lambda: self.session.in_step() and self.replica.updates >= updates,
                  "the peer shows our frontier")

    def write_pledge(self):
        """Write present and pledge in a new log, push them; returns the pledge's id."""
        require(self.ticket.right.role >= authority.AMBASSADOR,
                "the ticket's role may not write a pledge")
        author = self._author()
        author.present()
        key = self.ticket.person_key
        member = authority.member_id(self.member)
        person, nonce = authority.own_person(key, member), os.urandom(16)
        pledge = community.own_pledge(key, member, nonce)
        body = community.PLEDGE.encode(
            id=pledge, anonymous=False, at_ms=0, visibility=3,
            amount=community.MONEY.encode(minor=1234))
        public = bytes([authority.RECORD]) + community.RECORD_SCHEMA.encode(
            person=person, pledge=body, pledge_nonce=nonce)
        private = community.RECORD_PRIVATE.encode(name="Conformance")
        author.write([log.Operation(public, os.urandom(16), private)])
        self.session.push(author.log, 0)
        return pledge

    def _author(self):
        """An author of a new incarnation, behind those that the peer has shown of us."""
        own = [held for held in self.replica.logs.values()
               if held.member == self.member and held.length]
        last = max(own, key=lambda held: held.incarnation, default=None)
        number = int.from_bytes(last.incarnation[:2], "big") + 1 if last else 1
        return Author(self.replica, self.keys.member_seed, self.presentation, self.clock, number,
                      last.head if last else bytes(32))

    def rules(self):
        c = self.ticket.charter
        return community.Rules(c.currency, c.created_ms, self.ticket.person_key,
                               c.qualifying_minor, c.window_days)

    def result(self, pledge):
        state = community.State(self.rules(), community.acts(self.replica))
        base = self.ticket.charter.currency
        tallies = state.tallies(state.first_touch)
        ambassadors = []
        for owner, figures in sorted(state.figures().items()):
            tally = tallies.get((owner, base), community.Tally())
            ambassadors.append({
                "person": owner.hex(), "brought": figures.brought, "reach": figures.reach,
                "depth": figures.depth,
                "credited_minor": tally.paid_minor - tally.refunded_minor,
                "credited_pledges": tally.credited_pledges})
        out = {
            "member": self.member.hex(), "frontier": self.replica.frontier.hex(),
            "state": state.digest().hex(), "updates": self.replica.updates,
            "totals": state.totals(), "ambassadors": ambassadors, "skipped": state.skipped,
        }
        return out if pledge is None else {"pledge": pledge.hex()} | out

    def run(self, sock, write_pledge, updates):
        try:
            self.connect(sock)
            self.synchronise(0 if write_pledge else updates)
            pledge = self.write_pledge() if write_pledge else None
            self.synchronise(updates)
        except TimedOut as error:
            self._close(5, str(error))
            raise
        except ProtocolError as error:
            self._close(3, str(error))
            raise
        self._close(5, "done")
        return self.result(pledge)

    def _close(self, code, reason):
        if self.session:
            self.session.close(code, reason)
            self.session = None


def join(options):
    end = time.monotonic() + options.timeout
    joining = Joining(read_ticket(options.ticket), Keys(options.home), end, options.verbose)
    sock = dial(joining.ticket.addresses, end)
    print(json.dumps(joining.run(sock, options.write_pledge, options.expect_updates)))
    return 0


def self_test(options):
    def join_over(ticket, sock):
        joining = Joining(ticket, Keys(None), time.monotonic() + 30, options.verbose)
        return joining.run(sock, True, 0)
    return 1 if selftest.run(join_over) else 0


def parser():
    top = argparse.ArgumentParser(prog="conformance", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("vectors", help="check the vectors of Protocol/vectors")
    test = commands.add_parser("selftest", help="join a made-up community of our own")
    test.add_argument("--verbose", action="store_true")
    j = commands.add_parser("join", help="join a running daemon with a ticket")
    j.add_argument("ticket", help="the ticket, - (stdin) or @FILE")
    j.add_argument("--write-pledge", action="store_true", help="write one pledge of our own")
    j.add_argument("--expect-updates", type=int, default=0, metavar="N",
                   help="wait until at least so many operations are held")
    j.add_argument("--json", action="store_true", help="print errors as JSON, too")
    j.add_argument("--home", help="where the keys are kept")
    j.add_argument("--timeout", type=float, default=DEFAULT_SECONDS, metavar="SECONDS")
    j.add_argument("--verbose", action="store_true", help="names of messages on stderr")
    return top


def main():
    options = parser().parse_args()
    try:
        if options.command == "vectors":
            return 1 if vectors.run() else 0
        if options.command == "selftest":
            return self_test(options)
        return join(options)
    except (ProtocolError, OSError) as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": {"code": type(error).__name__, "message": str(error)}}))
        print(f"conformance: {error}", file=sys.stderr)
        return 1
