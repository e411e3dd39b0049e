"""Chapter 3: records, the fold, attribution, the state digest."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .authority import AMBASSADOR, OBSERVER, PRESENT, RECORD, STEWARD, TREASURER, own_person
from .primitives import (
    ALPHABET, CHECK_ALPHABET, Clock, H, H16, MAX_MONEY, ProtocolError, ascii_upper, base32_encode,
    base32_symbol, i64, require, u8, u16, u32, u64,
)
from .protobuf import Field, Schema

FOLD_VERSION = 2
BUCKETS = 4096
DAY_MS = 86_400_000
EVIDENCE_MS = 90 * DAY_MS
# Claimed times lie in the years 1 to 9999.
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MIN_MS = (datetime(1, 1, 1, tzinfo=timezone.utc) - EPOCH) // timedelta(milliseconds=1)
MAX_MS = (datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=timezone.utc) - EPOCH) \
    // timedelta(milliseconds=1)

# ISO 4217 codes with a minor unit (so without metals, testing and "no currency").
CURRENCIES = frozenset("""
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP
BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB
EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
""".split())

CONFIRM, REFUND, LAPSE, CANCEL = 1, 2, 3, 4
POST, FEEDBACK = 33, 34
NOBODY = bytes(16)

MONEY = Schema("Money", Field(1, "minor", "int64"), Field(2, "currency", "string", high=3))
JOINED = Schema("Joined", Field(1, "at_ms", "int64"))
CLAIM = Schema("Claim", Field(1, "code", "string", low=1, high=32), Field(2, "at_ms", "int64"))
OWN_CODE = Schema("OwnCode")
REGISTERED_CODE = Schema("RegisteredCode", Field(1, "code", "string", low=1, high=64),
                         Field(2, "at_ms", "int64"))
UNLINK = Schema("Unlink", Field(1, "at_ms", "int64"))
SUSPENSION = Schema("Suspension", Field(1, "lifted", "bool"))
PLEDGE = Schema(
    "Pledge",
    Field(1, "id", "bytes", size=16),
    Field(2, "anonymous", "bool", optional=True),
    Field(3, "at_ms", "int64", optional=True),
    Field(4, "code", "string", optional=True, high=32),
    Field(5, "visibility", "uint32", optional=True),
    Field(6, "amount", "message", schema=MONEY),
)
MONEY_FACT = Schema(
    "MoneyFact",
    Field(1, "money_kind", "enum"),
    Field(2, "reference", "string", high=64),
    Field(3, "amount", "message", schema=MONEY),
    Field(4, "void", "bool"),
)
RECORD_SCHEMA = Schema(
    "Record",
    Field(1, "imported", "bool"),
    Field(2, "person", "bytes", size=16, low=0),
    Field(3, "source", "string", high=255),
    Field(4, "joined", "message", schema=JOINED),
    Field(5, "claim", "message", schema=CLAIM),
    Field(6, "own_code", "message", schema=OWN_CODE),
    Field(7, "code", "message", schema=REGISTERED_CODE),
    Field(8, "pledge", "message", schema=PLEDGE),
    Field(9, "money", "message", schema=MONEY_FACT, repeated=True, most=64),
    Field(10, "pledge_id", "bytes", size=16, low=0),
    Field(11, "pledge_nonce", "bytes", size=16, low=0),
    Field(12, "unlink", "message", schema=UNLINK),
    Field(13, "suspension", "message", schema=SUSPENSION),
)
VOICE = Schema(
    "Voice",
    Field(1, "answers", "bytes", size=16, low=0),
    Field(2, "person", "bytes", size=16, low=0),
    Field(3, "mood", "int64", optional=True),
)
RECORD_PRIVATE = Schema(
    "RecordPrivate",
    Field(1, "external_id", "string"),
    Field(2, "contact", "string"),
    Field(3, "name", "string"),
    Field(4, "pledge_external_id", "string"),
)


# Ids and codes


def _sourced(tag, person_key, source, external):
    source, external = source.strip(" ").encode(), external.strip(" ").encode()
    require(len(source) <= 255, "a source is too long")
    return H16(tag, u8(1) + u8(len(source)) + source + external, person_key)


def sourced_person(person_key, source, external):
    return _sourced("gv/person", person_key, source, external)


def sourced_pledge(person_key, source, external):
    return _sourced("gv/pledge", person_key, source, external)


def own_pledge(person_key, member, nonce):
    return H16("gv/pledge", u8(2) + member + nonce, person_key)


def check_symbol(symbols):
    """Crockford's check symbol of ten base32 symbols."""
    number = 0
    for c in symbols:
        number = number << 5 | ALPHABET.index(c)
    return CHECK_ALPHABET[number % 37]


def own_code(id16):
    """The own code of a member id or person id."""
    symbols = base32_encode(H("gv/own-code", id16))[:10]
    return symbols + check_symbol(symbols)


def normal_form(written):
    """A code in normal form, or None if it is not a code."""
    text = "".join(c for c in ascii_upper(written) if c not in "-_ ")
    if len(text) == 11:
        first = [base32_symbol(c) for c in text[:10]]
        last = text[10] if text[10] in "*~$=U" else base32_symbol(text[10])
        if None not in first and last is not None and check_symbol(first) == last:
            return "".join(first) + last
    return text if re.fullmatch("[A-Z0-9]{1,32}", text) else None


def code_key(normal):
    return H16("gv/code", normal.encode())


# Records


def _check_at(ms):
    require(ms is None or MIN_MS <= ms <= MAX_MS, "a claimed time is out of bounds")


def _check_money(money):
    require(0 <= money.minor <= MAX_MONEY, "an amount is out of bounds")
    require(money.currency == "" or money.currency in CURRENCIES, "an unknown currency")


def read_record(public):
    """The decoded Record of a public part of kind 32; malformed ones raise."""
    r = RECORD_SCHEMA.decode(public[1:])
    about_person = (r.joined, r.claim, r.own_code, r.code, r.unlink, r.suspension)
    require(r.person or not any(about_person), "a fact about nobody")
    require(r.person or r.pledge or r.money, "a record of nothing")
    for fact in (r.joined, r.claim, r.code, r.unlink, r.pledge):
        _check_at(fact.at_ms if fact else None)
    if r.claim:
        require(normal_form(r.claim.code) == r.claim.code, "a claim not in normal form")
    if r.code:
        require(normal_form(r.code.code), "a registered code that is none")
    if r.pledge:
        require(r.pledge.anonymous is not False or r.person, "a pledge without its backer")
        require(not r.pledge.code or normal_form(r.pledge.code) == r.pledge.code,
                "a pledge's code is not in normal form")
        require((r.pledge.visibility or 0) <= 255, "a visibility out of bounds")
        if r.pledge.amount:
            _check_money(r.pledge.amount)
    require(not r.money or r.pledge_id or r.pledge, "money about no pledge")
    for fact in r.money:
        require(CONFIRM <= fact.money_kind <= CANCEL, "an unknown kind of money fact")
        require("\0" not in fact.reference, "a zero byte in a reference")
        wants_amount = fact.money_kind in (CONFIRM, REFUND) and not fact.void
        require((fact.amount is not None) == wants_amount, "an amount missing or too many")
        if fact.amount:
            _check_money(fact.amount)
    return r


def read_voice(public):
    """The decoded Voice of a public part of kind 33 or 34; malformed ones raise."""
    v = VOICE.decode(public[1:])
    require(v.mood is None or -2 <= v.mood <= 2, "a mood out of bounds")
    require(public[0] == FEEDBACK or not (v.person or v.mood is not None),
            "a post of somebody else or with a mood")
    return v


def money_pledge(record):
    """The id of the pledge that a record's money facts are about."""
    return record.pledge_id or record.pledge.id


@dataclass(frozen=True)
class Act:
    """A standing operation with its place in the order and its author's right."""

    time: int
    member_key: bytes
    incarnation: bytes
    position: int
    public: bytes
    role: int
    member_id: bytes
    person: bytes  # empty: made from the member id
    since_ms: int
    sources: tuple

    id16 = property(lambda s: H16(
        "gv/voice", s.member_key + s.incarnation + u64(s.position)))
    order = property(lambda s: (s.time, s.member_key, s.incarnation, s.position))
    ms = property(lambda s: s.time >> 16)


@dataclass(frozen=True)
class Rules:
    """What of charter and ticket the fold needs."""

    currency: str
    created_ms: int
    person_key: bytes
    qualifying_minor: int = 0
    window_days: int = 0


def acts(replica):
    """The standing operations of a replica, as far as they are due, with their authors' rights."""
    due = Clock.wall_ms() + Clock.TOLERANCE_MS
    for log in replica.logs.values():
        for entry, right in zip(log.entries, log.rights):
            header = entry.header
            if header.ms > due:
                break  # times ascend within a log
            for i, op in enumerate(entry.operations):
                position = header.position + i
                if log.forked_at is not None and position >= log.forked_at:
                    break
                yield Act(header.time, log.member, log.incarnation, position, op.public,
                          right.role, right.member_id, right.person, right.since >> 16,
                          right.sources)


# State


@dataclass(frozen=True, order=True)
class Place:
    period: int
    ms: int
    member_key: bytes
    incarnation: bytes
    position: int


@dataclass(frozen=True)
class ClaimFact:
    place: Place
    code: str
    imported: bool
    member_id: bytes
    author: bytes  # the person of the author's right


@dataclass(frozen=True)
class Unlink:
    place: Place
    member_id: bytes  # zero: a steward's, of every claim


@dataclass(frozen=True)
class Suspension:
    place: Place
    lifted: bool


@dataclass
class Person:
    joined_at: int | None = None
    person_code: bool = False
    member_code: bool = False
    claims: list = field(default_factory=list)
    unlinks: list = field(default_factory=list)
    suspensions: list = field(default_factory=list)
    witnesses: list = field(default_factory=list)  # (member id, ms)

    def stretches(self):
        """(stretch, member id, first, last) of the witnesses, ordered."""
        out = {}
        for member_id, ms in self.witnesses:
            key = (ms // EVIDENCE_MS, member_id)
            first, last = out.get(key, (ms, ms))
            out[key] = (min(first, ms), max(last, ms))
        return [(*key, *times) for key, times in sorted(out.items())]

    def suspended(self, before):
        """Whether suspended, by the last of the suspensions that a test lets through."""
        rows = sorted((s for s in self.suspensions if before(s.place)), key=lambda s: s.place)
        return bool(rows) and not rows[-1].lifted


@dataclass
class Money:
    void: bool
    minor: int
    currency: str
    time: int
    order: tuple


@dataclass
class Pledge:
    currency: str
    backer: bytes = NOBODY
    at_ms: int = 0
    amount: int = 0
    code: str = ""
    visibility: int = 0
    facts: dict = field(default_factory=dict)  # (kind, reference bytes) -> Money
    confirmed: dict = field(default_factory=dict)  # reference bytes -> all amounts ever

    def payments(self):
        """The confirms that count."""
        return [m for (kind, _), m in self.facts.items()
                if kind == CONFIRM and not m.void and m.currency == self.currency]

    def confirms(self):
        """The amounts of the payments that count."""
        return [m.minor for m in self.payments()]

    @property
    def paid(self):
        return sum(self.confirms())

    @property
    def refunds(self):
        return sum(m.minor for (kind, _), m in self.facts.items()
                   if kind == REFUND and not m.void and m.currency == self.currency)

    @property
    def refunded(self):
        return min(self.refunds, self.paid)

    def two_amounts(self, kind, reference):
        return kind == CONFIRM and len(self.confirmed.get(reference, ())) > 1

    def flags(self):
        """The contradictions, by name, sorted."""
        cancels = [m.order for (kind, _), m in self.facts.items() if kind == CANCEL and not m.void]
        paid = [m.order for m in self.payments()]
        both = bool(cancels and paid)
        found = {
            "overpaid": self.paid > self.amount,
            "paid_after_cancel": both and max(paid) > min(cancels),
            "cancelled_after_payment": both and max(cancels) > min(paid),
            "over_refunded": self.refunds > self.paid,
            "other_currency": any(kind in (CONFIRM, REFUND) and not m.void
                                  and m.currency != self.currency
                                  for (kind, _), m in self.facts.items()),
            "two_amounts": any(self.two_amounts(*key) for key in self.facts),
        }
        return sorted(name for name, is_so in found.items() if is_so)

    @property
    def shown(self):
        paid = self.paid
        if paid:
            return "refunded" if self.refunded == paid else "paid"
        standing = {kind for (kind, _), m in self.facts.items() if not m.void}
        if CANCEL in standing:
            return "cancelled"
        return "lapsed" if LAPSE in standing else "pledged"


def period_of(ms):
    """Months since January of year 1, in UTC."""
    moment = EPOCH + timedelta(milliseconds=ms)
    return moment.year * 12 + moment.month - 13


class State:
    """The fold of a community's acts."""

    def __init__(self, rules, standing):
        self.rules = rules
        self.persons, self.pledges = {}, {}
        self.own_codes = {}  # normal form -> (id, person), the lowest id
        self.registered = {}  # normal form -> (place, person, as written), the lowest place
        self.voices = {}  # voice id -> (act, voice, speaker)
        self.skipped = 0
        for act in sorted(standing, key=lambda act: act.order):
            self._apply(act)
        self.paid_at = {}  # person -> ms of the payments that count
        for pledge in self.pledges.values():
            times = self.paid_at.setdefault(pledge.backer, [])
            times += [m.time >> 16 for m in pledge.payments()]
        self.winners = {}
        for id16, person in self.persons.items():
            claim = self.winning_claim(id16, person)
            if claim:
                self.winners[id16] = claim

    # The fold

    def person(self, id16):
        return self.persons.setdefault(id16, Person())

    def pledge(self, id16):
        return self.pledges.setdefault(id16, Pledge(self.rules.currency))

    def _apply(self, act):
        kind = act.public[0]
        if kind == PRESENT:
            if act.role == AMBASSADOR:
                owner = act.person or own_person(self.rules.person_key, act.member_id)
                self.person(owner).member_code = True
                self._own_code(act.member_id, owner)
        elif kind == RECORD:
            try:
                record = read_record(act.public)
                self._permit(act, record)
            except ProtocolError:
                self.skipped += 1
                return
            self._record(act, record)
        elif kind in (POST, FEEDBACK):
            try:
                voice = read_voice(act.public)
                alone = kind == FEEDBACK and not voice.person
                least = OBSERVER if alone else STEWARD if kind == POST else AMBASSADOR
                require(act.role >= least, "role too low to speak")
            except ProtocolError:
                self.skipped += 1
                return
            speaker = voice.person or act.person or own_person(self.rules.person_key, act.member_id)
            self.voices[act.id16] = act, voice, speaker
        elif kind > RECORD:
            self.skipped += 1  # unknown to this version

    def _permit(self, act, r):
        """Raise unless the author has the right to every fact of a record."""
        def author_of(id16):
            return (act.role >= AMBASSADOR and r.pledge_nonce
                    and own_pledge(self.rules.person_key, act.member_id, r.pledge_nonce) == id16)

        steward = act.role == STEWARD
        require(not r.imported or steward, "imported without a steward")
        require(act.role >= AMBASSADOR or not (r.joined or r.claim), "role too low")
        require(steward or not (r.own_code or r.code), "codes are registered by stewards")
        require(steward or not r.suspension, "ambassadors are suspended by stewards")
        if r.pledge:
            by_source = act.role == TREASURER and r.source in act.sources
            require(steward or by_source or author_of(r.pledge.id), "another's pledge")
        for fact in r.money:
            own = fact.money_kind == CANCEL and author_of(money_pledge(r))
            require(act.role >= TREASURER or own, "money without a treasurer")
        require(act.role >= AMBASSADOR, "an observer's record")

    def _own_code(self, id16, owner):
        code = own_code(id16)
        held = self.own_codes.get(code)
        if held is None or id16 <= held[0]:
            self.own_codes[code] = (id16, owner)

    def _place(self, act, at_ms, imported):
        ms = at_ms or act.ms
        if not imported and ms < act.since_ms:
            ms = act.since_ms
        period = 1 if ms < self.rules.created_ms else period_of(ms)
        return Place(period, ms, act.member_key, act.incarnation, act.position)

    def _witness(self, act, person, at_ms, imported):
        ms = min(self._place(act, at_ms, imported).ms, act.ms)
        person.witnesses.append((act.member_id, ms))

    def _record(self, act, r):
        if r.person:
            person = self.person(r.person)
        if r.joined:
            person.joined_at = r.joined.at_ms or act.ms
            self._witness(act, person, r.joined.at_ms, r.imported)
        if r.claim:
            place = self._place(act, r.claim.at_ms, r.imported)
            author = act.person or own_person(self.rules.person_key, act.member_id)
            person.claims.append(
                ClaimFact(place, r.claim.code, r.imported, act.member_id, author))
        if r.unlink:
            place = self._place(act, r.unlink.at_ms, r.imported)
            person.unlinks.append(
                Unlink(place, NOBODY if act.role == STEWARD else act.member_id))
        if r.suspension:
            person.suspensions.append(
                Suspension(self._place(act, 0, r.imported), r.suspension.lifted))
        if r.pledge and r.pledge.anonymous is False:
            self._witness(act, person, r.pledge.at_ms, r.imported)
        if r.own_code:
            person.person_code = True
            self._own_code(r.person, r.person)
        if r.code:
            place = self._place(act, r.code.at_ms, r.imported)
            normal = normal_form(r.code.code)
            held = self.registered.get(normal)
            if held is None or place < held[0]:
                self.registered[normal] = (place, r.person, r.code.code)
        if r.pledge:
            self._pledge(act, r)
        if r.money:
            facts = self.pledge(money_pledge(r)).facts
            for fact in reversed(r.money):  # of several of one kind and reference the first
                amount = fact.amount
                reference = fact.reference.encode()
                currency = amount and amount.currency or self.rules.currency
                facts[fact.money_kind, reference] = Money(
                    fact.void, amount.minor if amount else 0, currency, act.time, act.order)
                if fact.money_kind == CONFIRM and reference and amount:
                    confirmed = self.pledge(money_pledge(r)).confirmed
                    confirmed.setdefault(reference, set()).add((amount.minor, currency))

    def _pledge(self, act, r):
        pledge, new = self.pledge(r.pledge.id), r.pledge
        if new.anonymous is not None:
            pledge.backer = NOBODY if new.anonymous else r.person
        if new.at_ms is not None:
            pledge.at_ms = new.at_ms or act.ms
        if new.code is not None:
            pledge.code = new.code
        if new.visibility is not None:
            pledge.visibility = new.visibility
        if new.amount is not None:
            pledge.amount = new.amount.minor
            pledge.currency = new.amount.currency or self.rules.currency

    # Attribution

    def owner(self, code):
        """The person who owns a code in normal form, or None."""
        if code in self.own_codes:
            return self.own_codes[code][1]
        if code in self.registered:
            return self.registered[code][1]
        return None

    def owners(self):
        """All who own a code."""
        codes = self.own_codes.keys() | self.registered.keys()
        return {self.owner(code) for code in codes}

    def said(self, claim):
        return not claim.imported and claim.author == self.owner(claim.code)

    def borne_out(self, id16, claim):
        window = range(claim.place.ms, claim.place.ms + EVIDENCE_MS)
        return any(ms in window and member_id != claim.member_id
                   for member_id, ms in self.persons[id16].witnesses) or any(
            ms in window for ms in self.paid_at.get(id16, ()))

    def stands(self, id16, claim):
        """Whether a claim counts as far as no other claim takes it out."""
        owner = self.owner(claim.code)
        if owner is None or owner == id16:
            return False
        for unlink in self.persons[id16].unlinks:
            covers = unlink.member_id == NOBODY or (
                not claim.imported and unlink.member_id == claim.member_id)
            if covers and claim.place < unlink.place:
                return False
        if self.persons[owner].suspended(lambda place: place < claim.place):
            return False
        return not self.said(claim) or self.borne_out(id16, claim)

    def counting(self, id16, person):
        standing = [claim for claim in person.claims if self.stands(id16, claim)]
        return [claim for claim in standing if not self.said(claim)] or standing

    def winning_claim(self, id16, person):
        return min(self.counting(id16, person), key=lambda claim: claim.place, default=None)

    def winner(self, id16):
        """The owner of the winning claim's code, or None."""
        claim = self.winners.get(id16)
        return self.owner(claim.code) if claim else None

    def in_standing(self, owner, pledge):
        """The owner, unless he was suspended on a pledge's date."""
        if owner is None:
            return None
        suspended = self.persons[owner].suspended(lambda place: place.ms <= pledge.at_ms)
        return None if suspended else owner

    def first_touch(self, pledge):
        return self.in_standing(self.winner(pledge.backer), pledge)

    def last_touch(self, pledge):
        return self.in_standing(self._last_touch(pledge), pledge)

    def _last_touch(self, pledge):
        if pledge.backer == NOBODY:
            return None
        if pledge.code:
            owner = self.owner(pledge.code)
            return None if owner == pledge.backer else owner
        window = self.rules.window_days * DAY_MS
        person = self.persons.get(pledge.backer)
        if not window or not person:
            return None
        counting = [c for c in self.counting(pledge.backer, person)
                    if pledge.at_ms - window < c.place.ms <= pledge.at_ms]
        last = max(counting, key=lambda claim: claim.place, default=None)
        return self.owner(last.code) if last else None

    def qualified(self):
        """The persons whose pledges credit, or None where all do."""
        least = self.rules.qualifying_minor
        if not least:
            return None
        return {p.backer for p in self.pledges.values()
                if p.currency == self.rules.currency and max(p.confirms(), default=0) >= least}

    def tallies(self, touch):
        """(person, currency) -> Tally of the pledges that credit, by a touch function."""
        out, qualified = {}, self.qualified()
        for pledge in self.pledges.values():
            owner = touch(pledge)
            if owner is None or (qualified is not None and pledge.backer not in qualified):
                continue
            tally = out.setdefault((owner, pledge.currency), Tally())
            paid, refunded = pledge.paid, pledge.refunded
            tally.pledges += 1
            tally.pledged_minor += pledge.amount
            tally.paid_minor += paid
            tally.refunded_minor += refunded
            tally.credited_pledges += paid > refunded
        return out

    def figures(self):
        """Figures of every owner of a code: brought, reach, depth; and who was cut."""
        edge = {id16: self.winner(id16) for id16 in self.winners}
        brought = {}
        for owner in edge.values():
            brought[owner] = brought.get(owner, 0) + 1
        cut = self._cut(edge)
        children = {}
        for id16, owner in edge.items():
            if id16 not in cut:
                children.setdefault(owner, []).append(id16)
        below = self._below(children, edge)
        return {owner: Figures(brought.get(owner, 0), *below.get(owner, (0, 0)), owner in cut)
                for owner in self.owners()}

    def _cut(self, edge):
        """Of every cycle the person whose edge has the claim of the highest place."""
        cut, seen = set(), set()
        for start in edge:
            path, at = [], start
            while at in edge and at not in seen:
                seen.add(at)
                path.append(at)
                at = edge[at]
            if at in path:
                cycle = path[path.index(at):]
                cut.add(max(cycle, key=lambda id16: self.winners[id16].place))
        return cut

    @staticmethod
    def _below(children, edge):
        """(reach, depth) of everybody with somebody below, leaves first."""
        out = {}
        roots = [owner for owner in children if owner not in edge or
                 owner not in children.get(edge[owner], ())]
        stack = [(root, False) for root in roots]
        while stack:
            node, ready = stack.pop()
            if ready:
                inner = [out.get(child, (0, 0)) for child in children[node]]
                out[node] = (sum(r + 1 for r, _ in inner), 1 + max(d for _, d in inner))
            elif node in children:
                stack.append((node, True))
                stack += [(child, False) for child in children[node]]
        return out

    # Totals

    def totals(self):
        money = {}
        for pledge in self.pledges.values():
            row = money.setdefault(pledge.currency, [0, 0, 0, 0])
            row[0] += pledge.amount
            row[1] += pledge.paid
            row[2] += pledge.refunded
            row[3] += pledge.amount if pledge.shown in ("cancelled", "lapsed") else 0
        backers = {id16 for id16, person in self.persons.items() if person.joined_at is not None}
        backers |= {pledge.backer for pledge in self.pledges.values()} - {NOBODY}
        return {
            "backers": len(backers),
            "ambassadors": len(self.owners()),
            "attributed_backers": len(self.winners),
            "pledges": len(self.pledges),
            "anonymous_pledges": sum(p.backer == NOBODY for p in self.pledges.values()),
            "money": [
                {"currency": currency, "pledged_minor": pledged, "paid_minor": paid,
                 "refunded_minor": refunded, "cancelled_minor": cancelled}
                for currency, (pledged, paid, refunded, cancelled) in sorted(money.items())
            ],
        }

    # Digest

    def rows(self):
        """(key, kind, row) of all rows, in no order."""
        for id16, p in self.persons.items():
            flags = (p.joined_at is not None) | p.person_code << 1 | p.member_code << 2
            claims = sorted(p.claims, key=lambda claim: claim.place)
            yield id16, 1, (u8(1) + id16 + u8(flags) + i64(p.joined_at or 0)
                            + (self.winner(id16) or NOBODY) + u16(len(claims))
                            + b"".join(map(_claim_row, claims)) + self._standing_rows(p))
        for id16, p in self.pledges.items():
            yield id16, 2, (u8(2) + id16 + p.backer + i64(p.at_ms) + u64(p.amount)
                            + p.currency.encode() + _str(p.code) + u8(p.visibility)
                            + u16(len(p.facts))
                            + b"".join(_fact_row(p, key, p.facts[key]) for key in sorted(p.facts)))
        for normal, (_, _, written) in self.registered.items():
            key = code_key(normal)
            yield key, 3, u8(3) + key + self.owner(normal) + _str(written)
        for id16, (act, v, speaker) in self.voices.items():
            mood = 0 if v.mood is None else v.mood + 3
            yield id16, 4, (u8(4) + id16 + act.public[:1] + u64(act.time) + speaker + u8(mood)
                            + u8(bool(v.answers)) + v.answers)

    @staticmethod
    def _standing_rows(p):
        """Witnesses, unlinks and suspensions of a person row."""
        witnesses = p.stretches()
        unlinks = sorted(p.unlinks, key=lambda unlink: unlink.place)
        suspensions = sorted(p.suspensions, key=lambda suspension: suspension.place)
        return (u16(len(witnesses)) + b"".join(m + i64(first) + i64(last)
                                               for _, m, first, last in witnesses)
                + u16(len(unlinks)) + b"".join(_place(u.place) + u.member_id for u in unlinks)
                + u16(len(suspensions)) + b"".join(_place(s.place) + u8(s.lifted)
                                                   for s in suspensions))

    def buckets(self):
        """number -> (hash, rows) of the buckets that have rows."""
        filled = {}
        for key, kind, row in self.rows():
            filled.setdefault(int.from_bytes(key[:2], "big") >> 4, []).append((key, kind, row))
        out = {}
        for number, rows in filled.items():
            data = [row for _, _, row in sorted(rows)]
            hashed = H("gv/bucket", b"".join(u32(len(row)) + row for row in data))
            out[number] = (hashed, data)
        return out

    def digest(self):
        """The state digest."""
        buckets = self.buckets()
        zero = (bytes(32), [])
        return H("gv/state", u16(FOLD_VERSION)
                 + b"".join(buckets.get(n, zero)[0] for n in range(BUCKETS)))


@dataclass
class Tally:
    pledges: int = 0
    pledged_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    credited_pledges: int = 0


@dataclass(frozen=True)
class Figures:
    brought: int
    reach: int
    depth: int
    cut: bool


def _str(text):
    data = text if isinstance(text, bytes) else text.encode()
    return u8(len(data)) + data


def _place(p):
    return u32(p.period) + i64(p.ms) + p.member_key + p.incarnation + u64(p.position)


def _claim_row(claim):
    recorder = b"" if claim.imported else claim.member_id + claim.author
    return _place(claim.place) + _str(claim.code) + u8(claim.imported) + recorder


def _fact_row(pledge, key, money):
    kind, reference = key
    flags = money.void | pledge.two_amounts(kind, reference) << 1
    return (u8(kind) + u8(flags) + u64(money.time) + u64(money.minor) + money.currency.encode()
            + _str(reference))
