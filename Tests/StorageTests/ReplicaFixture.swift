import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

// Foundation and GRDB have words of their own for these.
typealias Operation = AuthorLog.Operation
typealias Bundle = AuthorLog.Bundle
typealias Record = Community.Record

/// A community with a founder and two stewards, whose bundles any number of stores can take in.
final class ReplicaFixture {
    static let start: UInt64 = 1_790_000_000_000
    static let wall = start + 86_400_000

    let folder: URL
    let charter: Charter
    let personKey = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
    let pseudonyms: Pseudonyms
    let currency: Currency
    private let founder: SigningKey
    private let root: SigningKey
    private let newKey: () throws -> SigningKey
    let order: SignedRootOrder
    private(set) var authors: [Author] = []
    /// What each of them shows of the way from the root.
    private(set) var chains: [[Excerpt]] = [[]]
    /// Everything written, as runs of one bundle with their signatures.
    private(set) var runs: [[UInt8]] = []

    init(newKey: @escaping () throws -> SigningKey = { SigningKey.generate() }) throws {
        self.newKey = newKey
        (founder, root) = (try newKey(), try newKey())
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "gv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        charter = try Charter(
            title: "Replica", currency: "USD", createdMilliseconds: Self.start,
            rootKey: root.publicKey(as: RootKey.self),
            successorKeyHash: Hash256(raw: .zero), personKeyHash: Charter.hash(ofPersonKey: personKey))
        pseudonyms = Pseudonyms(personKey: personKey)
        currency = try #require(Currency("USD"))
        let grant = try Grant(subject: founder.publicKey(as: MemberKey.self), role: .steward)
        let time = try #require(HybridTime(milliseconds: Self.start))
        order = try RootOrder(granting: grant, serial: 1, time: time).signed(by: root, community: charter.id)
        try add(founder, presentation: try Presentation(order: order))
        for _ in 0..<2 { try addSteward() }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func addSteward() throws { _ = try addMember(.steward) }

    /// A member whom the founder granted a role, and who has presented it.
    ///
    /// - Returns: Which of ``authors``.
    func addMember(_ role: Role, sources: [String] = []) throws -> Int {
        let key = try newKey()
        let grant = try Grant(subject: key.publicKey(as: MemberKey.self), role: role, sources: sources)
        let bundle = try write([Operation(grant)], author: 0)
        chains.append([try Excerpt(of: bundle, index: 0)])
        try add(key, presentation: try Presentation(order: order, excerpts: chains[chains.count - 1]))
        return authors.count - 1
    }

    func order(_ content: RootOrder.Content, serial: UInt64) throws -> SignedRootOrder {
        let time = try #require(HybridTime(milliseconds: Self.start + serial))
        return try RootOrder(content, serial: serial, time: time).signed(by: root, community: charter.id)
    }

    private func add(_ key: SigningKey, presentation: Presentation) throws {
        let log = LogID(
            member: key.publicKey(as: MemberKey.self),
            incarnation: Incarnation(number: 1, random: UInt64(authors.count)))
        authors.append(
            try Author(
                state: LogState(log: log, community: charter.id), clock: HybridClock(last: .zero), charter: charter,
                key: key))
        let bundle = try authors[authors.count - 1].present(presentation, wallMilliseconds: Self.start + 60_000)
        runs.append(Run.encode([bundle.bundle]))
    }

    @discardableResult
    func write(
        _ operations: [Operation], author: Int, wallMilliseconds: UInt64 = ReplicaFixture.start + 120_000
    ) throws -> Bundle {
        let bundle = try authors[author].write(operations, wallMilliseconds: wallMilliseconds).bundle
        runs.append(Run.encode([bundle]))
        return bundle
    }

    func store(_ name: String) throws -> ReplicaStore {
        try ReplicaStore(path: folder.appending(path: name).path, charter: charter, personKey: personKey)
    }

    /// A pledge that is paid, by a backer who joined with a code.
    func pledge(_ number: Int, minor: Int64, code: String = "ANN") throws -> Operation {
        var record = Record()
        record.isImported = true
        record.source = "import"
        record.person = pseudonyms.person(source: "import", externalID: "b\(number % 7)")
        record.joined = Record.Joined(at: Int64(Self.start) - 1_000)
        record.claim = Record.Claim(code: try #require(CodeText(code)), at: Int64(Self.start) - Int64(number))
        var pledge = Record.Pledge(id: pseudonyms.pledge(source: "import", externalID: "p\(number)"))
        pledge.backer = .person
        pledge.at = Int64(Self.start)
        pledge.amount = Amount(minor: minor, currency: currency)
        record.pledge = pledge
        record.money = [Record.MoneyFact(kind: .confirm, amount: pledge.amount)]
        let told = RecordPrivate(externalID: "b\(number % 7)", pledgeExternalID: "p\(number)")
        let salt = try #require(Bytes16([UInt8](repeating: UInt8(number % 251), count: 16)))
        return Operation(
            publicPart: record.encoded(currency: currency), privatePart: .held(salt: salt, bytes: told.encoded))
    }

    func registration(_ code: String, by person: String) throws -> Operation {
        var record = Record()
        record.isImported = true
        record.person = pseudonyms.person(source: "import", externalID: person)
        record.source = "import"
        record.registration = Record.Registration(written: code, at: Int64(Self.start) - 5_000)
        return Operation(publicPart: record.encoded(currency: currency))
    }
}

extension ReplicaStore {
    /// Ingests, and works in all that follows, whatever the pace.
    @discardableResult
    func take(
        _ arrivals: [Arrival], wallMilliseconds: UInt64
    ) async throws -> (outcomes: [IngestOutcome], changes: Changes) {
        let (outcomes, changes) = try await ingest(arrivals, wallMilliseconds: wallMilliseconds)
        try await settle(wallMilliseconds: wallMilliseconds)
        return (outcomes, changes)
    }
}
