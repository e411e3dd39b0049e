"""Chapter 2, the authority: charter, root orders, grants, invites, chains, tickets."""

import re
from dataclasses import dataclass

from .primitives import (
    H, H16, MAX_MONEY, ProtocolError, ascii_upper, base32_decode, base32_encode, public_key,
    require, sign, u8, verify,
)
from .protobuf import Field, Schema

OBSERVER, AMBASSADOR, TREASURER, STEWARD = 1, 2, 3, 4
ROLE_NAMES = {1: "observer", 2: "ambassador", 3: "treasurer", 4: "steward"}
PRESENT, GRANT, INVITE, ADMIT, REVOKE, CHOOSE = 1, 2, 3, 4, 5, 6  # operation kinds
(ORDER_GRANT, ORDER_REVOKE, ORDER_CHOOSE, ORDER_SUCCESSION, ORDER_NETWORK_KEY,
 ORDER_SEALER) = 1, 2, 3, 4, 5, 6  # kinds of root orders
LAST_AUTHORITY_KIND, RECORD = 31, 32
MAX_CHARTER = MAX_ORDER = 4096
MAX_EXCERPT = 2048
MAX_DEEP = 4
MAX_SUCCESSIONS = 8
MAX_LENGTH = 1 << 48
MAX_MS = (1 << 48) - 1
HEADER_SIZE = 173

CHARTER = Schema(
    "Charter",
    Field(1, "title", "string", low=1, high=120),
    Field(2, "currency", "string", size=3),
    Field(3, "created_ms", "int64"),
    Field(4, "root_key", "bytes", size=32),
    Field(5, "successor_key_hash", "bytes", size=32),
    Field(6, "attribution", "enum"),
    Field(7, "window_days", "uint32"),
    Field(8, "qualifying_minor", "int64"),
    Field(9, "calendar", "enum"),
    Field(10, "person_key_hash", "bytes", size=32),
)
QUOTA = Schema("Quota", Field(1, "operations_per_day", "uint64"),
               Field(2, "bytes_per_day", "uint64"))
SOURCES = Field(7, "sources", "string", repeated=True, low=1, high=255, most=64)
GRANT_SCHEMA = Schema(
    "Grant",
    Field(1, "subject", "bytes", size=32),
    Field(2, "role", "enum"),
    Field(3, "expires_ms", "int64"),
    Field(4, "quota", "message", schema=QUOTA),
    Field(5, "member_id", "bytes", size=16),
    Field(6, "person", "bytes", size=16, low=0),
    SOURCES,
)
INVITE_SCHEMA = Schema(
    "Invite",
    Field(1, "invite_key", "bytes", size=32),
    Field(2, "role", "enum"),
    Field(3, "expires_ms", "int64"),
    Field(4, "uses", "uint32"),
    Field(5, "quota", "message", schema=QUOTA),
    Field(6, "grant_expires_ms", "int64"),
    SOURCES,
)
ADMIT_SCHEMA = Schema(
    "Admit",
    Field(1, "invite_key", "bytes", size=32),
    Field(2, "members", "bytes", size=32, repeated=True, most=256),
)
STAY = Schema(
    "Stay",
    Field(1, "incarnation", "bytes", size=10),
    Field(2, "length", "uint64"),
    Field(3, "head", "bytes", size=32),
)
REVOKE_SCHEMA = Schema(
    "Revoke",
    Field(1, "member", "bytes", size=32, low=0),
    Field(2, "stays", "message", schema=STAY, repeated=True, most=64),
    Field(3, "invite_key", "bytes", size=32, low=0),
    Field(4, "members", "bytes", size=32, repeated=True, most=400),
)
CHOOSE_SCHEMA = Schema(
    "Choose",
    Field(1, "member", "bytes", size=32),
    Field(2, "incarnation", "bytes", size=10),
    Field(3, "fork", "bytes", size=32),
    Field(4, "length", "uint64"),
    Field(5, "head", "bytes", size=32),
)
SUCCESSION = Schema(
    "Succession",
    Field(1, "stays", "bytes", size=32, repeated=True, most=100),
    Field(2, "next_key_hash", "bytes", size=32),
)
NETWORK_KEY = Schema(
    "NetworkKey",
    Field(1, "number", "uint64"),
    Field(2, "key_hash", "bytes", size=32),
)
SEALER = Schema(
    "Sealer",
    Field(1, "member", "bytes", size=32),
    Field(2, "last_seal", "bytes", size=32),
)
ROOT_ORDER = Schema(
    "RootOrder",
    Field(1, "serial", "uint64"),
    Field(2, "order_kind", "enum"),
    Field(3, "subject", "bytes"),  # its length depends on the kind
    Field(4, "time", "uint64"),
    Field(5, "grant", "message", schema=GRANT_SCHEMA),
    Field(6, "revoke", "message", schema=REVOKE_SCHEMA),
    Field(7, "choose", "message", schema=CHOOSE_SCHEMA),
    Field(8, "succession", "message", schema=SUCCESSION),
    Field(9, "network_key", "message", schema=NETWORK_KEY),
    Field(10, "sealer", "message", schema=SEALER),
    Field(11, "root_key", "bytes", size=32, low=0),
)
SIGNED_ROOT_ORDER = Schema(
    "SignedRootOrder",
    Field(1, "order", "bytes", low=1, high=MAX_ORDER),
    Field(2, "signature", "bytes", size=64),
)
EXCERPT = Schema(
    "Excerpt",
    Field(1, "header", "bytes", size=HEADER_SIZE),
    Field(2, "signature", "bytes", size=64),
    Field(3, "commitments", "bytes", low=32, high=16 * 32),
    Field(4, "index", "uint32"),
    Field(5, "operation", "bytes", low=1, high=MAX_EXCERPT),
)
PRESENTATION = Schema(
    "Presentation",
    Field(1, "order", "message", schema=SIGNED_ROOT_ORDER),
    Field(2, "excerpts", "message", schema=EXCERPT, repeated=True, most=MAX_DEEP - 1),
    Field(3, "invite_signatures", "bytes", size=64, repeated=True, most=MAX_DEEP - 1),
    Field(4, "successions", "message", schema=SIGNED_ROOT_ORDER, repeated=True,
          most=MAX_SUCCESSIONS),
)
TICKET = Schema(
    "Ticket",
    Field(1, "charter", "bytes", low=1, high=MAX_CHARTER),
    Field(2, "network_key", "bytes", size=32),
    Field(3, "person_key", "bytes", size=32),
    Field(4, "addresses", "string", repeated=True, low=1, high=80, most=8),
    Field(5, "invite_secret", "bytes", size=32),
    Field(6, "order", "message", schema=SIGNED_ROOT_ORDER),
    Field(7, "excerpts", "message", schema=EXCERPT, repeated=True, most=MAX_DEEP - 1),
    Field(8, "invite_signatures", "bytes", size=64, repeated=True, most=MAX_DEEP - 1),
    Field(9, "successions", "message", schema=SIGNED_ROOT_ORDER, repeated=True,
          most=MAX_SUCCESSIONS),
)


def check_time(ms, what):
    require(0 <= ms <= MAX_MS, f"{what} is out of bounds")


@dataclass(frozen=True)
class Charter:
    """A community's charter; `community` is its id."""

    data: bytes
    community: bytes
    title: str
    currency: str
    created_ms: int
    root_key: bytes
    successor_key_hash: bytes
    attribution: int
    window_days: int
    qualifying_minor: int
    person_key_hash: bytes

    @classmethod
    def read(cls, data):
        require(len(data) <= MAX_CHARTER, "the charter is too long")
        c = CHARTER.decode(data)
        require(re.fullmatch("[A-Z]{3}", c.currency), "the currency is not three capitals")
        check_time(c.created_ms, "the charter's time")
        require(0 <= c.qualifying_minor <= MAX_MONEY, "the qualifying amount is out of bounds")
        require(c.attribution in (0, 1), "an unknown attribution")
        require(c.calendar == 0, "an unknown calendar")
        community = H("gv/charter", b"gv charter".ljust(16, b"\0") + b"\1" + data)
        return cls(data, community, c.title, c.currency, c.created_ms, c.root_key,
                   c.successor_key_hash, c.attribution, c.window_days, c.qualifying_minor,
                   c.person_key_hash)


@dataclass(frozen=True)
class Header:
    """A bundle's header of 173 bytes, as read."""

    data: bytes

    TAG = b"gv bundle".ljust(16, b"\0")

    def __post_init__(self):
        require(len(self.data) == HEADER_SIZE, "a header of a wrong length")
        require(self.data[:17] == self.TAG + b"\1", "not a header of this version")
        require(1 <= self.count <= 4096, "a bundle's count is out of bounds")
        require(self.position + self.count <= 1 << 48, "a bundle's position is out of bounds")

    community = property(lambda self: self.data[17:49])
    member = property(lambda self: self.data[49:81])
    incarnation = property(lambda self: self.data[81:91])
    position = property(lambda self: int.from_bytes(self.data[91:99], "big"))
    previous = property(lambda self: self.data[99:131])
    time = property(lambda self: int.from_bytes(self.data[131:139], "big"))
    count = property(lambda self: int.from_bytes(self.data[139:141], "big"))
    body_root = property(lambda self: self.data[141:173])
    end = property(lambda self: self.position + self.count)
    ms = property(lambda self: self.time >> 16)

    @property
    def id(self):
        return H("gv/bundle", self.data)


@dataclass(frozen=True)
class Right:
    """What a chain proves."""

    role: int
    expires_ms: int
    operations_per_day: int
    bytes_per_day: int
    sources: tuple
    member_id: bytes
    person: bytes  # empty: made from the member id
    since: int  # hybrid time of the last link
    use_before_ms: int = 0  # a right by invite: its use is dated before this
    depth: int = 1  # people from the root's grantee to the holder

    def valid(self, ms):
        return self.expires_ms == 0 or self.expires_ms > ms


def member_id(key):
    return H16("gv/member", key)


def _quota(message, role):
    """(operations, bytes) per day of a grant or invite, whose role is checked."""
    require(OBSERVER <= role <= STEWARD, "an unknown role")
    quota = message.quota
    return (quota.operations_per_day, quota.bytes_per_day) if quota else (0, 0)


def read_grant(grant, since, depth):
    """The right that a decoded Grant gives."""
    operations, size = _quota(grant, grant.role)
    check_time(grant.expires_ms, "a grant's expiry")
    return Right(grant.role, grant.expires_ms, operations, size, tuple(grant.sources),
                 grant.member_id, grant.person, since, 0, depth)


def read_invite(invite, key, since, depth):
    """The right that a decoded Invite gives to `key`."""
    operations, size = _quota(invite, invite.role)
    check_time(invite.expires_ms, "an invite's expiry")
    check_time(invite.grant_expires_ms, "an invite's grant expiry")
    require(1 <= invite.uses <= 10_000, "an invite's uses are out of bounds")
    return Right(invite.role, invite.grant_expires_ms, operations, size, tuple(invite.sources),
                 member_id(key), b"", since, invite.expires_ms, depth)


def ascending(values):
    return all(a < b for a, b in zip(values, values[1:]))


def check_admit(admit):
    require(admit.members and ascending(admit.members), "an admit's members do not ascend")


def check_revoke(revoke):
    """Either a member and what stays of it, or an invite and who stays."""
    require(bool(revoke.member) != bool(revoke.invite_key), "a revoke of not exactly one thing")
    require(not (revoke.members if revoke.member else revoke.stays),
            "a revoke with what belongs to the other kind")
    require(ascending([stay.incarnation for stay in revoke.stays]), "stays do not ascend")
    for stay in revoke.stays:
        require(stay.length <= MAX_LENGTH, "a stay's length is out of bounds")
        require((stay.length == 0) == (stay.head == bytes(32)), "a stay's head is wrong")
    require(ascending(revoke.members), "members that stay do not ascend")


def check_choose(choose):
    require(1 <= choose.length <= MAX_LENGTH, "a choice's length is out of bounds")


def read_operation(public):
    """The decoded grant, invite, admit, revoke or choose of a public part; None: another kind."""
    data = public[1:]
    if public[0] == GRANT:
        grant = GRANT_SCHEMA.decode(data)
        read_grant(grant, 0, 0)
        return grant
    if public[0] == INVITE:
        invite = INVITE_SCHEMA.decode(data)
        read_invite(invite, bytes(32), 0, 0)
        return invite
    schema, check = {ADMIT: (ADMIT_SCHEMA, check_admit), REVOKE: (REVOKE_SCHEMA, check_revoke),
                     CHOOSE: (CHOOSE_SCHEMA, check_choose)}.get(public[0], (None, None))
    if schema is None:
        return None
    message = schema.decode(data)
    check(message)
    return message


def order_content(order):
    """(content, its subject) of a decoded RootOrder; (None, None) of an unknown kind."""
    kind = order.order_kind
    names = {ORDER_GRANT: "grant", ORDER_REVOKE: "revoke", ORDER_CHOOSE: "choose",
             ORDER_SUCCESSION: "succession", ORDER_NETWORK_KEY: "network_key",
             ORDER_SEALER: "sealer"}
    if kind not in names:
        return None, None
    content = getattr(order, names[kind])
    require(content is not None, "a root order without its content")
    if kind == ORDER_GRANT:
        return content, content.subject
    if kind == ORDER_REVOKE:
        check_revoke(content)
        return content, content.member or content.invite_key
    if kind == ORDER_CHOOSE:
        check_choose(content)
        return content, content.fork
    if kind == ORDER_SUCCESSION:
        require(len(order.subject) == 32, "a succession's subject is no key")
        require(ascending(content.stays), "orders that stay do not ascend")
        return content, order.subject
    if kind == ORDER_NETWORK_KEY:
        require(content.number > 0, "a network key without a number")
    return content, b""


@dataclass(frozen=True)
class RootOrder:
    """A root order whose form and signature are good; whether it is genuine, its line says."""

    signed: bytes  # the SignedRootOrder's order and signature, encoded anew for passing on
    hash: bytes
    serial: int
    kind: int
    time: int
    signer: bytes
    subject: bytes
    content: object  # the decoded message of its kind; None: an unknown kind
    right: Right  # of a grant, else None

    @classmethod
    def read(cls, signed, charter):
        """From a decoded SignedRootOrder (2, *Root orders*)."""
        order = ROOT_ORDER.decode(signed.order)
        signer = order.root_key or charter.root_key
        require(verify(signer, "gv root order", charter.community, signed.order,
                       signed.signature), "a root order's signature is bad")
        require(order.serial > 0 and order.order_kind != 0, "a root order without serial or kind")
        content, subject = order_content(order)
        require(content is None or order.subject == subject,
                "a root order's subject is not its content's")
        right = None
        if order.order_kind == ORDER_GRANT:
            right = read_grant(order.grant, order.time, 1)
        encoded = SIGNED_ROOT_ORDER.encode(order=signed.order, signature=signed.signature)
        return cls(encoded, H("gv/order", signed.order), order.serial, order.order_kind,
                   order.time, signer, order.subject, content, right)


class Line:
    """The line of roots (2, *Root orders*) that some orders lead along."""

    def __init__(self, charter, orders):
        self.keys = [charter.root_key]
        self.succession = None  # the order by which the last of the line took over
        self.announced = charter.successor_key_hash  # hash of the next root's key
        while True:
            candidates = [o for o in orders if o.kind == ORDER_SUCCESSION
                          and H("gv/root", o.signer) == self.announced
                          and o.subject == self.keys[-1] and o.signer not in self.keys]
            if not candidates:
                break
            self.succession = min(candidates, key=lambda o: (-o.serial, o.hash))
            self.keys.append(self.succession.signer)
            self.announced = self.succession.content.next_key_hash

    def genuine(self, order):
        """Whether an order (whose signature is good) is by one of the line, or the next one."""
        return order.signer in self.keys or H("gv/root", order.signer) == self.announced


def orders_hash(orders):
    """Over the root orders held."""
    hashes = sorted((order.serial, order.hash) for order in orders)
    return H("gv/orders", b"".join(hash for _, hash in hashes))


def commitment(public, inner=bytes(32)):
    return H("gv/commit", public + inner)


def read_excerpt(excerpt, charter):
    """(header, kind, decoded grant or invite) of an excerpt whose hashes and signature hold."""
    header = Header(excerpt.header)
    size = sum(map(len, (excerpt.header, excerpt.signature, excerpt.commitments,
                         excerpt.operation)))
    require(size <= MAX_EXCERPT, "an excerpt is too long")
    require(header.community == charter.community, "an excerpt of another community")
    require(header.count <= 16, "an excerpt's bundle is not an authority bundle")
    require(len(excerpt.commitments) == 32 * header.count, "an excerpt's commitments miscount")
    require(H("gv/body", excerpt.commitments) == header.body_root, "an excerpt's body is wrong")
    require(excerpt.index < header.count, "an excerpt's index is out of bounds")
    at = 32 * excerpt.index
    require(excerpt.commitments[at : at + 32] == commitment(excerpt.operation),
            "an excerpt's operation is not in its bundle")
    require(verify(header.member, "gv bundle", charter.community, header.data[49:],
                   excerpt.signature), "an excerpt's signature is bad")
    kind = excerpt.operation[0]
    require(kind in (GRANT, INVITE), "an excerpt shows neither grant nor invite")
    schema = GRANT_SCHEMA if kind == GRANT else INVITE_SCHEMA
    return header, kind, schema.decode(excerpt.operation[1:])


def chain(charter, presentation, author):
    """The Right that a decoded Presentation proves for the member key `author`."""
    require(presentation.order is not None, "a presentation without a root order")
    order = RootOrder.read(presentation.order, charter)
    line = Line(charter, [RootOrder.read(o, charter) for o in presentation.successions])
    require(line.genuine(order), "a chain under somebody who is no root")
    require(order.kind == ORDER_GRANT, "a chain that does not begin with a grant")
    right, subject, time = order.right, order.subject, order.time
    people = [subject]
    links = [read_excerpt(excerpt, charter) for excerpt in presentation.excerpts]
    require(len(links) + 1 <= MAX_DEEP, "a chain is too deep")
    signatures = iter(presentation.invite_signatures)
    for i, (header, kind, body) in enumerate(links):
        last = i == len(links) - 1
        require(header.member == subject, "a link is not in its issuer's log")
        require(right.role == STEWARD and right.valid(header.ms),
                "a link's issuer had no right to give rights")
        require(header.time > time, "links do not ascend in time")
        time = header.time
        depth = i + 2
        if kind == GRANT:
            subject = body.subject
            right = read_grant(body, time, depth)
        else:
            subject = author if last else links[i + 1][0].member
            right = read_invite(body, subject, time, depth)
            signature = next(signatures, b"")
            require(verify(body.invite_key, "gv invite use", charter.community, subject,
                           signature), "an invite's use is not signed")
        people.append(subject)
    require(next(signatures, None) is None, "more invite signatures than invites")
    require(len(set(people)) == len(people), "a key comes twice in a chain")
    require(subject == author, "a chain ends at another member")
    return right


def read_presentation(charter, data, author):
    return chain(charter, PRESENTATION.decode(data), author)


def chain_hash(presentation):
    return H("gv/chain", presentation)


def encode_excerpt(e):
    return EXCERPT.encode(header=e.header, signature=e.signature, commitments=e.commitments,
                          index=e.index, operation=e.operation)


def encode_order(o):
    return SIGNED_ROOT_ORDER.encode(order=o.order, signature=o.signature)


PREFIX = "GRAPEVINE"


class Ticket:
    """A ticket, read and checked; `present` makes a newcomer's presentation of it."""

    def __init__(self, text, now_ms):
        text = "".join(c for c in ascii_upper(text) if c not in "- \t\r\n")
        require(re.match(PREFIX + "[0-9]", text), "not a ticket")
        require(text[9] == "1", "the ticket was made by a newer version"
                if text[9] > "1" else "not a ticket")
        try:
            data = base32_decode(text[10:])
        except ProtocolError:
            raise ProtocolError("a part of the ticket is missing or mistyped") from None
        require(len(data) > 8 and H("gv/ticket", data[:-8])[:8] == data[-8:],
                "a part of the ticket is missing or mistyped")
        self.message = t = TICKET.decode(data[:-8])
        self.charter = Charter.read(t.charter)
        require(H("gv/personkey", t.person_key) == self.charter.person_key_hash,
                "the ticket's person key is not the charter's")
        require(t.order is not None and t.excerpts, "the ticket has no invite")
        _, kind, invite = read_excerpt(t.excerpts[-1], self.charter)
        require(kind == INVITE, "the ticket's last link is no invite")
        require(public_key(t.invite_secret) == invite.invite_key,
                "the ticket's invite key is not the invite's")
        require(invite.expires_ms == 0 or now_ms < invite.expires_ms, "the ticket has expired")
        probe = bytes(31) + b"\1"  # the chain must hold for whoever is admitted
        self.right = read_presentation(self.charter, self.present(probe), probe)

    network_key = property(lambda self: self.message.network_key)
    person_key = property(lambda self: self.message.person_key)
    addresses = property(lambda self: self.message.addresses)

    def present(self, member):
        """The presentation by which `member` uses the invite."""
        t = self.message
        use = sign(t.invite_secret, "gv invite use", self.charter.community, member)
        return PRESENTATION.encode(
            order=encode_order(t.order), excerpts=[encode_excerpt(e) for e in t.excerpts],
            invite_signatures=[*t.invite_signatures, use],
            successions=[encode_order(o) for o in t.successions])


def ticket_text(message):
    """The text of an encoded Ticket."""
    return PREFIX + "1" + base32_encode(message + H("gv/ticket", message)[:8])


def own_person(person_key, member):
    """The person id of a member (id) without external id or contact."""
    return H16("gv/person", u8(2) + member, person_key)
