"""A peer of our own for tests: a made-up community, served over a socket pair."""

import os
import socket
import threading
import time

from . import authority, community, log, primitives
from .primitives import Clock, H, ProtocolError, sign, sign_raw
from .sync import Identity, Session


class Author:
    """Writes one log of a replica."""

    def __init__(self, replica, seed, presentation, clock, number=1, previous=bytes(32)):
        self.replica, self.seed, self.clock = replica, seed, clock
        self.member = primitives.public_key(seed)
        self.incarnation = number.to_bytes(2, "big") + os.urandom(8)
        self.previous = previous
        self.presentation = presentation

    @property
    def log(self):
        return self.replica.log(self.member, self.incarnation)

    def write(self, operations):
        """Sign one bundle and take it in as any other; returns its Entry."""
        held = self.log
        previous = held.head if held.length else self.previous
        header = log.make_header(
            self.replica.charter.community, self.member, self.incarnation, held.length, previous,
            self.clock.now(), len(operations), log.body_root(operations))
        entry = log.Entry(header, operations, sign_raw(self.seed, header.data))
        held.take([entry])
        self.replica.learn_chains(held, [entry])
        self.replica.changed()
        return entry

    def present(self):
        return self.write([log.Operation(bytes([authority.PRESENT]) + self.presentation)])


def make_community(members=40):
    """(replica, founder's identity, founder's author, ticket text) of a new community."""
    root, founder, person_key = os.urandom(32), os.urandom(32), os.urandom(32)
    network_key, clock = os.urandom(32), Clock()
    key = primitives.public_key(founder)
    charter = authority.Charter.read(authority.CHARTER.encode(
        title="Self-test", currency="USD", created_ms=clock.wall_ms() - 1000,
        root_key=primitives.public_key(root), successor_key_hash=H("gv/root", bytes(32)),
        window_days=30, person_key_hash=H("gv/personkey", person_key)))
    grant = authority.GRANT_SCHEMA.encode(subject=key, role=authority.STEWARD,
                                          member_id=authority.member_id(key))
    order = authority.ROOT_ORDER.encode(serial=1, order_kind=1, subject=key, time=clock.now(),
                                        grant=grant)
    signed = authority.SIGNED_ROOT_ORDER.encode(
        order=order, signature=sign(root, "gv root order", charter.community, order))
    replica = log.Replica(charter)
    replica.add_order(authority.SIGNED_ROOT_ORDER.decode(signed))
    author = Author(replica, founder, authority.PRESENTATION.encode(order=signed), clock)
    author.present()
    invite_seed = os.urandom(32)
    invite = log.Operation(bytes([authority.INVITE]) + authority.INVITE_SCHEMA.encode(
        invite_key=primitives.public_key(invite_seed), role=authority.AMBASSADOR, uses=100))
    entry = author.write([invite])
    excerpt = authority.EXCERPT.encode(
        header=entry.header.data, signature=entry.signature, commitments=invite.commitment,
        index=0, operation=invite.public)
    ticket = authority.ticket_text(authority.TICKET.encode(
        charter=charter.data, network_key=network_key, person_key=person_key,
        addresses=["127.0.0.1:1"], invite_secret=invite_seed, order=signed, excerpts=[excerpt]))
    read = authority.Ticket(ticket, clock.wall_ms())
    for i in range(members):
        seed = os.urandom(32)
        member = Author(replica, seed, read.present(primitives.public_key(seed)), clock)
        member.present()
        own = authority.own_person(person_key, authority.member_id(member.member))
        claim = community.CLAIM.encode(code=community.own_code(authority.member_id(author.member)))
        member.write([_record(person=own, claim=claim) for _ in range(1 + i)])
    for i in range(700):
        person = community.sourced_person(person_key, "s", str(i))
        author.write([_record(person=person, joined=b"", own_code=b"")])
    identity = Identity(founder, author.member, os.urandom(32), author.presentation, network_key)
    return replica, identity, author, ticket


def _record(**fields):
    public = bytes([authority.RECORD]) + community.RECORD_SCHEMA.encode(**fields)
    return log.Operation(public, os.urandom(16), os.urandom(200))


class Peer(threading.Thread):
    """A responder in a thread; `error` is what ended it."""

    def __init__(self, sock, replica, identity, clock):
        super().__init__(daemon=True)
        self.session = Session(sock, replica, identity, False, clock)
        self.error, self.stop = None, False

    def run(self):
        try:
            self.session.greet()
            while not self.stop:
                self.session.step(0.1)
                self.serve_frontier()
        except ProtocolError as error:
            self.error = error

    def serve_frontier(self):
        """Tell our hash when it changed and the peer shows the same or another one."""
        if self.session.told != self.session.replica.frontier and self.session.pulling is None:
            self.session.tell_frontier()


def run(join):
    """Join a made-up community by `join`(ticket, sock); returns the number of failures."""
    replica, identity, author, ticket = make_community()
    ours, theirs = socket.socketpair()
    peer = Peer(theirs, replica, identity, author.clock)
    peer.start()
    start = time.monotonic()
    result = join(ticket, ours)
    peer.stop = True
    peer.join(5)
    print(f"joined in {time.monotonic() - start:.2f} s")
    good = (result["frontier"] == replica.frontier.hex()
            and result["updates"] == replica.updates and "pledge" in result)
    print(f"self-test {'passed' if good else 'FAILED'}; the peer ended with: {peer.error}")
    return 0 if good else 1
