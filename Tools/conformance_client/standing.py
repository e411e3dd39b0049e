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


class Community:
    """What stands in a community: a pure function of the evidence."""

    def __init__(self, evidence):
        self.evidence = evidence
        self.levels = Levels(evidence)
        self.orders, self.acts = self.levels.orders, self.levels.acts
        self.presents = {}  # log -> the presents within its end
        for log in evidence.logs:
            entries = self.levels.end(log).inside
            self.presents[log] = [evidence.presents[e.id] for e in entries
                                  if e.id in evidence.presents]
        self.shown = {log: self._shown(log) for log in evidence.logs}
        self.counting = self._logs_that_count()
        self.rows = {log: self._row(log) for log in evidence.logs}
        keys = {log[0] for log in evidence.logs} | self._named()
        self.rights = {key: self._rights(key) for key in keys}
        self.members = {key: self._member(key) for key in keys}
        self.invites = {act.key: self._invited(act.key, act.body) for act in self.acts.values()
                        if act.kind == INVITE}

    # Rights of everybody

    def _shown(self, log):
        """The rights that a log's presents show and that stand."""
        found = []
        for present in self.presents[log]:
            chain = self._chain(present)
            if chain is None:
                continue
            if not present.links:
                found.append(Standing(present.right, chain, (present.order.hash, 0),
                                      present.order.content, True, present.end))
                continue
            link = present.links[-1]
            if link.kind == INVITE:
                if log[0] in self._invited(link.key, link.body).admitted:
                    found.append(Standing(present.right, chain, link.key, start=present.end))
            else:
                found.append(Standing(present.right, chain, link.key, link.body,
                                      start=present.end))
        return found

    def _chain(self, present):
        """The people above who shows a right, or None where it does not stand."""
        not_held = ()
        for link in reversed(present.links):
            end = self.levels.end(link.log)
            if end.held >= link.header.end:
                act = self.acts.get(link.key)
                if act is None:
                    return None
                chain = act.above + (act.author,) + not_held
                break
            if end.limit is not None and link.header.end > end.limit:
                return None
            not_held = (link.author,) + not_held
        else:
            if present.order.hash not in self.orders.grants:
                return None
            chain = not_held
        if len(chain) > MAX_CHAIN or len({*chain, present.member}) < len(chain) + 1:
            return None
        return chain

    def _invited(self, key, invite):
        """Whom an invite, of this (bundle id, index), admits of those who used it."""
        used = {present.member for presents in self.presents.values() for present in presents
                if present.links and present.links[-1].key == key}
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
        for log, rights in self.shown.items():
            if rights:
                found.setdefault(log[0], []).append(log)

        def rank(log):
            powers = self.levels.powers[log]
            depth = min((p.depth for p in powers), default=MAX_DEEP)
            return depth, self.levels.incarnation_rank(log)

        return {log for logs in found.values()
                for log in sorted(logs, key=rank)[:MAX_INCARNATIONS]}

    def _row(self, log):
        end, forked_at = self.levels.end(log), self.evidence.forked_at(log)
        if log not in self.counting:
            return Row(0, bytes(32), forked_at, 0, [])
        return Row(end.length, end.head, forked_at, end.limit,
                   [right.start for right in self.shown[log]])

    # Members

    def _named(self):
        """The subjects of root grants that count, and of grants that act and give something."""
        named = {order.subject for order in self.orders.grants.values()}
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
