"""Chapter 2, the logs: operations, headers, runs, authenticity, the frontier, fork proofs."""

import bisect
from dataclasses import dataclass, field

from .authority import (
    LAST_AUTHORITY_KIND, PRESENT, STEWARD, Header, Line, RootOrder, commitment, orders_hash,
    read_presentation, chain_hash,
)
from .primitives import (
    H, MAX_POSITION, ZERO32, Reader, require, u8, u16, u32, u64, verify_raw,
)

MAX_OPERATION = 16_384
MAX_BUNDLE = 524_288
MAX_OPERATIONS = 4_096
MAX_AUTHORITY_OPERATIONS = 16
MAX_PRESENTS = 64
MAX_INCARNATIONS = 64
MAX_FORKS = 64
DAY_MS = 86_400_000
SIGNED, BARE = 1, 2  # flags of an entry
RUN_HEADER = 32 + 32 + 10 + 8 + 32
LEAF_ROWS = 16


def log_id(member, incarnation):
    return H("gv/log", member + incarnation)


# Operations and bundles


class Operation:
    """An operation: its public part, and its private part, or only that one's inner hash."""

    __slots__ = ("public", "salt", "private", "inner")

    def __init__(self, public, salt=None, private=None, inner=ZERO32):
        self.public, self.salt, self.private, self.inner = public, salt, private, inner
        require(public and public[0] != 0, "an operation without a kind")
        if private is not None:
            require(len(salt) == 16, "a salt of a wrong length")
            self.inner = H("gv/private", salt + private)
        require(self.kind > LAST_AUTHORITY_KIND or self.inner == ZERO32,
                "an authority operation with a private part")
        require(self.size <= MAX_OPERATION, "an operation is too long")

    kind = property(lambda self: self.public[0])
    size = property(lambda self: len(self.public) + len(self.private or b""))
    commitment = property(lambda self: commitment(self.public, self.inner))

    def encode(self):
        out = u16(len(self.public)) + self.public
        if self.private is not None:
            return out + u8(1) + u16(len(self.private)) + self.salt + self.private
        return out + (u8(0) if self.inner == ZERO32 else u8(2) + self.inner)

    @classmethod
    def read(cls, reader):
        public = reader.take(reader.number(2))
        state = reader.number(1)
        if state == 0:
            return cls(public)
        if state == 1:
            length = reader.number(2)
            return cls(public, reader.take(16), reader.take(length))
        require(state == 2, "an unknown state of a private part")
        inner = reader.take(32)
        require(inner != ZERO32, "a zero inner hash for a private part")
        return cls(public, inner=inner)


def passes_checkpoint(position, count):
    """Whether a bundle's end reaches or passes a multiple of 64 that its start had not."""
    return (position + count) // 64 > position // 64


class Entry:
    """One bundle of a run: header, operations (None where bare), signature (or None)."""

    __slots__ = ("header", "operations", "signature", "id")

    def __init__(self, header, operations, signature):
        self.header, self.operations, self.signature = header, operations, signature
        self.id = header.id

    bare = property(lambda self: self.operations is None)
    authority = property(lambda self: not self.bare
                         and any(op.kind <= LAST_AUTHORITY_KIND for op in self.operations))

    @property
    def must_be_signed(self):
        return self.authority or passes_checkpoint(self.header.position, self.header.count)

    def encode(self, bare=False):
        bare = bare or self.bare
        flags = (SIGNED if self.signature else 0) | (BARE if bare else 0)
        body = self.header.body_root if bare else b"".join(o.encode() for o in self.operations)
        return (u64(self.header.time) + u16(self.header.count) + u8(flags) + body
                + (self.signature or b""))


def body_root(operations):
    return H("gv/body", b"".join(op.commitment for op in operations))


def make_header(community, member, incarnation, position, previous, time, count, root):
    return Header(Header.TAG + b"\1" + community + member + incarnation + u64(position) + previous
                  + u64(time) + u16(count) + root)


def encode_run(entries, bare_from=None):
    """A run of consecutive entries; those from index `bare_from` on become bare."""
    first = entries[0].header
    out = [first.data[17:91], u64(first.position), first.previous]
    for i, entry in enumerate(entries):
        out.append(entry.encode(bare=bare_from is not None and i >= bare_from))
    return b"".join(out)


def read_run(data, community):
    """(member, incarnation, entries) of a run: its form only, no signature is checked."""
    reader = Reader(data)
    require(reader.take(32) == community, "a run of another community")
    member, incarnation = reader.take(32), reader.take(10)
    position, previous = reader.number(8), reader.take(32)
    require(reader.left, "an empty run")
    entries = []
    while reader.left:
        time, count, flags = reader.number(8), reader.number(2), reader.number(1)
        require(1 <= count <= MAX_OPERATIONS, "a bundle's count is out of bounds")
        require(flags <= SIGNED | BARE, "unknown flags of an entry")
        operations = None
        if flags & BARE:
            root = reader.take(32)
        else:
            require(not (entries and entries[-1].bare), "a full entry after a bare one")
            operations = [Operation.read(reader) for _ in range(count)]
            require(sum(op.size for op in operations) <= MAX_BUNDLE, "a bundle is too long")
            root = body_root(operations)
        header = make_header(community, member, incarnation, position, previous, time, count, root)
        entry = Entry(header, operations, reader.take(64) if flags & SIGNED else None)
        require(entry.signature or not entry.must_be_signed,
                "an entry lacks the signature that everybody keeps")
        entries.append(entry)
        position, previous = header.end, entry.id
    return member, incarnation, entries


def verify_entry(entry):
    return verify_raw(entry.header.member, entry.header.data, entry.signature)


# Authenticity


@dataclass
class Bucket:
    """What is left of a daily quota, in 1/86,400,000 of its unit; None: endlessly full."""

    level: int | None = None

    def fill(self, per_day, elapsed_ms):
        if per_day == 0:
            self.level = None
        elif self.level is None:
            self.level = per_day * DAY_MS
        else:
            self.level = min(per_day * DAY_MS, self.level + elapsed_ms * per_day)

    def affords(self, cost):
        return self.level is None or cost * DAY_MS <= self.level

    def pay(self, cost):
        if self.level is not None:
            self.level -= cost * DAY_MS


def most_generous(values):
    """Of quotas per day the largest; 0 is unlimited."""
    return 0 if 0 in values else max(values)


def strongest(rights):
    """Of rights the strongest; of equal ones the first presented."""
    best = None
    for right in rights:
        if best is None or right.role > best.role:
            best = right
    return best


@dataclass
class Tip:
    """The state that authenticity carries from bundle to bundle."""

    length: int = 0
    head: bytes = ZERO32
    time: int = 0
    rights: tuple = ()  # in the order presented
    presents: int = 0
    operations: Bucket = field(default_factory=Bucket)
    bytes: Bucket = field(default_factory=Bucket)

    def copy(self):
        return Tip(self.length, self.head, self.time, self.rights, self.presents,
                   Bucket(self.operations.level), Bucket(self.bytes.level))

    def follow(self, entry):
        """Rules 1 and 2: the header continues; moves length, head and time on."""
        header = entry.header
        require(header.position == self.length, "a bundle at a wrong position")
        require(self.length == 0 or header.previous == self.head, "a bundle of another head")
        require(self.length == 0 or header.time > self.time, "time does not ascend")
        self.length, self.head, self.time = header.end, entry.id, header.time

    def take(self, entry, charter):
        """Rules 1 to 5 for a full entry. Returns the author's strongest right for it."""
        header, operations, before = entry.header, entry.operations, self.time
        first = self.length == 0
        self.follow(entry)
        kinds = [op.kind for op in operations]
        presents = PRESENT in kinds
        authority = entry.authority
        if authority:
            require(max(kinds) <= LAST_AUTHORITY_KIND, "authority and other operations mixed")
            require(len(kinds) <= MAX_AUTHORITY_OPERATIONS, "too many authority operations")
        require(not presents or len(kinds) == 1, "a present that is not alone")
        require(not first or presents, "a log that does not begin with a present")
        shown = None
        if presents:
            shown = read_presentation(charter, operations[0].public[1:], header.member)
            require(header.time > shown.since, "a present before its chain")
            self.presents += 1
            require(self.presents <= MAX_PRESENTS, "too many presents")
        valid = [right for right in self.rights if right.valid(header.ms)]
        require(presents or valid, "no right is valid")
        highest = max((right.role for right in valid), default=None)
        in_force = [shown] if first else [right for right in valid if right.role == highest]
        if in_force:
            elapsed = 0 if first else header.ms - (before >> 16)
            self.operations.fill(most_generous([r.operations_per_day for r in in_force]), elapsed)
            self.bytes.fill(most_generous([r.bytes_per_day for r in in_force]), elapsed)
        best = strongest(valid)
        if not presents and not (authority and best.role == STEWARD):
            size = sum(len(op.public) for op in operations)
            require(self.operations.affords(len(operations)) and self.bytes.affords(size),
                    "over the quota")
            self.operations.pay(len(operations))
            self.bytes.pay(size)
        if presents:
            self.rights += (shown,)
            return shown
        return best


class Log:
    """One log as held: entries that are authentic, and those that wait for a signature."""

    def __init__(self, charter, member, incarnation):
        self.charter, self.member, self.incarnation = charter, member, incarnation
        self.id = log_id(member, incarnation)
        self.entries, self.rights = [], []  # entry by entry; the author's right for each
        self.positions = []
        self.proof = []  # bare entries up to the signature that vouches for the head
        self.tip = Tip()
        self.forked_at = None
        self._drop_waiting()

    def _drop_waiting(self):
        self.waiting, self.waiting_rights, self.waiting_bare = [], [], []
        self.next = self.tip.copy()  # the state behind what waits

    drop_waiting = _drop_waiting
    length = property(lambda self: self.tip.length)
    head = property(lambda self: self.tip.head)

    def expects(self, entry):
        """Whether a run's first entry continues what is held or waits."""
        if entry.header.position != self.next.length:
            return False
        return self.next.length == 0 or entry.header.previous == self.next.head

    def take(self, entries):
        """Take in entries that continue; returns how many bundles became authentic."""
        before = len(self.entries)
        for entry in entries:
            if entry.bare:
                self.next.follow(entry)
                self.waiting_bare.append(entry)
            else:
                require(not self.waiting_bare, "a full entry after a bare one")
                self.waiting_rights.append(self.next.take(entry, self.charter))
                self.waiting.append(entry)
            if entry.signature:
                require(verify_entry(entry), "a bundle's signature is bad")
                self._commit()
        return len(self.entries) - before

    def _commit(self):
        """A signature vouches for all that waits."""
        if not self.waiting:  # bare entries alone add nothing
            self._drop_waiting()
            return
        for entry, right in zip(self.waiting, self.waiting_rights):
            self.entries.append(entry)
            self.rights.append(right)
            self.positions.append(entry.header.position)
        if self.waiting_bare:
            self.proof = self.waiting_bare
            state = self._state_before_bare
        else:
            self.proof = []
            state = self.next
        self.tip = state.copy()
        self._drop_waiting()

    @property
    def _state_before_bare(self):
        """The state after the last full entry; bare ones move length, head and time alone."""
        state, last = self.next.copy(), self.entries[-1]
        state.length, state.head, state.time = last.header.end, last.id, last.header.time
        return state

    def row(self):
        return Row(self.member, self.incarnation, self.length, self.head, self.forked_at)

    def index_at(self, position, head):
        """The index of the entry at `position` if `head` is what comes before it, else None."""
        index = bisect.bisect_left(self.positions, position)
        if index < len(self.positions) and self.positions[index] != position:
            return None
        if index == len(self.positions) and position != self.length:
            return None
        if index and self.entries[index - 1].id != head:
            return None
        return index


# Frontier


@dataclass(frozen=True)
class Row:
    """One row of the frontier."""

    member: bytes
    incarnation: bytes
    length: int
    head: bytes
    forked_at: int | None = None

    @property
    def id(self):
        return log_id(self.member, self.incarnation)

    key = property(lambda self: (self.member, self.incarnation))

    def __bytes__(self):
        forked = 0 if self.forked_at is None else self.forked_at + 1
        return self.member + self.incarnation + u64(self.length) + self.head + u64(forked)

    @classmethod
    def read(cls, data):
        reader = Reader(data)
        member, incarnation = reader.take(32), reader.take(10)
        length, head, forked = reader.number(8), reader.take(32), reader.number(8)
        require(not reader.left and length <= MAX_POSITION, "a malformed row")
        return cls(member, incarnation, length, head, forked - 1 if forked else None)


def nibbles(data):
    return bytes(n for byte in data for n in (byte >> 4, byte & 15))


class Tree:
    """The frontier's 16-way tree."""

    def __init__(self, rows):
        pairs = sorted(((nibbles(row.id), row) for row in rows), key=lambda pair: pair[0])
        self.keys, self.rows = [k for k, _ in pairs], [r for _, r in pairs]
        self.nodes = {}

    def under(self, prefix):
        """The rows whose log id begins with a prefix of nibbles."""
        low = bisect.bisect_left(self.keys, prefix)
        high = bisect.bisect_left(self.keys, prefix + b"\x10")
        return self.rows[low:high]

    def node(self, prefix=b""):
        """The uncut hash at a prefix."""
        if prefix not in self.nodes:
            rows = self.under(prefix)
            if len(rows) <= LEAF_ROWS:
                data = u8(0) + b"".join(bytes(row) for row in rows)
            else:
                children = (self.node(prefix + u8(n))[:16] for n in range(16))
                data = u8(1) + b"".join(children)
            self.nodes[prefix] = H("gv/range", data)
        return self.nodes[prefix]


def frontier_hash(orders, tree):
    """From the orders' hash and the tree."""
    return H("gv/frontier", orders + tree.node())


class Replica:
    """What a node holds of a community: root orders and logs."""

    MAX_LOGS = 100_000

    def __init__(self, charter):
        self.charter = charter
        self.orders, self.logs, self.chains = {}, {}, {}
        self._tree = None

    def add_orders(self, signed):
        """Take in decoded SignedRootOrders that came together; returns whether one is new."""
        orders = [RootOrder.read(one, self.charter) for one in signed]
        line = Line(self.charter, [*self.orders.values(), *orders])
        require(all(map(line.genuine, orders)), "an order by somebody who is no root")
        before = len(self.orders)
        self.orders.update((order.hash, order) for order in orders)
        return len(self.orders) > before

    def add_order(self, signed):
        return self.add_orders([signed])

    def log(self, member, incarnation):
        """The log, opened if unknown and within bounds, else None."""
        log = self.logs.get((member, incarnation))
        if log is None and len(self.logs) < self.MAX_LOGS:
            same = sum(1 for key in self.logs if key[0] == member)
            if same < MAX_INCARNATIONS:
                log = self.logs[member, incarnation] = Log(self.charter, member, incarnation)
        return log

    def changed(self):
        self._tree = None

    def learn_chains(self, log, entries):
        """Chains that a log's own presents prove."""
        for entry in entries:
            if entry.authority and entry.operations[0].kind == PRESENT:
                data = entry.operations[0].public[1:]
                self.chains[log.member, chain_hash(data)] = data

    @property
    def tree(self):
        if self._tree is None:
            self._tree = Tree([log.row() for log in self.logs.values() if log.length])
        return self._tree

    @property
    def frontier(self):
        return frontier_hash(orders_hash(self.orders.values()), self.tree)

    @property
    def updates(self):
        return sum(log.length for log in self.logs.values())

    def held(self, row):
        """The length that we hold of a peer's row."""
        log = self.logs.get(row.key)
        return log.length if log else 0

    def add_fork(self, data):
        """Take in a fork proof; a log stands up to its lowest fork."""
        proof = read_fork_proof(data, self.charter.community)
        log = self.log(proof.member, proof.incarnation)
        if log and (log.forked_at is None or proof.position < log.forked_at):
            log.forked_at = proof.position
            self.changed()


# Forks


def read_fork_proof(data, community):
    """The first header of run A of a fork proof that holds."""
    reader = Reader(data)
    branches = []
    for _ in range(2):
        _, _, entries = read_run(reader.take(reader.number(4)), community)
        require(len(entries) <= 64, "a fork proof is too long")
        require(all(entry.bare for entry in entries), "a fork proof with a full entry")
        require(all((e.signature is not None) == (e is entries[-1]) for e in entries),
                "a fork proof's last entries alone are signed")
        times = [entry.header.time for entry in entries]
        require(all(a < b for a, b in zip(times, times[1:])), "a fork proof's times descend")
        require(verify_entry(entries[-1]), "a fork proof's signature is bad")
        branches.append(entries)
    require(not reader.left, "trailing bytes after a fork proof")
    a, b = branches[0][0], branches[1][0]
    require(a.header.data[17:99] == b.header.data[17:99], "a fork proof of two logs or places")
    require(a.header.position == 0 or a.header.previous == b.header.previous,
            "a fork proof of two predecessors")
    require(a.id < b.id, "a fork proof's branches are swapped or equal")
    return a.header


def encode_fork_proof(a, b):
    return u32(len(a)) + a + u32(len(b)) + b
