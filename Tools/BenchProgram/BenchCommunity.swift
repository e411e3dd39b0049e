import AuthorLog
import Community
import Foundation
import Founding
import Identity

/// A founded home, a steward beside the founder, and what they wrote so that many authors may write.
struct BenchCommunity {
    let home: Home
    let charter: Charter
    let personKey: SecretBytes
    let content: BenchContent
    let now: UInt64
    /// Runs by the steward and, as far as they are let in, by the authors.
    private(set) var authority: [[UInt8]] = []

    private let order: SignedRootOrder
    private let seed: UInt64

    /// Everything is dated in the year before `now`.
    init(folder: String, seed: UInt64) throws {
        now = UInt64(Date().timeIntervalSince1970 * 1_000)
        let founded = try found(
            home: folder + "/home",
            options: FoundingOptions(title: "Bench", currency: "USD", rootKeyPath: folder + "/root-key"),
            nowMilliseconds: now - Self.year)
        home = try Home.open(at: founded.home)
        charter = try home.charter()
        personKey = try home.personKey()
        self.seed = seed
        content = try BenchContent(
            personKey: personKey, seed: seed, codeCount: Self.codeCount, from: now - Self.year, to: now)
        let root = try RootSigner(keyFile: founded.rootKeyFile, charter: charter, home: home)
        order = try root.sign(
            .grant(Grant(subject: Self.key(0, seed).publicKey(), role: .steward)), serial: 2,
            nowMilliseconds: now - Self.year + 1)
    }

    static let codeCount = 300
    static let year: UInt64 = 365 * 86_400_000

    /// As many authors as asked for, treasurers all; the steward lets them in, and registers the codes.
    mutating func authors(_ count: Int, updates: Int) throws -> [BenchAuthor] {
        let start = now - Self.year + 60_000
        var steward = try author(0)
        var bundles = [try steward.present(Presentation(order: order), wallMilliseconds: start).bundle]
        var chains: [Excerpt] = []
        let keys: [MemberKey] = try (1...count).map { try Self.key($0, seed).publicKey() }
        for first in stride(from: 0, to: count, by: AuthorLog.Limits.authorityOperationLimit) {
            let grants = try keys[first..<min(first + AuthorLog.Limits.authorityOperationLimit, count)].map {
                Operation(try Grant(subject: $0, role: .treasurer, sources: [BenchContent.source]))
            }
            let bundle = try steward.write(grants, wallMilliseconds: start).bundle
            bundles.append(bundle)
            chains += try grants.indices.map { try Excerpt(of: bundle, index: $0) }
        }
        bundles.append(try steward.write(content.registrations(), wallMilliseconds: start).bundle)
        authority.append(BenchAuthor.run(bundles))
        let shares = Skew.shares(of: updates, among: count)
        var offset = 0
        return try (1...count).map { number in
            var author = try author(number)
            let presentation = try Presentation(order: order, excerpts: [chains[number - 1]])
            authority.append(
                BenchAuthor.run([try author.present(presentation, wallMilliseconds: start + 60_000).bundle]))
            defer { offset += shares[number - 1] }
            return BenchAuthor(
                number: number, seed: seed, charter: charter, state: author.state, clock: author.clock,
                updates: offset..<offset + shares[number - 1], total: updates)
        }
    }

    private func author(_ number: Int) throws -> Author {
        let key = try Self.key(number, seed)
        let log = LogID(member: key.publicKey(), incarnation: Incarnation(number: 1, random: UInt64(number)))
        return try Author(
            state: LogState(log: log, community: charter.id), clock: HybridClock(last: .zero), charter: charter,
            key: key)
    }

    /// The steward's is 0, the authors' are 1 and up.
    static func key(_ number: Int, _ seed: UInt64) throws -> SigningKey {
        let name = Array("\(seed) \(number)".utf8)
        return try SigningKey(
            seed: SecretBytes(copying: BLAKE2b.hash256(name, personal: BLAKE2b.Personal("bench/key")).bytes))
    }
}

/// Who writes a share of the updates.
///
/// The key is made anew whenever he writes: secrets lie in pages of their own, and the kernel has not so many for one process.
struct BenchAuthor: Sendable {
    let number: Int
    let seed: UInt64
    let charter: Charter
    private(set) var state: LogState
    private(set) var clock: HybridClock
    /// Of all, by number.
    let updates: Range<Int>
    let total: Int

    init(
        number: Int, seed: UInt64, charter: Charter, state: LogState, clock: HybridClock, updates: Range<Int>,
        total: Int
    ) {
        self.number = number
        self.seed = seed
        self.charter = charter
        self.state = state
        self.clock = clock
        self.updates = updates
        self.total = total
    }

    /// The round's part of the share, in runs of what a node would serve at once.
    mutating func write(
        round: Int, of rounds: Int, atOnce: Int, _ content: BenchContent
    ) throws -> [[UInt8]] {
        let first = updates.lowerBound + updates.count * round / rounds
        let end = updates.lowerBound + updates.count * (round + 1) / rounds
        guard first < end else { return [] }
        var author = try Author(
            state: state, clock: clock, charter: charter, key: try BenchCommunity.key(number, seed))
        var bundles: [AuthorLog.Bundle] = []
        for start in stride(from: first, to: end, by: atOnce) {
            let operations = try (start..<min(start + atOnce, end)).map { try content.update($0, of: total) }
            let time = content.time(Double(start - updates.lowerBound) / Double(max(1, updates.count)))
            bundles.append(try author.write(operations, wallMilliseconds: time).bundle)
        }
        (state, clock) = (author.state, author.clock)
        return [Self.run(bundles)]
    }

    /// With the signatures that everybody keeps, and the last.
    static func run(_ bundles: [AuthorLog.Bundle]) -> [UInt8] {
        guard let first = bundles.first?.header else { return [] }
        var writer = RunWriter(
            RunHead(community: first.community, log: first.log, firstPosition: first.position, previous: first.previous)
        )
        for (index, bundle) in bundles.enumerated() {
            let isKept = bundle.keepsSignature || index == bundles.count - 1
            writer.append(
                time: bundle.header.time, operationCount: bundle.header.operationCount, body: bundle.body[...],
                signature: isKept ? bundle.signature : nil)
        }
        return writer.bytes
    }
}
