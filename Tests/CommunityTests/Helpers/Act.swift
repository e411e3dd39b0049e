import AuthorLog
import Community
import Identity

/// One operation with its header's place, before any node has given numbers to anything.
struct Act: Sendable {
    enum Content: Sendable {
        case present
        case record(Record)
        case voice(Voice)
        /// A public part that is no record of this version.
        case raw([UInt8])
    }

    var time: HybridTime
    var log: LogID
    var position: UInt64
    var right: Right
    var content: Content

    func operation(currency: Currency) -> Operation {
        switch content {
        case .present: Operation(publicPart: [OperationKind.present.rawValue])
        case .record(let record): Operation(publicPart: record.encoded(currency: currency))
        case .voice(let voice): Operation(publicPart: voice.encoded)
        case .raw(let bytes): Operation(publicPart: bytes)
        }
    }
}

extension LogID {
    /// A log of a made-up member.
    static func test(_ member: UInt8, incarnation: UInt16 = 1) -> LogID {
        LogID(
            member: MemberKey(raw: Bytes32([UInt8](repeating: member, count: 32)) ?? .zero),
            incarnation: Incarnation(number: incarnation, random: 7))
    }
}

extension Right {
    static func test(
        _ role: Role, member: MemberID, person: PersonID? = nil, sources: [String] = [], since: UInt64 = 0
    ) -> Right {
        Right(
            role: role, expiresMilliseconds: 0, quota: .unlimited, sources: sources, memberID: member, person: person,
            since: HybridTime(milliseconds: since) ?? .zero, issuerDepth: 1)
    }
}

extension FoldRules {
    static let testPersonKey: [UInt8] = Array(0..<32)
    static let testPseudonyms = Pseudonyms(personKey: SecretBytes(copying: testPersonKey))

    /// - Parameter created: Unix milliseconds.
    static func test(
        created: Int64, currency: String = "USD", windowDays: UInt32 = 0, qualifyingMinor: Int64 = 0
    ) throws -> FoldRules {
        let charter = try Charter(
            title: "Test", currency: currency, createdMilliseconds: UInt64(created), rootKey: RootKey(raw: .zero),
            successorKeyHash: Hash256(raw: .zero), windowDays: windowDays, qualifyingMinor: qualifyingMinor,
            personKeyHash: Hash256(raw: .zero))
        guard let base = Currency(currency) else { throw RecordError.unknownCurrency }
        return FoldRules(charter: charter, currency: base, pseudonyms: testPseudonyms)
    }
}
