"""Chapter 4: connection, greeting, reconciliation, runs, live."""

import collections
import secrets
import select
import sys
import time

from . import log as logs
from .authority import PRESENTATION, SIGNED_ROOT_ORDER, chain_hash, read_presentation
from .log import Row, encode_run, nibbles, read_run
from .noise import Handshake
from .primitives import (
    MAX_POSITION, H, ProtocolError, require, sign, u16, u64, u8, verify,
)
from .protobuf import Field, Schema

VERSION = 1
MAX_FRAME = 65_535
MAX_PART = MAX_FRAME - 16 - 1
MAX_MESSAGE = 1 << 20
MAX_FRAMES = 1 << 20
GREETING_SECONDS = 5
FRAME_SECONDS = 10
SILENCE_SECONDS = 90
PING_SECONDS = 30
COMPARE_SECONDS = 30  # at the latest we tell our hash so long after the last time
TELL_SECONDS = 0.3  # a changed hash is told after so much quiet, as pushes come in rows
MAX_ROUNDS = 64
MAX_RANGES = MAX_ROWS = MAX_HASHES = 4_096
MAX_FINGERPRINTS = 32_768
MAX_WANTS = 1_024
MAX_RUN_PART = 262_144
LARGEST_ENTRY = 655_360
MAX_UNVERIFIED = 2 << 20
MAX_PUSH = 65_536
MAX_SHUFFLED = 8
MAX_PATH = 6
LOW, HIGH, GUEST = range(3)  # of a Neighbor
CREDIT = 2 << 20
CUT_BYTES = 700_000  # of one of our Ranges messages, well within MAX_MESSAGE
CUT_ROWS = 256
FEW_ROWS = 128  # so many are told as fingerprints
MANY_ROWS = 1_024  # of more the nodes two nibbles below are told
ID_NIBBLES = 6

GOODBYE = {1: "version", 2: "member refused", 3: "malformed", 4: "limit", 5: "stopping",
           6: "reconnect", 7: "duplicate connection", 8: "parting"}

ROW = Schema(
    "Row",
    Field(1, "member", "bytes", size=32),
    Field(2, "incarnation", "bytes", size=10),
    Field(3, "length", "uint64"),
    Field(4, "head", "bytes", size=32),
    Field(5, "forked_at_plus_one", "uint64"),
    Field(6, "signature", "bytes", size=64, low=0),
)
ROWS = Schema("Rows", Field(1, "rows", "message", schema=ROW, repeated=True, most=MAX_ROWS),
              Field(2, "answer", "bool"))
FINGERPRINTS = Schema(
    "Fingerprints",
    Field(1, "ids", "bytes"),
    Field(2, "lengths", "uint64", repeated=True, most=MAX_FINGERPRINTS),
    Field(3, "logs", "bytes"),
    Field(4, "heads", "bytes"),
    Field(5, "answer", "bool"),
)
RANGE = Schema(
    "Range",
    Field(1, "prefix", "bytes", high=64),
    Field(2, "hashes", "bytes", oneof=True),
    Field(3, "rows", "message", schema=ROWS, oneof=True),
    Field(4, "fingerprints", "message", schema=FINGERPRINTS, oneof=True),
)
WANT = Schema(
    "Want",
    Field(1, "member", "bytes", size=32),
    Field(2, "incarnation", "bytes", size=10),
    Field(3, "from_", "uint64"),
    Field(4, "head", "bytes", size=32),
    Field(5, "to", "uint64"),
)
UNSERVED = Schema(
    "Unserved",
    Field(1, "member", "bytes", size=32),
    Field(2, "incarnation", "bytes", size=10),
    Field(3, "reason", "uint32"),
    Field(4, "length", "uint64"),
)
PEER_ADDRESS = Schema(
    "PeerAddress",
    Field(1, "member", "bytes", size=32),
    Field(2, "addresses", "string", repeated=True, low=1, high=80, most=4),
    Field(3, "serial", "uint64"),
)
PEER_RECORD = Schema("PeerRecord", Field(1, "content", "bytes", high=1024),
                     Field(2, "signature", "bytes", size=64))
HELLO = Schema(
    "Hello",
    Field(1, "version", "uint32"),
    Field(2, "version_max", "uint32"),
    Field(3, "member", "bytes", size=32),
    Field(4, "binding", "bytes", size=64),
    Field(5, "chain_hash", "bytes", size=32),
    Field(6, "frontier", "bytes", size=32),
    Field(7, "updates", "uint64"),
    Field(8, "network_key_number", "uint32"),
    Field(9, "listen", "string", high=80),
    Field(10, "time", "uint64"),
    Field(11, "bytes", "uint64"),
)
PARTS = {
    "hello": (1, HELLO),
    "chain_request": (2, Schema("ChainRequest")),
    "chain": (3, Schema("Chain", Field(1, "presentation", "bytes"))),
    "frontier_hash": (4, Schema("FrontierHash", Field(1, "hash", "bytes", size=32),
                                Field(2, "updates", "uint64"))),
    "ranges": (5, Schema("Ranges", Field(1, "round", "uint32"),
                         Field(2, "ranges", "message", schema=RANGE, repeated=True,
                               most=MAX_RANGES),
                         Field(3, "salt", "uint64"))),
    "pull": (6, Schema("Pull", Field(1, "id", "uint32"),
                       Field(2, "wants", "message", schema=WANT, repeated=True, most=MAX_WANTS),
                       Field(3, "credit", "uint64"))),
    "run": (7, Schema("RunPart", Field(1, "pull", "uint32"), Field(2, "bytes", "bytes"),
                      Field(3, "hop", "uint32"))),
    "pull_done": (8, Schema("PullDone", Field(1, "pull", "uint32"),
                            Field(2, "unserved", "message", schema=UNSERVED, repeated=True,
                                  most=MAX_WANTS))),
    "credit": (9, Schema("Credit", Field(1, "pull", "uint32"), Field(2, "bytes", "uint64"))),
    "heads": (10, Schema("Heads", Field(1, "rows", "message", schema=ROW, repeated=True,
                                        most=MAX_ROWS),
                         Field(2, "hops", "uint32", repeated=True, most=MAX_ROWS))),
    "peer_records": (11, Schema("PeerRecords", Field(1, "records", "message", schema=PEER_RECORD,
                                                     repeated=True, most=256))),
    "orders": (12, Schema("Orders", Field(1, "orders", "bytes", repeated=True, most=256))),
    "fork_proofs": (13, Schema("ForkProofs", Field(1, "proofs", "bytes", repeated=True,
                                                   most=64))),
    "goodbye": (14, Schema("Goodbye", Field(1, "code", "uint32"), Field(2, "reason", "string"))),
    "ping": (15, Schema("Ping", Field(1, "nonce", "uint64"))),
    "pong": (16, Schema("Pong", Field(1, "nonce", "uint64"))),
    "join": (32, Schema("Join")),
    "forward_join": (33, Schema("ForwardJoin",
                                Field(1, "newcomer", "message", schema=PEER_RECORD),
                                Field(2, "time_to_live", "uint32"))),
    "neighbor": (34, Schema("Neighbor", Field(1, "priority", "uint32"))),
    "neighbor_reply": (35, Schema("NeighborReply", Field(1, "accepted", "bool"))),
    "disconnect": (36, Schema("Disconnect")),
    "shuffle": (37, Schema("Shuffle",
                           Field(1, "records", "message", schema=PEER_RECORD, repeated=True,
                                 most=MAX_SHUFFLED),
                           Field(2, "time_to_live", "uint32"),
                           Field(3, "path", "bytes", size=32, repeated=True, most=MAX_PATH))),
    "shuffle_reply": (38, Schema("ShuffleReply",
                                 Field(1, "records", "message", schema=PEER_RECORD,
                                       repeated=True, most=MAX_SHUFFLED),
                                 Field(2, "path", "bytes", size=32, repeated=True,
                                       most=MAX_PATH))),
    "graft": (39, Schema("Graft")),
    "prune": (40, Schema("Prune")),
}
MESSAGE = Schema("Message", *(Field(number, name, "message", schema=schema, oneof=True)
                              for name, (number, schema) in PARTS.items()))


def encode(name, body):
    """A Message of an encoded part."""
    data = MESSAGE.encode(**{name: body})
    require(len(data) <= MAX_MESSAGE, "a message of ours is too long")
    return data


# Reconciliation


def read_row(row):
    """A Row of a decoded one."""
    require(1 <= row.length <= MAX_POSITION, "a row's length is out of bounds")
    forked = row.forked_at_plus_one
    require(forked <= MAX_POSITION, "a row's fork is out of bounds")
    return Row(row.member, row.incarnation, row.length, row.head, forked - 1 if forked else None)


def encode_row(row):
    return ROW.encode(member=row.member, incarnation=row.incarnation, length=row.length,
                      head=row.head,
                      forked_at_plus_one=0 if row.forked_at is None else row.forked_at + 1)


Part = collections.namedtuple("Part", "data rows hashes fingerprints", defaults=(0, 0, 0))
Fingerprint = collections.namedtuple("Fingerprint", "id length log head")


def fingerprint(row, depth, salt):
    """What is told of a row under a prefix of so many nibbles."""
    mark = [H("gv/fingerprint", u64(salt) + data)[:2] for data in (row.id, row.head)]
    return Fingerprint(nibbles(row.id)[depth : depth + ID_NIBBLES], row.length, *mark)


def _below(prefix, count):
    """The prefixes a nibble (16) or two (256) below."""
    return [prefix + (u8(n) if count == 16 else nibbles(u8(n))) for n in range(count)]


def _differing(tree, prefix, salt):
    """What is said about a prefix at which the nodes differ."""
    rows = tree.under(prefix)
    if len(rows) <= FEW_ROWS:
        return _fingerprints(rows, prefix, salt, False)
    nodes = _below(prefix, 256 if len(rows) > MANY_ROWS else 16)
    hashes = b"".join(tree.node(node)[:16] for node in nodes)
    return Part(RANGE.encode(prefix=prefix, hashes=hashes), hashes=len(nodes))


def _fingerprints(rows, prefix, salt, answer):
    told = [fingerprint(row, len(prefix), salt) for row in rows]
    body = FINGERPRINTS.encode(
        ids=b"".join(bytes(a << 4 | b for a, b in zip(f.id[::2], f.id[1::2])) for f in told),
        lengths=[f.length for f in told], logs=b"".join(f.log for f in told),
        heads=b"".join(f.head for f in told), answer=answer)
    return Part(RANGE.encode(prefix=prefix, fingerprints=body), fingerprints=len(told))


def _rows(rows, prefix, answer):
    """Ranges of rows, cut where there are many."""
    if len(rows) > CUT_ROWS:
        for n in range(16):
            child = prefix + u8(n)
            under = [row for row in rows if nibbles(row.id).startswith(child)]
            if under:
                yield from _rows(under, child, answer)
        return
    body = ROWS.encode(rows=[encode_row(row) for row in rows], answer=answer)
    yield Part(RANGE.encode(prefix=prefix, rows=body), rows=len(rows))


def _cut(number, parts, salt):
    """Encoded Ranges messages of ranges that ascend, within the limits."""
    taken, size, counts = [], 0, (0, 0, 0)
    limits = (MAX_ROWS, MAX_HASHES, MAX_FINGERPRINTS)

    def message():
        return PARTS["ranges"][1].encode(
            round=number, ranges=taken, salt=salt if counts[2] else 0)

    for part in parts:
        sums = tuple(a + b for a, b in zip(counts, part[1:]))
        if taken and (size + len(part.data) > CUT_BYTES or len(taken) >= MAX_RANGES
                      or any(n > limit for n, limit in zip(sums, limits))):
            yield message()
            taken, size, counts, sums = [], 0, (0, 0, 0), tuple(part[1:])
        taken.append(part.data)
        size, counts = size + len(part.data), sums
    if taken:
        yield message()


def new_salt():
    return secrets.randbits(64)


def opening(tree, salt=None):
    """The Ranges that begin a reconciliation."""
    salt = new_salt() if salt is None else salt
    return _cut(1, [_differing(tree, b"", salt)], salt)


def check_ranges(message):
    """Bounds and order of a decoded Ranges; yields (prefix, kind, content, answer)."""
    require(1 <= message.round <= MAX_ROUNDS, "too many rounds")
    counts, before = collections.Counter(), None
    for r in message.ranges:
        require(all(n < 16 for n in r.prefix), "a prefix that is not of nibbles")
        require(before is None or (before < r.prefix and not r.prefix.startswith(before)),
                "prefixes that do not ascend")
        before = r.prefix
        require(r.kind is not None, "a range without content")
        if r.kind == "hashes":
            content, answer = [r.hashes[at : at + 16] for at in range(0, len(r.hashes), 16)], None
            require(len(r.hashes) in (16 * 16, 256 * 16), "hashes of neither 16 nodes nor 256")
            require(len(r.prefix) + (1 if len(content) == 16 else 2) <= 64, "hashes too deep")
        elif r.kind == "rows":
            content, answer = [read_row(row) for row in r.rows.rows], r.rows.answer
            ids = [nibbles(row.id) for row in content]
            require(all(a < b for a, b in zip(ids, ids[1:])), "rows out of order")
            require(all(i.startswith(r.prefix) for i in ids), "a row outside its prefix")
        else:
            content, answer = _read_fingerprints(r.fingerprints), r.fingerprints.answer
            require(len(r.prefix) <= 64 - ID_NIBBLES, "fingerprints too deep")
        counts[r.kind] += len(content)
        yield r.prefix, r.kind, content, answer
    require(counts["rows"] <= MAX_ROWS, "too many rows")
    require(counts["hashes"] <= MAX_HASHES, "too many hashes")
    require(counts["fingerprints"] <= MAX_FINGERPRINTS, "too many fingerprints")


def _read_fingerprints(columns):
    count = len(columns.lengths)
    ids, logs_, heads = nibbles(columns.ids), columns.logs, columns.heads
    require((len(ids), len(logs_), len(heads)) == (6 * count, 2 * count, 2 * count),
            "columns of fingerprints that differ")
    require(all(1 <= n <= MAX_POSITION for n in columns.lengths), "a length out of bounds")
    told = [Fingerprint(ids[6 * i : 6 * i + 6], n, logs_[2 * i : 2 * i + 2], heads[2 * i : 2 * i + 2])
            for i, n in enumerate(columns.lengths)]
    require(all(a.id <= b.id for a, b in zip(told, told[1:])), "fingerprints out of order")
    return told


def answer(message, tree, want, salt=None):
    """The Ranges that answer one; `want` is called with the rows that the peer shows longer than ours."""
    salt = new_salt() if salt is None else salt
    found, told, asked = [], [], []
    for prefix, kind, content, is_answer in check_ranges(message):
        ours = tree.under(prefix)
        if kind == "hashes":
            found += [_differing(tree, node, salt)
                      for node, hash in zip(_below(prefix, len(content)), content)
                      if tree.node(node)[:16] != hash]
        elif kind == "rows":
            mine = {row.key: row for row in ours}
            for row in content:
                own = mine.get(row.key)
                if own is None or row.length > own.length:
                    want(row)
            rest = [row for row in ours if row not in content]
            if not is_answer and rest:
                told += _rows(rest, prefix, True)
        else:
            compared = _compare(content, ours, len(prefix), message.salt)
            for row, length in compared.other:
                if length > row.length:
                    want(Row(row.member, row.incarnation, length, bytes(32)))
            for id, rows in compared.unclear:
                asked += _rows(rows, prefix + id, False)
            longer = [row for row, length in compared.other if length <= row.length]
            if not is_answer and longer:
                found.append(_fingerprints(longer, prefix, salt, True))
            if not is_answer and compared.lacking:
                told += _rows(compared.lacking, prefix, True)
    for parts in (found, told, asked):
        yield from _cut(message.round + 1, parts, salt)


Compared = collections.namedtuple("Compared", "other lacking unclear")


def _compare(his, ours, depth, salt):
    """A peer's fingerprints beside our rows: (row, his length) where they differ, rows he lacks,
    (six nibbles, our rows) where only whole rows tell more."""
    mine, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for row in ours:
        told = fingerprint(row, depth, salt)
        mine[told.id].append((told, row))
    for told in his:
        theirs[told.id].append(told)
    found = Compared([], [], [])
    for id in sorted(mine.keys() | theirs.keys()):
        rows = [row for _, row in mine[id]]
        if not theirs[id]:
            found.lacking.extend(rows)
        elif [told for told, _ in mine[id]] == theirs[id]:
            continue
        elif len(rows) == len(theirs[id]) == 1 and mine[id][0][0].log == theirs[id][0].log:
            found.other.append((rows[0], theirs[id][0].length))
        else:
            found.unclear.append((id, rows))
    return found


# Connection


class Goodbye(ProtocolError):
    """The peer ended the connection with a Goodbye."""

    def __init__(self, code, reason):
        super().__init__(f"the peer said goodbye: {code} {GOODBYE.get(code, '?')} {reason}".strip())
        self.code = code


class Closed(ProtocolError):
    """The connection was closed."""


class TimedOut(ProtocolError):
    """Something did not happen in time."""


class Connection:
    """Frames over a socket, first plain (the handshake), then encrypted messages."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.incoming, self.outgoing = bytearray(), bytearray()
        self.sender = self.receiver = None
        self.message = bytearray()
        self.frames = 0
        self.frame_started = None
        self.last_received = self.last_sent = time.monotonic()

    def pump(self, timeout):
        """Send what waits and receive what comes, for at most `timeout` seconds."""
        want_write = [self.sock] if self.outgoing else []
        readable, writable, _ = select.select([self.sock], want_write, [], max(0, timeout))
        if writable:
            self._send()
        if readable:
            try:
                data = self.sock.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                raise Closed(f"the connection failed: {error}") from None
            if not data:
                raise Closed("the peer closed the connection")
            self.incoming += data

    def _send(self):
        try:
            del self.outgoing[: self.sock.send(self.outgoing[: 1 << 18])]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            raise Closed(f"the connection failed: {error}") from None

    def flush(self, seconds):
        """Send what waits, for at most so long."""
        end = time.monotonic() + seconds
        while self.outgoing and time.monotonic() < end:
            if select.select([], [self.sock], [], 0.1)[1]:
                self._send()

    def next_frame(self):
        """A complete frame that has come, or None."""
        now = time.monotonic()
        if len(self.incoming) >= 2:
            size = int.from_bytes(self.incoming[:2], "big")
            require(size, "an empty frame")
            if len(self.incoming) >= 2 + size:
                frame = bytes(self.incoming[2 : 2 + size])
                del self.incoming[: 2 + size]
                self.last_received, self.frame_started = now, None
                return frame
        if self.incoming:
            self.frame_started = self.frame_started or now
            require(now - self.frame_started < FRAME_SECONDS, "a frame takes too long")
        require(now - self.last_received < SILENCE_SECONDS, "silence for too long")
        return None

    def send_frame(self, frame):
        require(0 < len(frame) <= MAX_FRAME, "a frame of ours is out of bounds")
        self.outgoing += u16(len(frame)) + frame
        self.last_sent = time.monotonic()

    def next_message(self):
        """A complete message's bytes that has come, or None."""
        while (frame := self.next_frame()) is not None:
            self._count()
            plain = self.receiver.decrypt(b"", frame)
            require(plain and plain[0] <= 1, "a frame without flag")
            self.message += plain[1:]
            require(len(self.message) <= MAX_MESSAGE, "a message is too long")
            if plain[0] == 1:
                data = bytes(self.message)
                self.message.clear()
                return data
        return None

    def send_message(self, data):
        parts = [data[i : i + MAX_PART] for i in range(0, len(data), MAX_PART)] or [b""]
        for i, part in enumerate(parts):
            self._count()
            flag = u8(i == len(parts) - 1)
            self.send_frame(self.sender.encrypt(b"", flag + part))

    def _count(self):
        self.frames += 1
        require(self.frames <= MAX_FRAMES, "a connection's frames are used up")


class Identity:
    """Who we are: keys, and what proves our right."""

    def __init__(self, member_seed, member, noise_key, presentation, network_key):
        self.seed, self.member, self.noise_key = member_seed, member, noise_key
        self.presentation, self.network_key = presentation, network_key


class Session:
    """A connection to one peer, in either role, that keeps a Replica in step with his."""

    def __init__(self, sock, replica, identity, initiator, clock, verbose=False):
        self.connection = Connection(sock)
        self.replica, self.identity, self.initiator = replica, identity, initiator
        self.clock, self.verbose = clock, verbose
        self.community = replica.charter.community
        self.peer = None
        self.peer_right = None
        self.peer_frontier = None
        self.peer_updates = 0
        self.told = None  # the hash of ours that the peer was last told
        self.told_at = time.monotonic()
        self.differs = False  # the peer told a hash that is not ours
        self.compared = None  # the hashes (ours, his) of the last comparison
        self.compared_at, self.compare_wait = 0.0, 1
        self.chain_sent = False
        self.wants = {}  # key -> Row that we want
        self.unserved = {}  # key -> length that the peer would not serve
        self.pull_id = 0
        self.pulling = None  # keys of the pull under way
        self.credit = 0  # what the peer may still send
        self.serving = None  # the peer's pull under way
        self.peer_records = {}
        # Whether we are neighbours, and whether the link is a branch of the tree.
        self.neighbor, self.eager = False, False

    # Basics

    def note(self, text):
        if self.verbose:
            print(text, file=sys.stderr)

    def send(self, name, **values):
        self.note(f"> {name}")
        self.connection.send_message(encode(name, PARTS[name][1].encode(**values)))

    def receive(self, timeout):
        """The next decoded message, or None after `timeout` seconds."""
        end = time.monotonic() + timeout
        while True:
            data = self.connection.next_message()
            if data is not None:
                message = MESSAGE.decode(data)
                self.note(f"< {message.kind}")
                if message.kind == "goodbye":
                    raise Goodbye(message.goodbye.code, message.goodbye.reason)
                return message
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.connection.pump(min(left, 1))
            now = time.monotonic()
            if now - max(self.connection.last_received, self.connection.last_sent) > PING_SECONDS:
                self.send("ping", nonce=1)

    def _expect(self, end, *kinds):
        message = self.receive(end - time.monotonic())
        if message is None:
            raise TimedOut(f"no {' or '.join(kinds)} in time")
        require(message.kind in kinds, f"{message.kind} before its time")
        return message

    def close(self, code, reason=""):
        """Say goodbye and close."""
        try:
            if self.connection.sender:
                self.send("goodbye", code=code, reason=reason)
                self.connection.flush(2)
        except (ProtocolError, OSError):
            pass
        self.connection.sock.close()

    # Greeting

    def greet(self):
        """Handshake and hellos, within their 5 seconds."""
        end = time.monotonic() + GREETING_SECONDS
        self._handshake(end)
        if self.initiator:
            self._hello()
            message = self._expect(end, "hello", "chain_request")
            if message.kind == "chain_request":
                self._send_chain()
                message = self._expect(end, "hello")
            self._accept(message.hello, end)
            self._speak_first()
        else:
            self._accept(self._expect(end, "hello").hello, end)
            self._hello()

    def _handshake(self, end):
        me = self.identity
        handshake = Handshake(self.initiator, b"grapevine\1" + self.community, me.network_key,
                              me.noise_key)
        self.noise_public = handshake.s[1]
        while not handshake.done:
            if handshake.my_turn:
                self.connection.send_frame(handshake.write_message())
                continue
            frame = self.connection.next_frame()
            if frame is not None:
                require(handshake.read_message(frame) == b"", "a handshake with a payload")
                continue
            if time.monotonic() >= end:
                raise TimedOut("no handshake in time")
            self.connection.pump(min(1, end - time.monotonic()))
        self.peer_noise = handshake.rs
        self.connection.sender, self.connection.receiver = handshake.split()

    def _hello(self):
        me = self.identity
        self.told = self.replica.frontier
        self.send(
            "hello", version=VERSION, version_max=VERSION, member=me.member,
            binding=sign(me.seed, "gv noise key", self.community, self.noise_public),
            chain_hash=chain_hash(me.presentation), frontier=self.told,
            updates=self.replica.updates, time=self.clock.now())

    def _accept(self, hello, end):
        """Check a hello; ask for the chain if it is not known."""
        require(hello.version <= VERSION <= hello.version_max, "no version in common")
        require(hello.member != self.identity.member, "the peer has our member key")
        require(verify(hello.member, "gv noise key", self.community, self.peer_noise,
                       hello.binding), "the peer's binding is bad")
        presentation = self.replica.chains.get((hello.member, hello.chain_hash))
        if presentation is None:
            self.send("chain_request")
            message = self._expect(end, "chain", "chain_request")
            if message.kind == "chain_request":
                self._send_chain()
                message = self._expect(end, "chain")
            presentation = message.chain.presentation
            require(chain_hash(presentation) == hello.chain_hash, "another chain than its hash")
        now = self.clock.wall_ms()
        right = read_presentation(self.replica.charter, presentation, hello.member)
        require(right.valid(now), "the peer's right is expired")
        self.replica.chains[hello.member, hello.chain_hash] = presentation
        self.peer, self.peer_right = hello.member, right
        self.peer_frontier, self.peer_updates = hello.frontier, hello.updates
        self._learn_order(presentation)

    def _learn_order(self, presentation):
        """The root orders that a chain shows are held, too."""
        message = PRESENTATION.decode(presentation)
        if self.replica.add_orders([*message.successions, message.order]):
            self.replica.changed()

    def _send_chain(self):
        require(not self.chain_sent, "the chain is asked for twice")
        self.chain_sent = True
        self.send("chain", presentation=self.identity.presentation)

    def _speak_first(self):
        self._tell_orders()
        self.send("peer_records")
        if self.peer_frontier != self.replica.frontier:
            self.compare()
        # We are nowhere to be dialled.
        self.send("neighbor", priority=GUEST)

    def _tell_orders(self):
        if self.replica.orders:
            self.send("orders", orders=[o.signed for o in self.replica.orders.values()])

    # The loop

    def in_step(self):
        """Whether the peer has shown that he holds what we hold."""
        return (self.peer_frontier == self.replica.frontier and not self.wants
                and self.pulling is None)

    def step(self, timeout):
        """Handle at most one message. Returns whether there was one."""
        message = self.receive(timeout)
        if message is not None:
            require(message.kind is None or message.kind != "hello", "a second hello")
            if message.kind is not None:
                getattr(self, "_on_" + message.kind)(getattr(message, message.kind))
        self._go_on()
        return message is not None

    def _go_on(self):
        """Pull what is wanted; tell our hash; compare anew where the peer's differs."""
        now = time.monotonic()
        if self.pulling is not None:
            return
        if self.wants:
            self._pull()
            return
        if self.differs and now - self.compared_at >= self.compare_wait:
            self.compare()
        if self.peer_frontier == self.replica.frontier and self.told == self.peer_frontier:
            return
        quiet = now - max(self.connection.last_received, self.connection.last_sent)
        moved = self.told != self.replica.frontier
        if quiet > TELL_SECONDS and moved or now - self.told_at > COMPARE_SECONDS:
            self.tell_frontier()

    def compare(self):
        """Begin a reconciliation: at once, then after doubled waits while no hash moves."""
        pair = (self.replica.frontier, self.peer_frontier)
        self.compare_wait = min(60, self.compare_wait * 2) if pair == self.compared else 1
        self.compared, self.compared_at, self.differs = pair, time.monotonic(), False
        for body in opening(self.replica.tree):
            self.note("> ranges")
            self.connection.send_message(encode("ranges", body))

    def tell_frontier(self):
        self.told, self.told_at = self.replica.frontier, time.monotonic()
        self.send("frontier_hash", hash=self.told, updates=self.replica.updates)

    # Messages

    def _on_chain_request(self, _):
        self._send_chain()

    def _on_chain(self, _):
        raise ProtocolError("a chain that was not asked for")

    def _on_frontier_hash(self, message):
        self.peer_frontier, self.peer_updates = message.hash, message.updates
        self.differs = message.hash != self.replica.frontier
        if not self.differs and self.told != message.hash:
            self.tell_frontier()

    def _on_ranges(self, message):
        for body in answer(message, self.replica.tree, self.want):
            self.note("> ranges")
            self.connection.send_message(encode("ranges", body))

    def want(self, row):
        if row.length > max(self.replica.held(row), self.unserved.get(row.key, 0)):
            self.wants[row.key] = row

    def _pull(self):
        """Ask for what is wanted, at most 1,024 logs at a time."""
        chosen = sorted(self.wants.values(), key=lambda row: row.id)[:MAX_WANTS]
        wants = []
        for row in chosen:
            log = self.replica.log(*row.key)
            if log is None:
                del self.wants[row.key]
                continue
            log.drop_waiting()
            wants.append(WANT.encode(member=row.member, incarnation=row.incarnation,
                                     from_=log.length, head=log.head, to=row.length))
        self.pull_id += 1
        self.pulling = {row.key for row in chosen} & self.wants.keys()
        self.credit = CREDIT
        self.note(f"  {len(wants)} wants")
        self.send("pull", id=self.pull_id, wants=wants, credit=CREDIT)

    def _on_run(self, message):
        pushed = message.pull == 0
        if not pushed and (message.pull != self.pull_id or self.pulling is None):
            return  # of a pull that was replaced
        require(len(message.bytes) <= LARGEST_ENTRY, "a part is too long")
        if not pushed:
            require(len(message.bytes) <= self.credit, "more bytes than credit")
            self.credit -= len(message.bytes)
        self._take_run(message.bytes, pushed)
        if not pushed and self.credit <= CREDIT - LARGEST_ENTRY:
            self.send("credit", pull=self.pull_id, bytes=CREDIT - self.credit)
            self.credit = CREDIT

    def _take_run(self, data, pushed):
        member, incarnation, entries = read_run(data, self.community)
        log = self.replica.log(member, incarnation)
        if log is None:
            return
        if pushed:
            if entries[-1].header.end <= log.length:
                if self.neighbor:
                    self.eager = False
                    self.send("prune")
                return  # held already
            if not self._pulls(log):
                log.drop_waiting()
        if not log.expects(entries[0]):
            if pushed and entries[0].header.position > log.length:
                full = [entry for entry in entries if not entry.bare]
                if full:  # a gap: pull it
                    self.want(Row(member, incarnation, full[-1].header.end, full[-1].id))
            return
        try:
            taken = log.take(entries)
        except ProtocolError:
            log.drop_waiting()
            raise
        waiting = sum(len(entry.encode()) for entry in log.waiting)
        require(waiting <= MAX_UNVERIFIED, "too much unverified")
        if taken:
            if pushed:
                self.eager = self.neighbor
            self.replica.learn_chains(log, log.entries[-taken:])
            self.replica.changed()
            self.clock.see(log.tip.time)
            row = self.wants.get((member, incarnation))
            if row and row.length <= log.length:
                del self.wants[member, incarnation]

    def _pulls(self, log):
        return self.pulling is not None and (log.member, log.incarnation) in self.pulling

    def _on_pull_done(self, message):
        if message.pull != self.pull_id or self.pulling is None:
            return
        for u in message.unserved:
            require(u.reason in (1, 2), "an unknown reason")
            self.note(f"  unserved, reason {u.reason}, length {u.length}")
            self.unserved[u.member, u.incarnation] = max(
                u.length, self.unserved.get((u.member, u.incarnation), 0))
        for key in self.pulling:
            self.wants.pop(key, None)  # the next comparison finds what is missing
            log = self.replica.logs.get(key)
            if log:
                log.drop_waiting()
        self.pulling = None
        if not self.wants:
            self.tell_frontier()

    def _on_heads(self, message):
        require(len(message.hops) in (0, len(message.rows)), "hops that are not of the rows")
        before = len(self.wants)
        for row in message.rows:
            self.want(read_row(row))
        if self.neighbor and not self.eager and len(self.wants) > before:
            # With one neighbour there is nobody else to wait for.
            self.eager = True
            self.send("graft")

    def _on_peer_records(self, message):
        self._keep_records(message.records)

    def _keep_records(self, records):
        for record in records:
            address = PEER_ADDRESS.decode(record.content)
            if not verify(address.member, "gv peer record", self.community, record.content,
                          record.signature):
                raise ProtocolError("a peer record's signature is bad")
            held = self.peer_records.get(address.member)
            if held is None or held.serial < address.serial:
                self.peer_records[address.member] = address

    # Membership: our view has room for the one peer we talk with, and every walk ends with us

    def _up(self):
        if not self.neighbor:
            self.neighbor, self.eager = True, True

    def _on_join(self, _):
        self.send("neighbor_reply", accepted=True)
        self._up()

    def _on_neighbor(self, message):
        require(message.priority in (LOW, HIGH, GUEST), "an unknown priority")
        self._on_join(message)

    def _on_neighbor_reply(self, message):
        if message.accepted:
            self._up()

    def _on_disconnect(self, _):
        self.neighbor = self.eager = False

    def _on_forward_join(self, message):
        require(message.newcomer is not None, "a newcomer without a record")
        self._keep_records([message.newcomer])

    def _on_shuffle(self, message):
        self._keep_records(message.records)
        if self.neighbor:
            self.send("shuffle_reply", path=message.path)

    def _on_shuffle_reply(self, message):
        self._keep_records(message.records)

    def _on_graft(self, _):
        self.eager = self.neighbor

    def _on_prune(self, _):
        self.eager = False

    def _on_orders(self, message):
        self.replica.add_orders([SIGNED_ROOT_ORDER.decode(data) for data in message.orders])
        self.replica.changed()

    def _on_fork_proofs(self, message):
        for proof in message.proofs:
            self.replica.add_fork(proof)

    def _on_ping(self, message):
        self.send("pong", nonce=message.nonce)

    def _on_pong(self, _):
        pass

    # Serving

    def _on_pull(self, message):
        require(self.serving is None or message.id > self.serving.id, "a pull's id descends")
        self.serving = Serving(message, self.replica)
        self._serve()

    def _on_credit(self, message):
        if self.serving and message.pull == self.serving.id:
            self.serving.credit += message.bytes
            self._serve()

    def _serve(self):
        serving = self.serving
        while not serving.done:
            part = serving.next_part()
            if part is None:
                return  # more credit is needed
            self.send("run", pull=serving.id, bytes=part)
        if not serving.told:
            serving.told = True
            self.send("pull_done", pull=serving.id, unserved=serving.unserved)

    def push(self, log, first):
        """Push a log's entries from index `first` on: a run that the peer can continue."""
        data = encode_run(log.entries[first:])
        if len(data) <= MAX_PUSH and (self.eager or not self.neighbor):
            self.send("run", pull=0, bytes=data)
        else:
            self.send("heads", rows=[encode_row(log.row())])


class Serving:
    """A peer's pull as it is served."""

    def __init__(self, pull, replica):
        self.id, self.credit, self.replica = pull.id, pull.credit, replica
        self.wants = collections.deque(pull.wants)
        self.entries = collections.deque()  # (entry, bare) of the want being served
        self.unserved, self.told = [], False
        self._open()

    @property
    def done(self):
        return not self.entries and not self.wants

    def _refuse(self, want, reason, length):
        self.unserved.append(UNSERVED.encode(member=want.member, incarnation=want.incarnation,
                                             reason=reason, length=length))

    def _open(self):
        """Queue the entries of the next want that has any."""
        while not self.entries and self.wants:
            want = self.wants.popleft()
            log = self.replica.logs.get((want.member, want.incarnation))
            if log is None or want.from_ > log.length:
                self._refuse(want, 1, log.length if log else 0)
                continue
            index = log.index_at(want.from_, want.head)
            if index is None:
                self._refuse(want, 2, log.length)
                continue
            for entry in log.entries[index:]:
                self.entries.append((entry, False))
                if entry.signature and entry.header.end >= want.to:
                    break
            else:
                self.entries += [(entry, True) for entry in log.proof]
            if log.length < want.to:
                self._refuse(want, 1, log.length)

    def next_part(self):
        """The next part within the credit, or None if that does not suffice."""
        part, size = [], logs.RUN_HEADER
        while self.entries:
            entry, bare = self.entries[0]
            more = len(entry.encode(bare=bare))
            if part and size + more > min(MAX_RUN_PART, self.credit):
                break
            if not part and size + more > self.credit:
                return None
            part.append((entry, bare))
            size += more
            self.entries.popleft()
        bare_from = next((i for i, (_, bare) in enumerate(part) if bare), None)
        data = encode_run([entry for entry, _ in part], bare_from)
        self.credit -= len(data)
        self._open()
        return data
