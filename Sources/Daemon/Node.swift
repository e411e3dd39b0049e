package import AuthorLog
import API
import Community
package import Founding
package import Identity
package import Logging
package import Metrics
import ServiceLifecycle
package import Storage
import Sync
import Transport

package enum NodeError: Error, CustomStringConvertible {
    case homeVanished(String)
    /// Never retried on the same connection: the process ends, and a new start reads what is durable.
    case storageFailed(String)

    package var description: String {
        switch self {
        case .homeVanished(let path): "the home \(path) is gone"
        case .storageFailed(let what): "storage failed: \(what)"
        }
    }
}

/// An option of the command line that does not read.
package struct NodeOptionError: Error, CustomStringConvertible {
    package let description: String

    static func address(_ text: String) throws -> Address {
        do {
            return try Address(parsing: text)
        } catch {
            throw NodeOptionError(description: error.description)
        }
    }
}

/// One node: feeds the sync core with what happens, performs the effects it asks for, and writes this member's log.
///
/// All decisions are the core's and the fold's; this actor carries arrows. Nothing is awaited between reading its state and
/// changing it.
package actor Node: Service {
    package struct Options: Sendable {
        /// `HOST:PORT`; port 0 takes any. Nil: where the node listened last, else a free loopback port.
        package var listen: String?
        /// Dialled besides the ticket's and the remembered ones.
        package var peers: [String]

        package init(listen: String?, peers: [String]) {
            self.listen = listen
            self.peers = peers
        }
    }

    package nonisolated let store: ReplicaStore
    package nonisolated let charter: Charter
    package nonisolated let member: MemberKey
    nonisolated let home: Home
    /// Whoever looks at the record to write what follows from it.
    nonisolated let turn = Turn()
    nonisolated let imports = ImportRuns()
    /// How far a verification is.
    nonisolated let verifyWatch = VerifyWatch()
    nonisolated let clocks = Clocks()
    nonisolated let logger: Logger
    nonisolated let transport: PeerTransport
    let presentation: Presentation
    var networkKeys: NetworkKeyRing
    /// Number of the one that the core was told of; 0: the founder's.
    var networkKeyInUse: UInt64 = 0
    let personKey: SecretBytes
    /// Where peers reach us, once we listen.
    package private(set) var listenAddress: String?

    var core: SyncCore
    var ownLog: OwnLog
    /// Addresses as the core names them, of dials under way.
    var dials: [LinkID: String] = [:]
    var ingestQueue: [PendingPart] = []
    var writeQueue: [PendingWrite] = []
    var hasEndedWrites = false
    /// As worked out last; nil before the record is open.
    var standing: Standing?
    /// It will be worked out anew, soon.
    var isSettling = false
    /// Parts of runs are being verified and stored.
    var isIngesting = false
    /// What should be said in `status`.
    var notices = Notices()
    var digestPace = DigestPace()
    var disk = DiskSpace()
    var arrivals = Arrivals()
    /// Known addresses that neither answered nor failed since the start: the first write waits for them a while.
    var unansweredAddresses: Set<String> = []
    let startedAt: Instant
    private(set) var isStopped = false
    /// When the core wants to be woken.
    var coreWakeUp: Instant?
    /// Wall time at which the first held bundle may be folded; nil: none is held.
    var heldUntil: UInt64?
    var sleep: Sleep?
    /// The latest that anything heard since the start was dated.
    var recordTime = HybridTime.zero
    var metrics: NodeMetrics
    private let signals = Signals()
    private let lock: HomeLock

    /// Opens the home's record. Nothing is listened to before ``run()``; ``listen`` says where.
    ///
    /// - Parameter metrics: Who counts; the process's own unless given.
    package init(
        home: Home, lock: HomeLock, options: Options, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) async throws {
        self.home = home
        self.lock = lock
        self.logger = logger
        self.metrics = NodeMetrics(factory: metrics)
        charter = try home.charter()
        presentation = try home.presentation()
        networkKeys = NetworkKeyRing(
            initial: try home.networkKey(), ticket: try home.ticketNetworkKey(), later: try home.laterNetworkKeys())
        personKey = try home.personKey()
        let key = try home.memberKey()
        let noiseKey = try home.noiseKey()
        member = key.publicKey(as: MemberKey.self)
        // What the reserve is for: a full disk has room to open the record.
        home.dropReserve()
        store = try ReplicaStore(path: home.path(of: .database), charter: charter, personKey: personKey)
        ownLog = try await OwnLog(
            home: home, charter: charter, presentation: presentation, key: key, store: store,
            wallMilliseconds: clocks.wallMilliseconds)
        try await store.keep([presentation.order] + presentation.successions)
        transport = PeerTransport(
            configuration: PeerTransport.Configuration(
                networkKeys: [networkKeys.initial], prologue: PeerTransport.prologue(of: charter.id),
                staticKey: noiseKey))
        let address = try await Self.listen(options.listen, by: transport, home: home, logger: logger)
        listenAddress = address.description
        let advertised = address.isDialable ? address.description : ""
        startedAt = clocks.instant
        let given = try options.peers.map { try NodeOptionError.address($0).description }
        let known = given + (try home.knownAddresses())
        unansweredAddresses = Set(known)
        core = try await Self.makeCore(
            store: store, charter: charter, presentation: presentation, key: key, noiseKey: noiseKey,
            advertised: advertised, knownAddresses: known, clocks: clocks)
        // One that does not read reserves nothing, and is told when it is dialled.
        // Peers remembered from earlier may hold more of our log, too.
        unansweredAddresses.formUnion(core.peers.map(\.address))
        transport.setKnownAddresses(known.compactMap { try? Address(parsing: $0) })
        if let doubt = ownLog.doubt { notices.doubts(doubt) }
        core.storedBytes = try home.recordByteCount()
        changed(try await store.settle(wallMilliseconds: clocks.wallMilliseconds, tellsAll: true))
        if try !home.takeReserve() { diskFilled() }
        logger.info("listening", metadata: ["address": "\(address)", "member": "\(member)"])
    }

    private static func makeCore(
        store: ReplicaStore, charter: Charter, presentation: Presentation, key: SigningKey, noiseKey: AgreementKey,
        advertised: String, knownAddresses: [String], clocks: Clocks
    ) async throws -> SyncCore {
        let member = key.publicKey(as: MemberKey.self)
        let wall = clocks.wallMilliseconds
        var record: PeerRecord?
        if !advertised.isEmpty {
            let content = PeerAddress(member: member, addresses: [advertised], serial: wall).bytes
            let message = PeerAddress.signedMessage(content: content, community: charter.id)
            record = PeerRecord(content: content, signature: key.sign(message))
        }
        let binding = SyncCore.Configuration.bindingMessage(noiseKey: noiseKey.publicKey, community: charter.id)
        let configuration = SyncCore.Configuration(
            member: member, noiseKey: noiseKey.publicKey, binding: key.sign(binding), charter: charter,
            presentation: presentation, listen: advertised, ownRecord: record,
            seed: Sodium.random(8).reduce(0) { $0 << 8 | UInt64($1) })
        var chains: [MemberKey: KnownChain] = [:]
        for (member, chain) in try await store.chains() {
            let shown = max(
                HybridTime(rawValue: min(wall, HybridTime.lastMillisecond) << 16),
                chain.lastLinkTime.next ?? chain.lastLinkTime)
            // One that proves nothing any more is asked for again.
            guard let right = try? chain.right(of: member, presentedAt: shown, charter: charter) else { continue }
            chains[member] = KnownChain(hash: chain.hash, expiresMilliseconds: right.expiresMilliseconds)
        }
        return SyncCore(
            configuration: configuration, frontier: FrontierTree(try await store.frontierRows()),
            orders: try await store.orders(),
            peerRecords: try await store.peerRecords().compactMap(PeerRecord.init(stored:)),
            knownAddresses: knownAddresses, knownChains: chains, at: clocks.instant, wallMilliseconds: wall)
    }

    /// Runs until cancelled or shut down gracefully; then says goodbye, finishes what is queued, and closes the record.
    package func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await self.readTransport() }
                    group.addTask { try await self.pumpIngest() }
                    group.addTask { try await self.pumpWrites() }
                    group.addTask { await self.keepTime() }
                    group.addTask { try await self.keepDigest() }
                    group.addTask { try await self.performJobs() }
                    handle(.wokeUp)
                    wake(.digest)
                    // The first to end is the transport, after `stop`; or a pump whose storage failed.
                    try await group.next()
                    isStopped = true
                    signals.finish()
                    sleep?.waker.finish()
                    try await group.waitForAll()
                }
            } onGracefulShutdown: {
                // The handler is not async; the stop itself is bounded by the transport's own deadline.
                Task { await self.stop() }
            }
        } catch {
            logger.critical("stopping", metadata: ["reason": "\(error)"])
            await transport.shutdown()
            throw error
        }
        try store.close()
        logger.info("stopped")
    }

    /// Says goodbye to every peer and closes all connections.
    package func stop() async {
        handle(.stopping)
        await transport.shutdown()
    }

    // MARK: Signals between the actor and its pumps

    nonisolated func wake(_ pump: Signals.Pump) { signals.wake(pump) }
    nonisolated func schedule(_ job: Job) { signals.schedule(job) }

    private func readTransport() async {
        for await event in transport.events { handle(event) }
    }

    private func pumpIngest() async throws {
        for await _ in signals.ingest { try await ingestAll() }
    }

    private func pumpWrites() async throws {
        defer { endWrites() }
        for await _ in signals.writes { try await writeAll() }
    }

    private func performJobs() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await job in signals.jobs { group.addTask { try await self.perform(job) } }
        }
    }

    private func keepDigest() async throws {
        for await _ in signals.digest {
            digestPace.stir()
            while !digestPace.isResting, !isStopped, !Task.isCancelled {
                try? await Task.sleep(for: NodeLimits.digestTick)  // it only throws when cancelled
                try await hashStaleBuckets()
            }
        }
    }
}
