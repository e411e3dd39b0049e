package import Identity

/// Whom we are linked with (active view), and whom we could be linked with (passive view).
///
/// Decides and touches nothing: members are named, links are the shell's. A member enters a view only if the shell vouches for
/// him: it hands on names of members in standing, those of forwarded joins and shuffles only with a signed peer record.
///
/// Source: Leitao, Pereira, Rodrigues, "HyParView: a membership protocol for reliable gossip-based broadcast", DSN 2007.
/// We differ:
/// * Two places of the active view belong to neighbours whom we drew ourselves from the passive view, or were given; who asks
///   or is announced never takes them. So nobody is surrounded by those who come to him (threats.md, row 16).
/// * JOIN and the end of a FORWARDJOIN are answered like NEIGHBOR, and a link counts only when both have agreed, so that the
///   active views are symmetric. One that became unwanted while the answer was under way is ended with DISCONNECT.
/// * The end of a FORWARDJOIN asks with low priority: a newcomer with enough links keeps them.
/// * Every greeting tells members (``learned(_:at:dice:)``): a passive view that grows by shuffles alone leaves those who came
///   together knowing each other only, and parted from the rest for good.
/// * Who cannot be dialled (behind NAT) asks as a guest and is not announced. Guests have places of their own beside the view: they can
///   only ask the few who can be dialled, and in five places they would drive each other out for good.
/// * Who is asked by somebody whom he has just asked keeps him as his own choice: whose question came first is chance.
/// * A SHUFFLE tells the origin among its members, and nobody takes him from the path: who cannot be dialled is in no passive view.
/// * A SHUFFLE carries the way it went, and the reply goes back along it: no connection is opened for one reply, and members
///   who cannot be dialled shuffle, too.
/// * NEIGHBOR has high priority as long as the asking has not two neighbours of his own choice, not only without any.
/// * A free place is filled at once, not only after a failure; who refused is not asked again for a while, and after three refusals nobody is.
/// * Now and then a random member of the passive view is met, and sometimes exchanged for a neighbour: neighbours may all hide
///   the same (threats.md, rows 14 and 22), and a community may have come apart.
package struct HyParView: Sendable {
    /// As on the wire.
    package enum Priority: UInt32, Sendable {
        case low = 0
        /// Not to be refused.
        case high = 1
        /// By who cannot be dialled: refused only by who has many such.
        case guest = 2
    }

    package enum Message: Equatable, Sendable {
        case join
        case forwardJoin(MemberKey, timeToLive: Int)
        case neighbor(Priority)
        /// To `.join` and `.neighbor`.
        case neighborReply(isAccepted: Bool)
        /// The link is no neighbourhood any more; both are well.
        case disconnect
        /// `path`: who has sent it so far, the origin first, the last sender left out.
        case shuffle([MemberKey], timeToLive: Int, path: [MemberKey])
        /// `path`: who is still to get it, the next one last; the receiver left out.
        case shuffleReply([MemberKey], path: [MemberKey])
    }

    package enum Effect: Equatable, Sendable {
        /// To a member who may have to be dialled first. If that fails, ``failed(_:at:dice:)`` is due.
        case request(Message, of: MemberKey)
        /// To a member who has just written, or is a neighbour.
        case send(Message, to: MemberKey)
        /// Connect, compare frontiers, part again: the safety net under the broadcast.
        case meet(MemberKey)
        case neighborUp(MemberKey)
        case neighborDown(MemberKey)
    }

    /// By whose choice somebody is, or is to become, a neighbour.
    enum Choice: Equatable, Sendable { case ours, theirs, guest }

    struct Neighbor: Equatable, Sendable {
        var member: MemberKey
        var choice: Choice
    }

    struct Request: Sendable {
        var choice: Choice
        /// Worth a neighbour of our own choice.
        var isExchange: Bool
        var deadline: Instant
    }

    let own: MemberKey
    let isDialable: Bool
    var neighbors: [Neighbor] = []
    /// Nobody twice, no neighbour, not we.
    package internal(set) var passive: [MemberKey] = []
    var requests: [MemberKey: Request] = [:]
    /// Who refused, or was sent away by us or sent us away: not asked before `refillAt`.
    var unwilling: Set<MemberKey> = []
    var refillAt: Instant?
    var shuffleAt: Instant
    var meetAt: Instant
    /// Told in the last shuffle: these go first when room is needed. Nil: no reply is awaited.
    var shuffled: [MemberKey]?

    // While an event is handled.
    var now: Instant
    var effects: [Effect] = []

    /// - Parameter isDialable: Others can connect to us.
    package init(own: MemberKey, isDialable: Bool, at now: Instant, dice: inout SplitMix64) {
        self.own = own
        self.isDialable = isDialable
        self.now = now
        // A community that was switched on at once does not shuffle at once.
        let (shuffle, meeting) = (Limits.shuffleInterval.wholeMilliseconds, Limits.meetingInterval.wholeMilliseconds)
        shuffleAt = now + .milliseconds(UInt64.random(in: 1...shuffle, using: &dice))
        meetAt = now + .milliseconds(UInt64.random(in: 1...meeting, using: &dice))
    }

    /// Ascending.
    package var active: [MemberKey] { neighbors.map(\.member).sorted() }
    package func isActive(_ member: MemberKey) -> Bool { neighbors.contains { $0.member == member } }
    /// Neighbours, guests left out.
    package var degree: Int { neighbors.count { $0.choice != .guest } }

    /// Nil: who knows nobody waits for nothing.
    package var deadline: Instant? {
        [
            requests.values.map(\.deadline).min(), refillAt, neighbors.isEmpty ? nil : shuffleAt,
            passive.isEmpty ? nil : meetAt,
        ].compactMap(\.self).min()
    }

    // MARK: What happens

    /// By hand, from a ticket, or remembered.
    package mutating func join(_ contact: MemberKey, at now: Instant) -> [Effect] {
        self.now = now
        guard contact != own, !isActive(contact) else { return [] }
        ask(contact, isDialable ? .join : .neighbor(.guest), .ours)
        return take()
    }

    /// Members in standing whose addresses are known, for instance from the greeting.
    package mutating func learned(_ members: [MemberKey], at now: Instant, dice: inout SplitMix64) -> [Effect] {
        self.now = now
        for member in members { remember(member, dice: &dice) }
        fill(dice: &dice)
        return take()
    }

    /// No connection to that member could be made, or he answers nobody.
    package mutating func failed(_ member: MemberKey, at now: Instant, dice: inout SplitMix64) -> [Effect] {
        self.now = now
        forget(member)
        fill(dice: &dice)
        return take()
    }

    /// The last connection with that member has ended without a word of his.
    package mutating func lost(_ member: MemberKey, at now: Instant, dice: inout SplitMix64) -> [Effect] {
        self.now = now
        remove(member)
        forget(member)
        fill(dice: &dice)
        return take()
    }

    package mutating func received(
        _ message: Message, from member: MemberKey, at now: Instant, dice: inout SplitMix64
    ) -> [Effect] {
        self.now = now
        guard member != own else { return [] }
        switch message {
        case .join: joined(by: member, dice: &dice)
        case .forwardJoin(let newcomer, let timeToLive):
            forwardJoin(of: newcomer, timeToLive: timeToLive, from: member, dice: &dice)
        case .neighbor(let priority): asked(by: member, priority, dice: &dice)
        case .neighborReply(let isAccepted): answered(by: member, isAccepted, dice: &dice)
        case .disconnect:
            if remove(member) {
                avoid(member)
                remember(member, dice: &dice)
            }
        case .shuffle(let members, let timeToLive, let path):
            shuffle(members, timeToLive: timeToLive, path: path, from: member, dice: &dice)
        case .shuffleReply(let members, let path): shuffleReply(members, path: path, from: member, dice: &dice)
        }
        fill(dice: &dice)
        return take()
    }

    package mutating func wokeUp(at now: Instant, dice: inout SplitMix64) -> [Effect] {
        self.now = now
        for member in requests.filter({ now >= $0.value.deadline }).keys { forget(member) }
        if let refillAt, now >= refillAt {
            self.refillAt = nil
            unwilling.removeAll()
        }
        if now >= shuffleAt {
            shuffleAt = now + Limits.shuffleInterval
            beginShuffle(dice: &dice)
        }
        if now >= meetAt {
            meetAt = now + Limits.meetingInterval
            meet(dice: &dice)
        }
        fill(dice: &dice)
        return take()
    }

    private mutating func take() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// He is not there: neither asked nor remembered any more.
    private mutating func forget(_ member: MemberKey) {
        requests[member] = nil
        passive.removeAll { $0 == member }
    }
}
