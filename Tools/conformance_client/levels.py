"""Chapter 2, *Standing*, *Levels* and *Revocations*: who has power, and where logs end."""

from dataclasses import dataclass

from .authority import (
    ADMIT, CHOOSE, GRANT, INVITE, MAX_DEEP, ORDER_REVOKE, REVOKE, STEWARD,
)
from .evidence import Cut, End, Orders, end_of_log, operations_of
from .log import MAX_INCARNATIONS


@dataclass(frozen=True)
class Act:
    """An operation that acts, at its level."""

    entry: object
    index: int
    kind: int
    body: object
    level: int
    above: tuple  # the people above the author there

    author = property(lambda self: self.entry.header.member)
    key = property(lambda self: (self.entry.id, self.index))

    @property
    def when(self):
        """By this a steward's last one is known."""
        header = self.entry.header
        return header.time, header.incarnation, header.position + self.index


@dataclass(frozen=True)
class Power:
    """A right with power, in one log."""

    depth: int
    start: int  # it holds for bundles that begin there or later
    right: object
    key: tuple  # (bundle id, index) of the grant or invite, or (order hash, 0)
    above: tuple


@dataclass(frozen=True)
class Steward:
    depth: int
    chains: tuple  # the people above, of each operation of the level above that makes him one


def last_of_each(acts):
    """Each author's last one."""
    last = {}
    for act in sorted(acts, key=lambda act: act.when):
        last[act.author] = act
    return list(last.values())


class Levels:
    """Works out the levels 0 to 3, then where all other logs end."""

    def __init__(self, evidence):
        self.evidence = evidence
        self.orders = Orders(evidence.charter, list(evidence.orders.values()))
        self.acts = {}  # (bundle id, index) -> Act
        self.stewards = {}  # member key -> Steward
        self.ends = {}  # log -> End
        self.powers = {log: [] for log in evidence.logs}
        for level in range(MAX_DEEP):
            self._name_stewards(level)
            self._end_logs([log for log in evidence.logs if log[0] in self.stewards])
            self._find_powers(level)
            self._act(level)
        self._end_logs(evidence.logs)

    # The four steps of a level

    def _name_stewards(self, level):
        """Step 1."""
        if level == 0:
            keys = {o.subject for o in self.orders.grants.values() if o.right.role == STEWARD}
            if self.orders.sealer:
                keys.add(self.orders.sealer)
            self.stewards = {key: Steward(0, ((),)) for key in keys}
            return
        found = {}
        for act in self.acts.values():
            if act.level != level - 1 or act.kind not in (GRANT, INVITE):
                continue
            if act.body.role != STEWARD:
                continue
            named = [act.body.subject] if act.kind == GRANT else self.admitted_as_stewards(act)
            for key in named:
                found.setdefault(key, set()).add(act.above + (act.author,))
        for key, chains in found.items():
            self.stewards.setdefault(key, Steward(level, tuple(chains)))

    def _end_logs(self, logs):
        """Step 2. What one step settles, later steps do not change."""
        for log in logs:
            if log not in self.ends:
                self.ends[log] = self._end(log)

    def _logs_of_stewards(self):
        return [log for log in self.evidence.logs if log[0] in self.stewards]

    def _find_powers(self, level):
        """Step 3."""
        for log in self._logs_of_stewards():
            for entry in self.ends[log].inside:
                present = self.evidence.presents.get(entry.id)
                if present is None or present.right.role != STEWARD:
                    continue
                if not present.links:
                    if level == 0 and present.order.hash in self.orders.grants:
                        self.powers[log].append(Power(
                            0, present.end, present.right, (present.order.hash, 0), ()))
                    continue
                act = self.acts.get(present.links[-1].key)
                if act is None or act.level != level - 1:
                    continue
                if act.kind == INVITE and log[0] not in self.admitted_as_stewards(act):
                    continue
                above = act.above + (act.author,)
                if log[0] not in above:
                    self.powers[log].append(
                        Power(level, present.end, present.right, act.key, above))

    def _act(self, level):
        """Step 4."""
        counting = self._logs_with_power_that_count()
        for log in self._logs_of_stewards():
            if log not in counting:
                continue
            for entry in self.ends[log].inside:
                powers = [p for p in self.powers[log] if entry.header.position >= p.start
                          and p.right.valid(entry.header.ms)]
                power = min(powers, default=None, key=lambda p: (p.depth, p.key))
                if power is None or power.depth != level:
                    continue
                for index, kind, body in operations_of(entry):
                    act = Act(entry, index, kind, body, level, power.above)
                    self.acts[act.key] = act

    def incarnation_rank(self, log):
        """By incarnation number, then first bundle id."""
        way = self.ends[log].way
        return log[1][:2], way[0].id if way else b""

    def _logs_with_power_that_count(self):
        """Of each member the first 64 (*Incarnations*), by the least depth of their rights."""
        found = {}
        for log in self._logs_of_stewards():
            if self.powers[log]:
                found.setdefault(log[0], []).append(log)
        return {log for logs in found.values() for log in sorted(logs, key=lambda log: (
            min(p.depth for p in self.powers[log]), self.incarnation_rank(log)))
                [:MAX_INCARNATIONS]}

    # Invites

    def admitted_as_stewards(self, invite):
        """The members whom an invite (an Act) makes stewards: named, not copied."""
        key = invite.body.invite_key
        named = set()
        for act in self.acts.values():
            if (act.kind == ADMIT and act.body.invite_key == key and act.level <= invite.level
                    and act.author in invite.above + (invite.author,)):
                named.update(act.body.members)
        stay = self.stay_of_invite(key, invite)
        return named if stay is None else named & stay

    def stay_of_invite(self, key, invite):
        """Whom the revocations of an invite key leave; None: it is not revoked.

        `invite` is the Act of the invite, or None where it does not act.
        """
        order = self.orders.revocation(key)
        if order is not None and order.invite_key:
            return set(order.members)
        acts = [a for a in self.acts.values() if a.kind == REVOKE and a.body.invite_key == key]
        if invite is not None and invite.body.role == STEWARD:
            acts = [a for a in acts if a.level <= invite.level
                    and a.author in invite.above + (invite.author,)]
        stays = [set(act.body.members) for act in last_of_each(acts)]
        return set.intersection(*stays) if stays else None

    # Revocations and choices

    def may_end(self, act, member):
        """Whether an operation may cut a member's logs, or choose at their forks."""
        steward = self.stewards.get(member)
        if steward is None:
            return True
        return act.level < steward.depth and any(act.author in c for c in steward.chains)

    def revocations(self, member):
        """The Revokes that end a member key, in groups of which the furthest counts.

        They are the root's alone, else each steward's last one; of a steward those on each of his
        chains, and none where a chain has none.
        """
        order = self.orders.revocation(member)
        if order is not None and order.member:
            return [[order]]
        acts = last_of_each(act for act in self.acts.values() if act.kind == REVOKE
                            and act.body.member == member and self.may_end(act, member))
        groups = [acts]
        if member in self.stewards:
            groups = [[act for act in acts if act.author in chain]
                      for chain in self.stewards[member].chains]
        return [[act.body for act in group] for group in groups] if all(groups) else []

    def keys_revoked(self):
        """The member keys that anybody with power, or the root, revokes, whether he may or not."""
        bodies = [act.body for act in self.acts.values() if act.kind == REVOKE]
        bodies += [o.content for (kind, _), o in self.orders.best.items() if kind == ORDER_REVOKE]
        return {body.member for body in bodies if body.member}

    def cut(self, log):
        """The shortest cut of a log, or None. (No places are sealed so far.)"""
        member, incarnation = log
        furthest = []
        for group in self.revocations(member):
            cuts = []
            for revoke in group:
                named = [Cut(stay.length, stay.head) for stay in revoke.stays
                         if stay.incarnation == incarnation]
                cuts += named or [Cut(0, bytes(32))]
            furthest.append(min(cuts, key=lambda cut: cut.rank))
        return max(furthest, default=None, key=lambda cut: cut.rank)

    def choice(self, log, fork):
        """The Choose that counts at a fork of a log, or None."""
        order = self.orders.choice(fork)
        if order is not None and (order.member, order.incarnation) == log:
            return order
        acts = last_of_each(
            act for act in self.acts.values() if act.kind == CHOOSE and act.body.fork == fork
            and (act.body.member, act.body.incarnation) == log and self.may_end(act, log[0]))
        return min((act.body for act in acts), default=None,
                   key=lambda choose: (choose.length, choose.head))

    def _end(self, log) -> End:
        return end_of_log(self.evidence, log, self.cut(log),
                          lambda fork: self.choice(log, fork))

    def end(self, log):
        """The end of a log; of one of which nothing is held, too."""
        return self.ends[log] if log in self.ends else self._end(log)
