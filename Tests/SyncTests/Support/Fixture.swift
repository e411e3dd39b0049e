import AuthorLog
import Identity

@testable import Sync

/// A community whose root grants every member by an order of its own.
struct Fixture {
    static let wall: UInt64 = 1_800_000_000_000

    let root: SigningKey
    let charter: Charter

    init() throws {
        root = try Self.key(1)
        charter = try Charter(
            title: "Test", currency: "EUR", createdMilliseconds: Self.wall - 1_000_000,
            rootKey: root.publicKey(), successorKeyHash: Charter.hash(ofSuccessor: Self.key(2).publicKey()),
            personKeyHash: Charter.hash(ofPersonKey: SecretBytes(copying: [UInt8](repeating: 3, count: 32))))
    }

    static func key(_ number: UInt64) throws -> SigningKey {
        var seed: [UInt8] = []
        for word in 0..<4 { seed.appendBigEndian(number &* 1_000_003 &+ UInt64(word)) }
        return try SigningKey(seed: SecretBytes(copying: seed))
    }

    func member(_ number: Int, expiresMilliseconds: UInt64 = 0) throws -> TestMember {
        let key = try Self.key(UInt64(number) + 100)
        let grant = try Grant(subject: key.publicKey(), role: .ambassador, expiresMilliseconds: expiresMilliseconds)
        let order = try RootOrder(
            granting: grant, serial: UInt64(number) + 1, time: HybridTime(rawValue: (Self.wall - 900_000) << 16)
        ).signed(by: root, community: charter.id)
        return TestMember(
            number: number, key: key, order: order, presentation: try Presentation(order: order), charter: charter)
    }
}

struct TestMember {
    let number: Int
    let key: SigningKey
    let order: SignedRootOrder
    let presentation: Presentation
    let charter: Charter

    var memberKey: MemberKey { key.publicKey() }
    var address: String { "10.0.\(number / 200).\(number % 200 + 1):7000" }

    var noiseKey: NoiseKey {
        NoiseKey(raw: BLAKE2b.hash256(key.publicBytes.bytes, personal: .init("test noise")).raw)
    }

    var binding: Signature { binding(over: noiseKey) }

    func binding(over noiseKey: NoiseKey) -> Signature {
        key.sign(SyncCore.Configuration.bindingMessage(noiseKey: noiseKey, community: charter.id))
    }

    func record(_ addresses: [String]? = nil, serial: UInt64 = 1) -> PeerRecord {
        let content = PeerAddress(member: memberKey, addresses: addresses ?? [address], serial: serial).bytes
        return PeerRecord(
            content: content, signature: key.sign(PeerAddress.signedMessage(content: content, community: charter.id)))
    }

    func configuration(seed: UInt64) -> SyncCore.Configuration {
        SyncCore.Configuration(
            member: memberKey, noiseKey: noiseKey, binding: binding, charter: charter, presentation: presentation,
            listen: address, ownRecord: record(), seed: seed)
    }

    func log(_ number: UInt16 = 1) -> LogID {
        LogID(member: memberKey, incarnation: Incarnation(number: number, random: UInt64(self.number)))
    }

    func hello(frontier: Hash256, binding: Signature? = nil) -> Hello {
        Hello(
            versions: 1...1, member: memberKey, binding: binding ?? self.binding, chainHash: presentation.hash,
            frontier: frontier, updates: 0, networkKeyNumber: 0, listen: "", time: 0)
    }
}

/// Made-up logs where no key is needed.
func madeUpLog(_ number: UInt64) -> LogID {
    var bytes: [UInt8] = []
    for word in 0..<4 { bytes.appendBigEndian(number &* 31 &+ UInt64(word)) }
    let key = MemberKey(raw: BLAKE2b.hash256(bytes, personal: .init("test member")).raw)
    return LogID(member: key, incarnation: Incarnation(number: 1, random: number))
}

func madeUpHead(_ number: UInt64) -> Hash256 {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(number)
    return BLAKE2b.hash256(bytes, personal: .init("test head"))
}

extension FrontierRow {
    /// With the head that every log of this length has, unless given.
    static func of(_ log: LogID, _ length: UInt64, head: Hash256? = nil) throws -> FrontierRow {
        try FrontierRow(log: log, length: length, head: head ?? madeUpHead(length))
    }
}
