"""A peer of our own for tests: a made-up community, served over a socket pair."""

import os
import socket
import threading
import time

from . import authority, community, log, primitives, sync
from .author import Author
from .primitives import Clock, H, ProtocolError, sign
from .sync import Identity, Session


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
    for i in range(250):
        person = community.sourced_person(person_key, "s", str(i))
        author.write([_record(12_000, person=person, joined=b"", own_code=b"")])
    identity = Identity(founder, author.member, os.urandom(32), author.presentation, network_key)
    return replica, identity, author, ticket


def _record(private_bytes=200, /, **fields):
    public = bytes([authority.RECORD]) + community.RECORD_SCHEMA.encode(**fields)
    return log.Operation(public, os.urandom(16), os.urandom(private_bytes))


def reconcile(rows=3000, differing=20):
    """Two made-up frontiers reconcile by messages alone: each learns what it lacks."""
    def row(i):
        return log.Row(H("test", i.to_bytes(4, "big")), bytes(10), 1 + i, bytes(32))

    common = [row(i) for i in range(rows)]
    only = [[row(rows + 2 * i + side) for i in range(differing)] for side in (0, 1)]
    trees = [log.Tree(common + only[side]) for side in (0, 1)]
    wanted, side = ([], []), 1
    messages = list(sync.opening(trees[0]))
    while messages:
        decoded = [sync.PARTS["ranges"][1].decode(body) for body in messages]
        messages = [body for message in decoded
                    for body in sync.answer(message, trees[side], wanted[side].append)]
        side = 1 - side
    return all({r.key for r in wanted[s]} == {r.key for r in only[1 - s]} for s in (0, 1))


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
        except ProtocolError as error:
            self.error = error


def run(join):
    """Join a made-up community by `join`(ticket, sock); returns the number of failures."""
    reconciled = reconcile() and reconcile(5, 3) and reconcile(0, 40)
    print(f"made-up frontiers {'reconcile' if reconciled else 'do NOT reconcile'}")
    replica, identity, author, ticket = make_community()
    ours, theirs = socket.socketpair()
    peer = Peer(theirs, replica, identity, author.clock)
    peer.start()
    start = time.monotonic()
    result = join(ticket, ours)
    peer.stop = True
    peer.join(5)
    print(f"joined in {time.monotonic() - start:.2f} s")
    good = (reconciled and result["frontier"] == replica.frontier.hex()
            and result["updates"] == replica.updates and "pledge" in result)
    print(f"self-test {'passed' if good else 'FAILED'}; the peer ended with: {peer.error}")
    return 0 if good else 1
