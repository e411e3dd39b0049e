import AuthorLog
import Identity
import Testing

/// A community on paper: headers and authority operations without signatures, for standing judges what is authentic already.
/// Members are names. Whatever is written is held.
struct PaperVine {
    struct Chain {
        var order: SignedRootOrder
        var excerpts: [Excerpt] = []
        var invite: Invite?
        /// What it gives at its end.
        var role: Role
        var expires: UInt64 = 0
    }

    private(set) var evidence: Evidence
    private(set) var held = HeldTree()
    /// Where each log is written on.
    private(set) var heads: [LogID: BranchPoint] = [:]
    private(set) var chains: [String: Chain] = [:]
    private var lastTimes: [LogID: UInt64] = [:]
    private var now = World.start
    private var serial: UInt64 = 0
    /// The root in office; nil: the charter's.
    var rootName: String?

    init() throws {
        evidence = Evidence(charter: try World().charter)
    }

    static func key(_ name: String) -> MemberKey {
        MemberKey(raw: Bytes32(World.bytes32(name)) ?? .zero)
    }

    static func inviteKey(_ name: String) -> InviteKey {
        InviteKey(raw: Bytes32(World.bytes32("invite " + name)) ?? .zero)
    }

    static func log(_ name: String, _ number: UInt16 = 1) -> LogID {
        LogID(member: key(name), incarnation: Incarnation(number: number, random: 5))
    }

    var standing: Standing { Standing(of: evidence, held: held) }

    func length(_ name: String, _ number: UInt16 = 1) -> UInt64? { standing[Self.log(name, number)]?.length }

    // MARK: The root

    @discardableResult
    mutating func order(_ content: RootOrder.Content, serial: UInt64? = nil) throws -> RootOrder {
        self.serial += 1
        now += 1
        let order = try RootOrder(
            content, serial: serial ?? self.serial, time: #require(HybridTime(milliseconds: now)),
            rootKey: try rootName.map { try World.key($0).publicKey() })
        evidence.orders.append(order)
        return order
    }

    /// A grant by the root, and its first presentation.
    mutating func root(grants name: String, _ role: Role = .steward, presented: Bool = true) throws {
        let order = try order(.grant(Grant(subject: Self.key(name), role: role)))
        chains[name] = Chain(
            order: SignedRootOrder(order: order, signature: try Self.signature()), role: role)
        if presented { try present(name) }
    }

    /// The next root takes over.
    mutating func succeed(by name: String, next: String, retired: String? = nil, stays: [RootOrder]) throws {
        let retiredKey: RootKey = try retired.map { try World.key($0).publicKey() } ?? evidence.charter.rootKey
        rootName = name
        try order(
            .succession(
                Succession(
                    retired: retiredKey, stays: stays.map(\.hash),
                    nextKeyHash: Charter.hash(ofSuccessor: World.key(next).publicKey()))))
    }

    // MARK: Members

    /// Presents the newest chain of that name.
    @discardableResult
    mutating func present(_ name: String, _ number: UInt16 = 1, chain: Chain? = nil) throws -> Header {
        let chain = try #require(chain ?? chains[name])
        let presentation = try Presentation(
            order: chain.order, excerpts: chain.excerpts,
            inviteSignatures: [Signature](repeating: try Self.signature(), count: chain.invite == nil ? 0 : 1))
        return try write(name, number, [.present(presentation)])
    }

    /// A grant in the issuer's log, and the subject's presentation of it, if it is one that authenticity allows.
    @discardableResult
    mutating func grant(
        _ name: String, _ role: Role = .ambassador, by issuer: String, _ number: UInt16 = 1, expires: UInt64 = 0,
        memberOf first: String? = nil, presented: Bool = true
    ) throws -> OperationID {
        let grant = try Grant(
            subject: Self.key(name), role: role, expiresMilliseconds: expires,
            memberID: first.map { MemberID(firstKey: Self.key($0)) })
        let header = try write(issuer, number, [.grant(grant)])
        if var chain = try chain(below: issuer, header, .grant(grant)) {
            (chain.role, chain.expires) = (role, expires)
            chains[name] = chain
            if presented { try present(name) }
        }
        return OperationID(bundle: header.id, index: 0)
    }

    @discardableResult
    mutating func invite(
        _ invite: String, _ role: Role = .ambassador, uses: UInt32 = 1, by issuer: String, _ number: UInt16 = 1
    ) throws -> OperationID {
        let content = try Invite(inviteKey: Self.inviteKey(invite), role: role, uses: uses)
        let header = try write(issuer, number, [.invite(content)])
        if var chain = try chain(below: issuer, header, .invite(content)) {
            (chain.invite, chain.role, chain.expires) = (content, role, 0)
            chains["invite " + invite] = chain
        }
        return OperationID(bundle: header.id, index: 0)
    }

    /// Joins by the invite.
    mutating func use(_ invite: String, _ name: String, _ number: UInt16 = 1) throws {
        let chain: Chain = try #require(chains["invite " + invite])
        chains[name] = chain
        try present(name, number)
    }

    /// Nil where the issuer's newest right is not that of a steward, or has ended: nobody can show that.
    private func chain(below issuer: String, _ header: Header, _ operation: AuthorityOperation) throws -> Chain? {
        var chain = try #require(chains[issuer])
        guard chain.role == .steward, chain.expires == 0 || header.time.milliseconds < chain.expires else { return nil }
        chain.excerpts.append(
            try Excerpt(
                decoding: Proto.bytes(1, header.bytes) + Proto.bytes(2, try Self.signature().bytes)
                    + Proto.bytes(3, [UInt8](repeating: 0, count: 32 * Int(header.operationCount)))
                    + Proto.bytes(5, operation.publicPart)))
        return chain
    }

    // MARK: Stewards

    /// Each incarnation that stays by its number, at its present head or at a length of it.
    static func stay(_ number: UInt16, _ point: BranchPoint) -> Revocation.Stay {
        Revocation.Stay(
            incarnation: Incarnation(number: number, random: 5), length: point.length,
            head: point.length == 0 ? Hash256(raw: .zero) : point.head)
    }

    @discardableResult
    mutating func revoke(
        _ name: String, stays: [Revocation.Stay] = [], by revoker: String, _ number: UInt16 = 1
    ) throws -> Header {
        try write(revoker, number, [.revoke(Revocation(member: Self.key(name), stays: stays))])
    }

    mutating func choose(_ fork: Fork, _ point: BranchPoint, by chooser: String) throws {
        try write(
            chooser, [.choose(Choice(log: fork.log, fork: fork.id, length: point.length, head: point.head))])
    }

    // MARK: Logs

    /// A bundle that says nothing about authority.
    @discardableResult
    mutating func record(_ name: String, _ number: UInt16 = 1, count: UInt16 = 1) throws -> BranchPoint {
        let header = try append(Self.log(name, number), count: count)
        return BranchPoint(length: header.end, head: header.id)
    }

    @discardableResult
    mutating func write(_ name: String, _ operations: [AuthorityOperation]) throws -> Header {
        try write(name, 1, operations)
    }

    @discardableResult
    mutating func write(_ name: String, _ number: UInt16, _ operations: [AuthorityOperation]) throws -> Header {
        try append(Self.log(name, number), operations, count: UInt16(operations.count))
    }

    /// Goes on from an earlier place (nil: from nothing), and proves that.
    mutating func fork(_ name: String, _ number: UInt16 = 1, at point: BranchPoint?, proved: Bool = true) -> Fork {
        let log = Self.log(name, number)
        heads[log] = point
        let fork = Fork(log: log, position: point?.length ?? 0, predecessor: point?.head ?? Hash256(raw: .zero))
        if proved { evidence.forks.append(fork) }
        return fork
    }

    /// Forks after bundles that nobody has ever seen: the author may sign any.
    mutating func forkNowhere(_ name: String, _ number: UInt16 = 1, at positions: [UInt64]) {
        let log = Self.log(name, number)
        for (index, position) in positions.enumerated() {
            let predecessor = Hash256(World.bytes32("nowhere \(index)")) ?? Hash256(raw: .zero)
            evidence.forks.append(Fork(log: log, position: position, predecessor: predecessor))
        }
    }

    /// Writes on at another place.
    mutating func go(_ name: String, _ number: UInt16 = 1, to point: BranchPoint) {
        heads[Self.log(name, number)] = point
    }

    mutating func seal(_ name: String, _ number: UInt16 = 1, at point: BranchPoint) {
        evidence.sealed[Self.log(name, number)] = point
    }

    mutating func seal(_ log: LogID, at point: BranchPoint) {
        evidence.sealed[log] = point
    }

    /// Years go by.
    mutating func wait(_ milliseconds: UInt64) {
        now += milliseconds
    }

    var milliseconds: UInt64 { now }

    private mutating func append(
        _ log: LogID, _ operations: [AuthorityOperation] = [], count: UInt16
    ) throws -> Header {
        now += 1
        let point = heads[log]
        let time = max(now, (lastTimes[log] ?? 0) + 1)
        lastTimes[log] = time
        let header = try Header(
            community: evidence.charter.id, log: log, position: point?.length ?? 0,
            previous: point?.head ?? Hash256(raw: .zero), time: #require(HybridTime(milliseconds: time)),
            operationCount: count, bodyRoot: #require(Hash256(World.bytes32("body \(time)"))))
        let id = header.id
        heads[log] = BranchPoint(length: header.end, head: id)
        held.insert(header, id: id)
        if !operations.isEmpty {
            evidence.bundles.append(AuthorityBundle(header: header, id: id, operations: operations))
        }
        return header
    }

    mutating func replace(orders: [RootOrder]) {
        evidence.orders = orders
    }

    /// The same with only some of what was written, and of some of that only the headers.
    func holding(_ isHeld: (Header) -> Bool, bare isBare: (Header) -> Bool = { _ in false }) -> PaperVine {
        var vine = self
        vine.evidence.bundles.removeAll { !isHeld($0.header) || isBare($0.header) }
        vine.held = HeldTree()
        for held in held.headers.values.joined() where isHeld(held.header) {
            vine.held.insert(held.header, id: held.id)
        }
        return vine
    }

    /// Whoever holds two branches has proved the fork.
    func proved() -> PaperVine {
        var vine = self
        for log in heads.keys.sorted() { vine.evidence.forks += held.forks(of: log) }
        return vine
    }

    func shuffled(using dice: inout Dice) -> PaperVine {
        var vine = self
        vine.evidence.orders.shuffle(using: &dice)
        vine.evidence.bundles.shuffle(using: &dice)
        vine.evidence.forks.shuffle(using: &dice)
        if let again = vine.evidence.bundles.first { vine.evidence.bundles.append(again) }
        vine.held.shuffle(using: &dice)
        return vine
    }

    /// Verified long ago.
    private static func signature() throws -> Signature {
        try #require(Signature([UInt8](repeating: 0, count: Signature.byteCount)))
    }
}

extension AuthorityOperation {
    var publicPart: [UInt8] {
        switch self {
        case .present(let presentation): [1] + presentation.bytes
        case .grant(let grant): [2] + grant.bytes
        case .invite(let invite): [3] + invite.bytes
        case .admit(let admit): [4] + admit.bytes
        case .revoke(let revocation): [5] + revocation.bytes
        case .choose(let choice): [6] + choice.bytes
        case .other(let kind): [kind]
        }
    }
}
