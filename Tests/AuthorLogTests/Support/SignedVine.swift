import AuthorLog
import Identity
import Testing

/// A community whose every bundle is signed and authentic, for vectors. Members are names.
struct SignedVine {
    let world: World
    private(set) var orders: [SignedRootOrder]
    private(set) var authors: [String: Author] = [:]
    /// Whole branches, and what was written on each from where it parted.
    private(set) var branches: [[Bundle]] = []
    private(set) var forks: [ForkProof] = []
    private var branchOf: [String: Int] = [:]
    private var presentations: [String: Presentation] = [:]
    private var now = World.start
    private var serial: UInt64 = 0

    init() throws {
        world = try World()
        orders = []
    }

    var milliseconds: UInt64 { now }

    mutating func wait(minutes: UInt64) {
        now += minutes * World.minute
    }

    private mutating func tick() -> UInt64 {
        now += World.minute
        return now
    }

    @discardableResult
    mutating func order(
        _ content: RootOrder.Content, by root: SigningKey? = nil, serial given: UInt64? = nil
    ) throws -> SignedRootOrder {
        serial += 1
        let time = try #require(HybridTime(milliseconds: tick()))
        let order = try RootOrder(content, serial: given ?? serial, time: time, rootKey: root?.publicKey())
            .signed(by: root ?? world.root, community: world.charter.id)
        orders.append(order)
        return order
    }

    /// - Parameter successions: That lead to the root, where it is a later one than the charter's successor.
    mutating func root(
        grants name: String, by root: SigningKey? = nil, successions: [SignedRootOrder] = [], presented: Bool = true
    ) throws {
        let order = try order(.grant(Grant(subject: World.key(name).publicKey(), role: .steward)), by: root)
        presentations[name] = try Presentation(order: order, successions: successions)
        if presented { try present(name) }
    }

    /// The newest presentation, in the first log or a further incarnation, which gets a name of its own.
    mutating func present(_ name: String, as other: String? = nil, _ number: UInt16 = 1) throws {
        let presentation = try #require(presentations[name])
        let author = other ?? name
        presentations[author] = presentation
        if authors[author] == nil {
            authors[author] = try world.newcomer(World.key(name), number: number)
            branchOf[author] = branches.count
            branches.append([])
        }
        try write(author, [Operation(presentation)])
    }

    @discardableResult
    mutating func write(_ name: String, _ operations: [Operation]) throws -> Bundle {
        let time = tick()
        let bundle = try #require(try authors[name]?.write(operations, wallMilliseconds: time).bundle)
        branches[try #require(branchOf[name])].append(bundle)
        return bundle
    }

    @discardableResult
    mutating func record(_ name: String, _ count: Int) throws -> BranchPoint {
        let length = Int(authors[name]?.state.length ?? 0)
        let bundle = try write(name, (0..<count).map { Operation.record(length + $0) })
        return BranchPoint(length: bundle.header.end, head: bundle.id)
    }

    mutating func grant(
        _ name: String, _ role: Role = .ambassador, by issuer: String, expires: UInt64 = 0,
        memberOf first: String? = nil, presented: Bool = true
    ) throws {
        let grant = try Grant(
            subject: World.key(name).publicKey(), role: role, expiresMilliseconds: expires,
            memberID: first.map { MemberID(firstKey: try World.key($0).publicKey()) })
        let bundle = try write(issuer, [Operation(grant)])
        let above = try #require(presentations[issuer])
        presentations[name] = try Presentation(
            order: above.order, excerpts: above.excerpts + [Excerpt(of: bundle, index: 0)],
            inviteSignatures: above.inviteSignatures, successions: above.successions)
        if presented { try present(name) }
    }

    mutating func invite(_ key: SigningKey, _ role: Role, uses: UInt32, by issuer: String, admitting names: [String])
        throws
    {
        let invite = try Invite(inviteKey: key.publicKey(), role: role, uses: uses)
        let bundle = try write(issuer, [Operation(invite)])
        let above = try #require(presentations[issuer])
        for name in names {
            let message = SignatureDomain("gv invite use")
                .message(community: world.charter.id, content: try World.key(name).publicBytes.bytes)
            presentations[name] = try Presentation(
                order: above.order, excerpts: above.excerpts + [Excerpt(of: bundle, index: 0)],
                inviteSignatures: above.inviteSignatures + [key.sign(message)], successions: above.successions)
            try present(name)
        }
    }

    /// Another branch, written from where the log stands now under another name.
    mutating func branch(_ name: String, as other: String) throws {
        authors[other] = authors[name]
        branchOf[other] = branches.count
        branches.append([])
    }

    /// Once both have written on.
    mutating func prove(_ name: String, _ other: String, after count: Int) throws {
        let one = Array(branches[try #require(branchOf[name])].dropFirst(count))
        let another = branches[try #require(branchOf[other])]
        forks.append(try ForkProof.make(ForkFixture.branch(one), ForkFixture.branch(another)))
    }

    func bundleCount(_ name: String) -> Int { branchOf[name].map { branches[$0].count } ?? 0 }

    /// The author signs two bundles after one that is nowhere.
    mutating func proveNowhere(_ name: String, at position: UInt64, _ number: Int) throws {
        let key = try World.key(name)
        let previous = try #require(Hash256(World.bytes32("nowhere \(number)")))
        let time = try #require(HybridTime(milliseconds: tick()))
        let both = try ["one", "other"].map { word in
            let header = try Header(
                community: world.charter.id, log: World.log(key), position: position, previous: previous, time: time,
                operationCount: 1, bodyRoot: #require(Hash256(World.bytes32(word))))
            return ForkProof.Branch(headers: [header], signature: key.sign(header.bytes))
        }
        forks.append(try ForkProof.make(both[0], both[1]))
    }

    /// Nobody holds that log.
    mutating func lose(_ name: String) throws {
        branches[try #require(branchOf[name])] = []
    }

    var evidence: Evidence {
        Evidence(
            charter: world.charter, orders: orders.map(\.order),
            bundles: branches.joined().compactMap { AuthorityBundle($0) }, forks: forks.map { Fork($0) })
    }

    var held: HeldTree {
        var tree = HeldTree()
        for bundle in branches.joined() { tree.insert(bundle.header, id: bundle.id) }
        return tree
    }
}
