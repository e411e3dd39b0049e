"""Writing a log of one's own."""

import os

from . import authority, log, primitives


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
        entry = log.Entry(header, operations, primitives.sign_raw(self.seed, header.data))
        held.take([entry])
        self.replica.learn_chains(held, [entry])
        self.replica.changed()
        return entry

    def present(self):
        return self.write([log.Operation(bytes([authority.PRESENT]) + self.presentation)])
