"""Chapter 2, *Standing*: what stands of the evidence, once the levels are known."""

from dataclasses import dataclass

from .authority import ADMIT, GRANT, INVITE, MAX_DEEP, member_id
from .levels import Levels
from .log import MAX_INCARNATIONS

MAX_CHAIN = MAX_DEEP - 1  # people above a member


@dataclass(frozen=True)
class Standing:
    """A right that stands: shown by a `present`, or only given."""

    right: object
    chain: tuple  # the people above, from the root's grantee down
    key: tuple  # (bundle id, index) of the last link, or (order hash, 0)
    grant: object = None  # the decoded grant that gives it; None: by an invite
    by_root: bool = False
    start: int = 0  # the end of the `present`

    rank = property(lambda self: (len(self.chain), self.key))
    author = property(lambda self: self.chain[-1] if self.chain else None)


@dataclass(frozen=True)
class Row:
    """What stands of a log."""

    length: int
    head: bytes
    forked_at: int | None
    limit: int | None  # beyond which nothing can stand; None: nothing limits it
    rights_from: list


@dataclass(frozen=True)
class Member:
    role: int  # 0: no right
    chain: tuple | None
    steward_depth: int | None
    member_ids: list
    revoked: bool


@dataclass(frozen=True)
class Invited:
    """Whom an invite admits, of those who used it."""

    admitted: set
    over_used: set
    refused: set
    revoked: bool


@dataclass(frozen=True)
class Claim:
    """What a `present` shows, before it is asked whom the invite at its end admits."""

    right: Standing
    invite: object  # the Link at its end, or None
    acts: bool  # its last link does, or it is a root grant; else it is believed


class Community:
    """What stands in a community: a pure function of the evidence."""

    def __init__(self, evidence):
        self.evidence = evidence
        self.levels = Levels(evidence)
        self.orders, self.acts = self.levels.orders, self.levels.acts
        self.claims = {log: [] for log in evidence.logs}
        self.firm = set()
        self._take_claims(acting=True)
        self.firm = {log for log in self.counting if self._shown(log)}
        self._take_claims(acting=False)
        self.shown = {log: self._shown(log) for log in evidence.logs}
        self.rows = {log: self._row(log) for log in evidence.logs}
        keys = {log[0] for log in evidence.logs} | self._named()
        self.rights = {key: self._rights(key) for key in keys}
        self.members = {key: self._member(key) for key in keys}

    # Rights of everybody

    def _take_claims(self, acting):
        for log, claims in self.claims.items():
            for entry in self.levels.end(log).inside:
                present = self.evidence.presents.get(entry.id)
                if present is None or acting != self._acts(present):
                    continue
                chain = self._chain(present) if acting else self._believed_chain(present)
                if chain is not None and self._is_chain(chain, present.member):
                    claims.append(self._claim(present, chain, acting))
        self.counting = self._logs_that_count()
        self.invites = self._invites()

    @staticmethod
    def _claim(present, chain, acting):
        if not present.links:
            return Claim(Standing(present.right, chain, (present.order.hash, 0),
                                  present.order.content, True, present.end), None, acting)
        link = present.links[-1]
        invited = link.kind == INVITE
        return Claim(Standing(present.right, chain, link.key, None if invited else link.body,
                              start=present.end), link if invited else None, acting)

    def _acts(self, present):
        return not present.links or present.links[-1].key in self.acts

    def _chain(self, present):
        """The people above who shows what acts; None where the root order does not count."""
        if not present.links:
            return () if present.order.hash in self.orders.grants else None
        act = self.acts[present.links[-1].key]
        return act.above + (act.author,)

    def _believed_chain(self, present):
        """The people above who shows what does not act, or None where it is not believed."""
        below = ()
        for link in reversed(present.links):
            act = self.acts.get(link.key)
            if act is not None:
                if act.kind == INVITE and below[0] not in self.levels.admitted_as_stewards(act):
                    return None
                return act.above + (act.author,) + below
            if link.kind == INVITE and below or not self._believed(link):
                return None
            below = (link.author,) + below
        return below if present.order.hash in self.orders.grants else None

    def _believed(self, link):
        """Whether a link may stand that does not act."""
        cut, fork = self.levels.cut(link.log), self.evidence.forked_at(link.log)
        limits = ([cut.length] if cut else []) + ([fork] if fork is not None else [])
        if limits and link.header.end > min(limits):
            return False
        if link.log in self.firm:
            return link.header.end > self.levels.end(link.log).length
        return sum(log[0] == link.author for log in self.firm) < MAX_INCARNATIONS

    @staticmethod
    def _is_chain(chain, member):
        return len(chain) <= MAX_CHAIN and len({*chain, member}) == len(chain) + 1

    def _shown(self, log):
        """The rights that a log's presents show and that stand, in the order presented."""
        rights = [claim.right for claim in self.claims[log] if claim.invite is None
                  or log[0] in self.invites[claim.invite.key].admitted]
        return sorted(rights, key=lambda right: right.start)

    # Invites

    def _invites(self):
        """Of each invite that acts, or that a log shows, by (bundle id, index): whom it admits."""
        used = {key: (act.body, set()) for key, act in self.acts.items() if act.kind == INVITE}
        for log in self.counting:
            for claim in self.claims[log]:
                if claim.invite:
                    used.setdefault(claim.invite.key, (claim.invite.body, set()))[1].add(log[0])
        return {key: self._invited(key, *use) for key, use in used.items()}

    def _invited(self, key, invite, used):
        stay = self.levels.stay_of_invite(invite.invite_key, self.acts.get(key))
        if stay is not None:
            return Invited(used & stay, set(), used - stay, True)
        named = {member for act in self.acts.values() if act.kind == ADMIT
                 and act.body.invite_key == invite.invite_key for member in act.body.members}
        others = sorted(used - named, key=member_id)
        admitted = others[: 8 * invite.uses]
        free = max(0, invite.uses - len(used & named))
        return Invited(used & named | set(admitted), set(admitted[free:]),
                       used - named - set(admitted), False)

    # Incarnations and logs

    def _logs_that_count(self):
        """Of each member at most 64: those with power first, by the least depth."""
        found = {}
        for log, claims in self.claims.items():
            if claims:
                found.setdefault(log[0], []).append(log)

        def rank(log):
            powers = self.levels.powers[log]
            depth = min((p.depth for p in powers), default=MAX_DEEP)
            acting = any(claim.acts for claim in self.claims[log])
            return depth, not acting, self.levels.incarnation_rank(log)

        return {log for logs in found.values()
                for log in sorted(logs, key=rank)[:MAX_INCARNATIONS]}

    def _row(self, log):
        end, forked_at = self.levels.end(log), self.evidence.forked_at(log)
        starts = [right.start for right in self.shown[log]]
        if log not in self.counting or not starts:
            return Row(0, bytes(32), forked_at, 0, starts)
        return Row(end.length, end.head, forked_at, end.limit, starts)

    # Members

    def _named(self):
        """The subjects of root grants that count, and of grants that act and give something;
        and who is revoked."""
        named = {order.subject for order in self.orders.grants.values()}
        named |= {key for key in self.levels.keys_revoked() if self.levels.revocations(key)}
        return named | {act.body.subject for act in self.acts.values()
                        if act.kind == GRANT and act.level < MAX_CHAIN}

    def _rights(self, key):
        """A member's rights, presented or given, in the order presented."""
        logs = sorted(log for log in self.rows if log[0] == key and self.rows[log].length)
        rights = [right for log in logs for right in self.shown[log]]
        for order in self.orders.grants.values():
            if order.subject == key:
                rights.append(Standing(order.right, (), (order.hash, 0), order.content, True))
        for act in self.acts.values():
            if act.kind == GRANT and act.level < MAX_CHAIN and act.body.subject == key:
                chain = act.above + (act.author,)
                if key not in chain:
                    rights.append(Standing(act.body, chain, act.key, act.body))
        return rights

    def _member(self, key):
        rights = self.rights[key]
        steward = self.levels.stewards.get(key)
        best = min(rights, default=None, key=lambda right: right.rank)
        return Member(max((right.right.role for right in rights), default=0),
                      best and best.chain, steward and steward.depth,
                      sorted({self._member_id(key, right) for right in rights}),
                      bool(self.levels.revocations(key)))

    # Member ids

    def _member_id(self, key, right):
        """The id under which a right of a member stands (*Member ids*)."""
        own = member_id(key)
        if right.grant is None or right.grant.member_id == own or right.by_root:
            return right.grant.member_id if right.grant else own
        first = [k for k in self.rights if member_id(k) == right.grant.member_id]
        if first and right.author in self._first_chain(first[0]):
            return right.grant.member_id
        return own

    def _first_chain(self, key):
        """The chain by which a member's first key came."""
        logs = sorted(log for log in self.rows if log[0] == key and self.rows[log].length)
        if logs:
            return self.shown[logs[0]][0].chain
        best = min(self.rights[key], default=None, key=lambda right: right.rank)
        return best.chain if best else ()
