package import AuthorLog
package import Identity

/// What is new goes along a tree of links at once, and is announced along the others.
///
/// Decides and touches nothing. Links are those of the active view; each is eager or lazy. A message is (log, end, head): a run
/// that continues what the receiver holds. So the frontier says what was received, and no cache of payloads or of their hashes
/// is kept: the store serves what somebody asks for.
///
/// Source: Leitao, Pereira, Rodrigues, "Epidemic Broadcast Trees", SRDS 2007. We differ:
/// * Only what was verified and is durable counts as received (``grown(_:hop:from:at:)``, ``duplicate(from:)``): nothing is
///   forwarded, and nobody demoted, for a forgery that came first.
/// * A push that leaves a gap is answered at once by asking its sender for all that is missing: order per log is kept.
/// * Who has announced a message is not sent it.
/// * IHAVE tells ends of logs: of one that grows a hundred times within the delay, the last end.
/// * An announcement by an eager neighbour, who should have pushed, is answered with GRAFT, too: he may hold the link for lazy, as a
///   PRUNE and what was new have crossed.
/// * An author takes a branch over from any longer way: of few nodes he is everybody's neighbour.
/// * GRAFT asks for the link only; the payload is pulled as any other, with credit, from where we stand to the end announced.
/// * Who does not bring what he has announced is pruned, and his announcements count for nothing for a minute.
package struct Plumtree: Sendable {
    /// A log that ends there, with that head.
    package struct MessageID: Hashable, Sendable {
        package var log: LogID
        package var length: UInt64
        package var head: Hash256

        package init(log: LogID, length: UInt64, head: Hash256) {
            self.log = log
            self.length = length
            self.head = head
        }
    }

    package struct IHave: Hashable, Sendable {
        package var id: MessageID
        /// Links between its author and who says this.
        package var hop: UInt32

        package init(id: MessageID, hop: UInt32) {
            self.id = id
            self.hop = hop
        }
    }

    package enum Effect: Equatable, Sendable {
        /// Send what has grown; where it is too much to be pushed, ``announce(_:to:at:)``.
        case push(IHave, to: ConnectionID)
        /// Ascending by log.
        case iHave([IHave], to: ConnectionID)
        case graft(ConnectionID)
        case prune(ConnectionID)
        /// Pull the log up to that length.
        case fetch(LogID, length: UInt64, from: ConnectionID)
        /// Too much was announced to be kept: compare the frontiers.
        case compare(with: ConnectionID)
    }

    struct Link: Sendable {
        var isEager = true
        /// Announcements to him, collected.
        var queue: [LogID: IHave] = [:]
        var tellAt: Instant?
        /// Logs for which his announcement was the first.
        var claims = 0
        var distrustedUntil: Instant?
        /// Became eager by his word that he is nearer.
        var optimizedAt: Instant?
        var graftedAt: Instant?
    }

    /// Announced, and not here.
    struct Missing: Sendable {
        /// In the order in which they said it, at most one per link.
        var sources: [(link: ConnectionID, announced: IHave, isAnnounced: Bool)]
        /// Whose claim it is counted as.
        var claimant: ConnectionID
        /// Of whom it was asked.
        var asked: ConnectionID?
        /// Up to where.
        var askedLength: UInt64 = 0
        var deadline: Instant
    }

    /// How the last end of a log came, for the optimisation.
    struct Receipt: Sendable {
        var announced: IHave
        var from: ConnectionID
    }

    var links: [ConnectionID: Link] = [:]
    /// Ascending.
    var ids: [ConnectionID] = []
    var missing: [LogID: Missing] = [:]
    /// Not later than the first deadline of `missing`.
    var missingDeadline: Instant?
    var receipts: [LogID: Receipt] = [:]
    /// Logs in `receipts`; the oldest is at `oldestReceipt` once it is full.
    var receiptOrder: [LogID] = []
    var oldestReceipt = 0

    // While an event is handled.
    var now: Instant
    var effects: [Effect] = []

    package init(at now: Instant) {
        self.now = now
    }

    package var eager: [ConnectionID] { ids.filter { links[$0]?.isEager == true } }
    package var lazy: [ConnectionID] { ids.filter { links[$0]?.isEager == false } }

    package func isLink(_ id: ConnectionID) -> Bool { links[id] != nil }

    package var deadline: Instant? {
        var first = missingDeadline
        for link in links.values {
            if let tellAt = link.tellAt { first = min(first ?? tellAt, tellAt) }
        }
        return first
    }

    // MARK: What happens

    package mutating func neighborUp(_ id: ConnectionID) {
        guard links[id] == nil else { return }
        links[id] = Link()
        ids.insert(id, at: ids.firstIndex { $0 > id } ?? ids.endIndex)
    }

    package mutating func neighborDown(_ id: ConnectionID, at now: Instant) -> [Effect] {
        self.now = now
        links[id] = nil
        ids.removeAll { $0 == id }
        dropClaims(of: id)
        return take()
    }

    /// A log is longer now, durably: an own write (`origin` nil) or one that came over a link.
    ///
    /// - Parameter hop: Of a push: as its sender said. Nil where it was pulled.
    package mutating func grown(
        _ id: MessageID, hop: UInt32?, from origin: ConnectionID?, at now: Instant
    ) -> [Effect] {
        self.now = now
        let holders = arrived(id)
        let own = hop ?? holders.first { $0.link == origin }?.announced.hop
        let announced = IHave(id: id, hop: origin == nil ? 0 : min(own ?? 0, .max - 1) + 1)
        if let origin, links[origin] != nil {
            if hop != nil {
                links[origin]?.isEager = true
                links[origin]?.distrustedUntil = nil
            }
            remember(Receipt(announced: announced, from: origin))
            // An author who writes without pause has announced it before it came along the tree.
            for holder in holders where holder.link != origin && holder.announced.hop == 0 {
                optimize(IHave(id: id, hop: 0), from: holder.link)
            }
        }
        for link in ids where link != origin {
            if holders.contains(where: { $0.link == link }) {
                links[link]?.queue[id.log] = nil
            } else if links[link]?.isEager == true {
                links[link]?.queue[id.log] = nil
                effects.append(.push(announced, to: link))
            } else {
                queue(announced, to: link)
            }
        }
        return take()
    }

    /// An eager neighbour was not to be pushed something.
    package mutating func announce(_ announced: IHave, to id: ConnectionID, at now: Instant) -> [Effect] {
        self.now = now
        queue(announced, to: id)
        return take()
    }

    /// A push, verified, that brought nothing new.
    package mutating func duplicate(from id: ConnectionID) -> [Effect] {
        guard links[id] != nil else { return [] }
        links[id]?.isEager = false
        return [.prune(id)]
    }

    /// A push that begins beyond what we hold.
    package mutating func gap(_ id: MessageID, hop: UInt32, from link: ConnectionID, at now: Instant) -> [Effect] {
        self.now = now
        miss(IHave(id: id, hop: hop), from: link, atOnce: true, isPushed: true)
        return take()
    }

    /// - Parameter holding: The length of that log here.
    package mutating func received(
        _ announced: IHave, holding length: UInt64, from link: ConnectionID, at now: Instant
    ) -> [Effect] {
        self.now = now
        guard let isEager = links[link]?.isEager else { return [] }
        let log = announced.id.log
        if let told = links[link]?.queue[log], told.id.length <= announced.id.length {
            links[link]?.queue[log] = nil
        }
        if announced.id.length > length {
            // Of a neighbour who would push it if he could.
            miss(announced, from: link, atOnce: isEager)
        } else {
            optimize(announced, from: link)
        }
        return take()
    }

    package mutating func receivedGraft(from id: ConnectionID) {
        links[id]?.isEager = true
    }

    package mutating func receivedPrune(from id: ConnectionID) {
        links[id]?.isEager = false
    }

    /// What is announced of a log is here and may count later, or cannot be had: nobody is to blame.
    ///
    /// - Returns: What was announced, and by whom.
    @discardableResult
    package mutating func forget(_ log: LogID) -> [(link: ConnectionID, length: UInt64)] {
        let sources = missing[log]?.sources ?? []
        remove(log)
        return sources.map { ($0.link, $0.announced.id.length) }
    }

    /// - Parameter isBusy: He is bringing something just now, or somebody this log: his other promises wait.
    package mutating func wokeUp(at now: Instant, isBusy: (LogID, ConnectionID) -> Bool) -> [Effect] {
        self.now = now
        for id in ids {
            guard let tellAt = links[id]?.tellAt, now >= tellAt else { continue }
            tell(id)
        }
        if let missingDeadline, now >= missingDeadline { recover(isBusy: isBusy) }
        return take()
    }

    private mutating func take() -> [Effect] {
        defer { effects = [] }
        return effects
    }
}
