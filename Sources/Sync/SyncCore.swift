package import AuthorLog
package import Identity

/// What a peer does: greets, compares frontiers, pulls and serves runs, pushes what is new, keeps peers.
///
/// It decides and touches nothing. Bundles pass through it as bytes: the shell verifies and stores what `.ingest` gives it, and
/// says `.grown` for what is durable before it says `.ingested` with `.appended`.
package struct SyncCore: Sendable {
    package struct Configuration: Sendable {
        package var member: MemberKey
        /// Our own, so that we notice when we dial ourselves.
        package var noiseKey: NoiseKey
        /// By the member key over the Noise key (tag `gv noise key`).
        package var binding: Signature
        package var charter: Charter
        package var presentation: Presentation
        /// host:port that others may dial; empty: none.
        package var listen: String
        /// Our own addresses, signed; nil: none.
        package var ownRecord: PeerRecord?
        /// For jitter and shuffles.
        package var seed: UInt64

        package init(
            member: MemberKey, noiseKey: NoiseKey, binding: Signature, charter: Charter, presentation: Presentation,
            listen: String = "", ownRecord: PeerRecord? = nil, seed: UInt64
        ) {
            self.member = member
            self.noiseKey = noiseKey
            self.binding = binding
            self.charter = charter
            self.presentation = presentation
            self.listen = listen
            self.ownRecord = ownRecord
            self.seed = seed
        }

        /// What the member key signs to make ``binding``.
        package static func bindingMessage(noiseKey: NoiseKey, community: CommunityID) -> [UInt8] {
            SignatureDomain.noiseKey.message(community: community, content: noiseKey.bytes)
        }
    }

    let configuration: Configuration
    let chainHash: Hash256
    var frontier: FrontierTree
    var orders: [SignedRootOrder]
    var ordersHash: Hash256
    /// The one in force; nil while it is the founder's, or not held.
    var networkKey: NetworkKey?
    /// With their proofs.
    var forks: [Fork: ForkProof] = [:]
    /// Logs of which nothing more can stand than is held.
    var ended: Set<LogID> = []
    /// What our record takes on the disk, as the shell has measured; told in every hello.
    package var storedBytes: UInt64 = 0
    /// Logs known to hold authority operations: they are pulled first.
    var authorityLogs: Set<LogID>
    var members: Members
    var book: PeerBook
    var dialler: Dialler
    var membership: HyParView
    var tree: Plumtree
    /// Over which connection each neighbour is in the tree.
    var links: [MemberKey: ConnectionID] = [:]
    /// Members to talk with: to be dialled, or asked and not answered.
    var reaching: [MemberKey: Reach] = [:]
    /// Announced, and without a known chain.
    var newcomers: [MemberKey: Newcomer] = [:]
    /// When the passive view is offered somebody from the book.
    var recallAt: Instant
    var dice: SplitMix64
    var peersByID: [ConnectionID: Peer] = [:]
    /// Ascending.
    var ids: [ConnectionID] = []
    /// Logs being pulled, each from one peer at a time.
    var pulled: [LogID: ConnectionID] = [:]
    /// Logs of which more is held than is known to stand, and until when that is waited for.
    var unsettled: [LogID: Instant] = [:]
    /// No wait for one of them ends before; nil: there are none.
    var unsettledDeadline: Instant?
    /// Of all peers together.
    var offerCount = 0
    /// Own logs that a peer has shown longer, with the length reported.
    var ownHeadsReported: [LogID: UInt64] = [:]
    /// A sync whose connection was lost; nil once anybody's rows are told or somebody is level with us.
    var interrupted: InterruptedSync?
    var isStopping = false

    // While an event is handled.
    var now: Instant
    var wallMilliseconds: UInt64 = 0
    var effects: [Effect] = []
    /// Offers, or who may be pulled from, have changed.
    var pullsAreStale = false
    /// Addresses, or who is connected, have changed.
    var dialsAreStale = true
    var dialDeadline: Instant?
    /// The wake-up asked for last.
    var armed: Instant?

    /// - Parameters:
    ///   - orders: Held and verified.
    ///   - peerRecords: Kept from earlier; those of members without a known chain wait.
    ///   - knownAddresses: Of the ticket and of flags.
    ///   - now: The clock of every event's `at`.
    package init(
        configuration: Configuration, frontier: FrontierTree, orders: [SignedRootOrder], authorityLogs: Set<LogID> = [],
        peerRecords: [PeerRecord] = [], knownAddresses: [String] = [], knownChains: [MemberKey: KnownChain] = [:],
        at now: Instant, wallMilliseconds: UInt64
    ) {
        self.configuration = configuration
        chainHash = configuration.presentation.hash
        self.frontier = frontier
        self.orders = Array(orders.prefix(Limits.ordersHeld))
        ordersHash = SignedRootOrder.hash(of: self.orders)
        self.authorityLogs = authorityLogs
        members = Members(own: configuration.member, charter: configuration.charter, chains: knownChains)
        book = PeerBook(community: configuration.charter.id)
        dialler = Dialler(own: configuration.ownAddresses, given: knownAddresses, at: now)
        var dice = SplitMix64(seed: configuration.seed)
        membership = HyParView(
            own: configuration.member, isDialable: configuration.ownRecord != nil, at: now, dice: &dice)
        self.dice = dice
        tree = Plumtree(at: now)
        recallAt = now
        self.now = now
        self.wallMilliseconds = wallMilliseconds
        for record in peerRecords { _ = receive(record) }
    }

    /// Decides. Effects come back in the order they must happen.
    ///
    /// - Parameters:
    ///   - now: A clock that only runs forward.
    ///   - wallMilliseconds: Unix time, for what expires.
    package mutating func handle(_ event: Event, at now: Instant, wallMilliseconds: UInt64) -> [Effect] {
        self.now = max(now, self.now)
        self.wallMilliseconds = wallMilliseconds
        switch event {
        case .established(let id, let isInitiator, let noiseKey, let address):
            established(id, isInitiator: isInitiator, noiseKey: noiseKey, address: address)
        case .received(let bytes, let id): received(bytes, from: id)
        case .closed(let id):
            interrupts(id)
            remove(id, isWelcome: peersByID[id]?.isAccepted ?? false)
        case .dialFailed(let address): dialFailed(address)
        case .grown(let growths):
            for growth in growths {
                if let id = growth.origin, pulled[growth.row.log] == id { brought(by: id) }
                grown(growth)
            }
        case .retracted(let log, let row): retracted(log, to: row)
        case .ingested(let id, let pull, let log, let byteCount, let outcome):
            // Durable; what is `.queued` counts when it is.
            if outcome == .unsettled, pulled[log] == id { brought(by: id) }
            ingested(outcome, of: log, byteCount: byteCount, pull: pull, from: id)
        case .read(let id, let pull, let outcome): read(outcome, pull: pull, for: id)
        case .ordersHeld(let orders): held(orders)
        case .forksHeld(let proofs): held(proofs)
        case .settled(let ended, let revoked): settled(ended: ended, revoked: revoked)
        case .foundEnd(let id, let log, let point): found(point, of: log, for: id)
        case .chainsLearned(let chains): for chain in chains { learned(chain.chain, of: chain.member) }
        case .networkKeyHeld(let key): holds(key)
        case .stopping: stop()
        case .wokeUp: break
        }
        runTimers()
        assignPulls()
        dialIfDue()
        arm()
        defer { effects = [] }
        return effects
    }
}

extension SyncCore.Configuration {
    /// Never dialled: it is us.
    var ownAddresses: [String] {
        let signed = ownRecord.flatMap { try? PeerAddress(decoding: $0.content) }?.addresses  // ours: it decodes
        return [listen] + (signed ?? [])
    }
}
