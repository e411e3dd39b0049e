"""Chapter 2, *Standing*: the evidence, which root orders count, and the way through a log."""

from dataclasses import dataclass

from .authority import (
    GRANT, INVITE, LAST_AUTHORITY_KIND, ORDER_CHOOSE, ORDER_GRANT, ORDER_NETWORK_KEY,
    ORDER_REVOKE, ORDER_SEALER, PRESENT, PRESENTATION, SIGNED_ROOT_ORDER, STEWARD, Header, Line,
    Right, RootOrder, read_excerpt, read_operation, read_presentation,
)
from .log import MAX_FORKS, Log, encode_run, log_id, read_fork_proof, read_run
from .primitives import ProtocolError, Reader, require


class Orders:
    """Which of the root orders held are genuine, and which count (2, *Root orders*)."""

    def __init__(self, charter, orders):
        self.line = Line(charter, orders)
        self.genuine = [o for o in orders if self.line.genuine(o)]
        self.root = self.line.keys[-1]
        stays = self.line.succession.content.stays if self.line.succession else []
        counting = [o for o in self.genuine if o.signer in self.line.keys
                    and (o.signer == self.root or o.hash in stays)]
        self.grants = {o.hash: o for o in counting if o.kind == ORDER_GRANT}
        self.best = {}  # of the other kinds the one that counts, by kind and subject
        for order in sorted(counting, key=self._rank):
            if order.kind != ORDER_GRANT:
                self.best.setdefault((order.kind, order.subject), order)

    def _rank(self, order):
        """Of the later root, then of the highest serial, then of the lower hash comes first."""
        return -self.line.keys.index(order.signer), -order.serial, order.hash

    def _content(self, kind, subject):
        order = self.best.get((kind, subject))
        return order and order.content

    def revocation(self, key):
        """What the root says of a member key or an invite key, or None."""
        return self._content(ORDER_REVOKE, key)

    def choice(self, fork):
        return self._content(ORDER_CHOOSE, fork)

    @property
    def network_key_number(self):
        content = self._content(ORDER_NETWORK_KEY, b"")
        return content.number if content else 0

    @property
    def sealer(self):
        content = self._content(ORDER_SEALER, b"")
        if content:
            return content.member
        stewards = [o for o in self.grants.values() if o.right.role == STEWARD]
        first = min(stewards, default=None, key=lambda o: (
            self.line.keys.index(o.signer), o.serial, o.hash))
        return first and first.subject


@dataclass(frozen=True)
class Link:
    """An excerpt of a presentation: which operation of which bundle it shows."""

    header: Header
    index: int
    kind: int
    body: object  # the decoded grant or invite

    key = property(lambda self: (self.header.id, self.index))
    author = property(lambda self: self.header.member)
    log = property(lambda self: (self.header.member, self.header.incarnation))


@dataclass(frozen=True)
class Present:
    """A `present` operation: the chain that it shows, and the right at the chain's end."""

    entry: object
    order: RootOrder
    links: tuple
    right: Right

    member = property(lambda self: self.entry.header.member)
    end = property(lambda self: self.entry.header.end)


def parent(header):
    """What a header follows: its predecessor's bundle id, at position 0 the log id.

    So it is the id of the fork of all headers that follow the same (2, *Forks*).
    """
    return header.previous if header.position else log_id(header.member, header.incarnation)


class Evidence:
    """What is held: root orders, bundles of all branches, fork proofs. All of it is verified."""

    def __init__(self, charter):
        self.charter = charter
        self.orders = {}  # by hash
        self.headers = {}  # by bundle id; those of fork proofs, too
        self.entries = {}  # full entries by bundle id
        self.followers = {}  # parent -> full entries that follow it
        self.logs = []  # (member, incarnation)
        self.forks = {}  # log -> {(position, fork's id)}
        self.presents = {}  # bundle id -> Present

    def add_order(self, signed):
        order = RootOrder.read(signed, self.charter)
        self.orders[order.hash] = order

    def add_run(self, data):
        """A run from a log's beginning, or a branch that leaves a bundle held.

        It is checked as any log is (*Authenticity*), with what is held before it in front.
        """
        member, incarnation, entries = read_run(data, self.charter.community)
        require(encode_run(entries) == data, "a run that encodes otherwise")
        before, at = [], entries[0].header
        while at.position:
            require(at.previous in self.entries, "a branch off what is not held")
            before.insert(0, self.entries[at.previous])
            at = before[0].header
        held = Log(self.charter, member, incarnation)
        held.take(before + entries)
        require(not held.waiting, "a run that does not end signed")
        if (member, incarnation) not in self.logs:
            self.logs.append((member, incarnation))
        for entry in entries:
            self.headers[entry.id] = entry.header
            self.entries[entry.id] = entry
            self.followers.setdefault(parent(entry.header), []).append(entry)
            if entry.operations[0].kind == PRESENT:
                self._add_present(entry)

    def _add_present(self, entry):
        data = entry.operations[0].public[1:]
        message = PRESENTATION.decode(data)
        for signed in [*message.successions, message.order]:
            self.add_order(signed)  # an order that is shown is held like any other
        links = []
        for excerpt in message.excerpts:
            header, kind, body = read_excerpt(excerpt, self.charter)
            links.append(Link(header, excerpt.index, kind, body))
        header = entry.header
        self.presents[entry.id] = Present(
            entry, RootOrder.read(message.order, self.charter), tuple(links),
            read_presentation(self.charter, data, header.member))

    def add_fork(self, proof):
        header = read_fork_proof(proof, self.charter.community)
        forks = self.forks.setdefault((header.member, header.incarnation), set())
        forks.add((header.position, parent(header)))
        reader = Reader(proof)
        for _ in range(2):
            _, _, entries = read_run(reader.take(reader.number(4)), self.charter.community)
            for entry in entries:
                self.headers[entry.id] = entry.header

    def forked_at(self, log):
        """The lowest forked position proved, or None."""
        return min((position for position, _ in self.forks.get(log, ())), default=None)

    def kept_forks(self, log):
        """Of the forks proved of a log those that everybody keeps, the lowest."""
        return sorted(self.forks.get(log, ()))[:MAX_FORKS]

    def towards(self, at, head):
        """The id of the bundle after `at` on the way to `head`; None if that leads elsewhere."""
        while head in self.headers:
            header = self.headers[head]
            if parent(header) == at:
                return head
            head = parent(header)
        return None


def operations_of(entry):
    """(index, kind, decoded content) of a bundle's operations of kinds 2 to 31 that read."""
    for index, operation in enumerate(entry.operations):
        if GRANT <= operation.kind <= LAST_AUTHORITY_KIND:
            try:
                yield index, operation.kind, read_operation(operation.public)
            except ProtocolError:
                pass  # one that does not read says nothing


@dataclass(frozen=True)
class Cut:
    """Where a log is cut: the shortest counts, then the lower head."""

    length: int
    head: bytes

    rank = property(lambda self: (self.length, self.head))


@dataclass(frozen=True)
class End:
    """Where a log ends (2, *Where a log ends*)."""

    way: tuple  # the entries on its way, as far as is held; those behind the cut are not its own
    limit: int | None  # the cut's length, or the position of the fork at which it ends

    @property
    def inside(self):
        """The entries within the end."""
        return [e for e in self.way if self.limit is None or e.header.end <= self.limit]

    length = property(lambda self: self.inside[-1].header.end if self.inside else 0)
    head = property(lambda self: self.inside[-1].id if self.inside else bytes(32))
    held = property(lambda self: self.way[-1].header.end if self.way else 0)


def end_of_log(evidence, log, cut, choice):
    """Goes a log's way from its beginning.

    `cut` is a Cut or None; `choice` gives the Choose that counts at a fork (by its id), or None.
    """
    forks = evidence.kept_forks(log)
    limits = [] if cut is None else [cut.length]
    way, at, length = [], log_id(*log), 0
    while not limits or length < min(limits):
        following = evidence.followers.get(at, [])
        if (length, at) in forks or len(following) > 1:
            heads = [] if cut is None else [cut.head]
            chosen = choice(at)
            if chosen:
                head = evidence.headers.get(chosen.head)
                if head and head.end == chosen.length:
                    heads.append(chosen.head)
            nexts = [n for n in (evidence.towards(at, head) for head in heads) if n]
            if not nexts:
                limits.append(length)
                break
            following = [e for e in following if e.id == nexts[0]]
        if not following:
            break
        way.append(following[0])
        at, length = following[0].id, following[0].header.end
    if len(forks) == MAX_FORKS:
        limits.append(max(forks[0][0], _named_by_cut(evidence, way, at, cut)))
    return End(tuple(way), min(limits, default=None))


def _named_by_cut(evidence, way, at, cut):
    """Where the head of the cut ends, if the way, which goes as far as `at`, leads there; else 0."""
    head = None if cut is None else evidence.entries.get(cut.head)
    if head and (head in way or evidence.towards(at, head.id)):
        return head.header.end
    return 0


def read_evidence(charter, orders, runs, proofs):
    """From the bytes of signed root orders, runs and fork proofs."""
    evidence = Evidence(charter)
    for data in orders:
        evidence.add_order(SIGNED_ROOT_ORDER.decode(data))
    for data in runs:
        evidence.add_run(data)
    for data in proofs:
        evidence.add_fork(data)
    return evidence
