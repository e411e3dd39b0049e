import AuthorLog
import Identity
import Testing

/// A small community, the same in every test: keys come from names, times from one start.
struct World {
    static let start: UInt64 = 1_790_000_000_000
    static let minute: UInt64 = 60_000
    static let day: UInt64 = 86_400_000

    let root: SigningKey
    let successor: SigningKey
    let founder: SigningKey
    let networkKey = SecretBytes(copying: World.bytes32("network key"))
    let personKey = SecretBytes(copying: World.bytes32("person key"))
    let charter: Charter
    let order: SignedRootOrder

    init(
        founderRole: Role = .steward, founderQuota: Quota = .unlimited, founderExpires: UInt64 = 0
    ) throws {
        root = try World.key("root")
        successor = try World.key("successor")
        founder = try World.key("founder")
        charter = try Charter(
            title: "The Vine", currency: "USD", createdMilliseconds: World.start, rootKey: root.publicKey(),
            successorKeyHash: Charter.hash(ofSuccessor: successor.publicKey()), attribution: .firstTouch,
            windowDays: 30, qualifyingMinor: 500, personKeyHash: Charter.hash(ofPersonKey: personKey))
        let grant = try Grant(
            subject: founder.publicKey(), role: founderRole, expiresMilliseconds: founderExpires, quota: founderQuota)
        let time = try #require(HybridTime(milliseconds: World.start))
        order = try RootOrder(granting: grant, serial: 1, time: time).signed(by: root, community: charter.id)
    }

    static func bytes32(_ name: String) -> [UInt8] {
        BLAKE2b.hash256(Array(name.utf8), personal: .init("gv/test")).bytes
    }

    static func key(_ name: String) throws -> SigningKey {
        try SigningKey(seed: SecretBytes(copying: bytes32(name)))
    }

    static func log(_ key: SigningKey, number: UInt16 = 1) -> LogID {
        LogID(member: key.publicKey(), incarnation: Incarnation(number: number, random: 0x0123_4567_89AB_CDEF))
    }

    /// An author with nothing written.
    func newcomer(_ key: SigningKey, number: UInt16 = 1) throws -> Author {
        try Author(
            state: LogState(log: World.log(key, number: number), community: charter.id),
            clock: HybridClock(last: .zero), charter: charter, key: key)
    }

    func founderPresentation() throws -> Presentation {
        try Presentation(order: order)
    }

    /// The founder's node after its first `present`, a minute after the start.
    func founderAuthor() throws -> Author {
        var author = try newcomer(founder)
        _ = try author.present(founderPresentation(), wallMilliseconds: World.start + World.minute)
        return author
    }

    /// A member granted by the founder, and its author after the first `present`.
    func member(
        _ key: SigningKey, role: Role = .ambassador, quota: Quota = .unlimited, expires: UInt64 = 0
    ) throws -> (author: Author, first: VerifiedBundle) {
        var founder = try founderAuthor()
        let excerpt = try founder.grant(
            Grant(subject: key.publicKey(), role: role, expiresMilliseconds: expires, quota: quota),
            wallMilliseconds: World.start + 2 * World.minute)
        var author = try newcomer(key)
        let presentation = try Presentation(order: order, excerpts: [excerpt])
        let first = try author.present(presentation, wallMilliseconds: World.start + 3 * World.minute)
        return (author, first)
    }

    func ticket(
        inviteExpires: UInt64 = 0, rightExpires: UInt64 = 0, uses: UInt32 = 1, quota: Quota = .unlimited,
        role: Role = .ambassador
    ) throws -> Ticket {
        var founder = try founderAuthor()
        let inviteKey = try World.key("invite")
        let invite = try Invite(
            inviteKey: inviteKey.publicKey(), role: role, expiresMilliseconds: inviteExpires, uses: uses,
            quota: quota, grantExpiresMilliseconds: rightExpires)
        let verified = try founder.write([Operation(invite)], wallMilliseconds: World.start + 2 * World.minute)
        return try Ticket(
            charter: charter, networkKey: networkKey, personKey: personKey,
            addresses: ["vine.example:7433", "[2001:db8::7]:7433"], inviteKey: inviteKey, order: order,
            excerpts: [Excerpt(of: verified.bundle, index: 0)])
    }
}

extension Author {
    mutating func grant(_ grant: Grant, wallMilliseconds: UInt64) throws -> Excerpt {
        let verified = try write([Operation(grant)], wallMilliseconds: wallMilliseconds)
        return try Excerpt(of: verified.bundle, index: 0)
    }

    /// One bundle of so many small records.
    mutating func record(_ count: Int = 1, wallMilliseconds: UInt64) throws -> Bundle {
        let operations = (0..<count).map { Operation.record(Int(state.length) + $0) }
        return try write(operations, wallMilliseconds: wallMilliseconds).bundle
    }
}

extension Operation {
    /// 8 public bytes.
    static func record(_ number: Int, privatePart: PrivatePart = .none) -> Operation {
        var body: [UInt8] = []
        body.appendBigEndian(UInt32(clamping: number))
        return Operation(kind: 32, body: body + [7, 7, 7], privatePart: privatePart)
    }
}

extension Run {
    /// As a node that holds them would serve them: signatures that everybody keeps, and the last one.
    static func kept(_ bundles: [Bundle]) throws -> [UInt8] {
        let first = try #require(bundles.first?.header)
        var writer = RunWriter(RunHead(of: first))
        for (index, bundle) in bundles.enumerated() {
            let isKept = bundle.keepsSignature || index == bundles.count - 1
            writer.append(
                time: bundle.header.time, operationCount: bundle.header.operationCount, body: bundle.body[...],
                signature: isKept ? bundle.signature : nil)
        }
        return writer.bytes
    }
}

extension RunHead {
    init(of header: Header) {
        self.init(
            community: header.community, log: header.log, firstPosition: header.position, previous: header.previous)
    }
}
