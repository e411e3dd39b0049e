import AuthorLog
import Community
import Identity
import Sync

/// What is written: each update a function of its number, so that any author may write it.
struct BenchContent: Sendable {
    private let pseudonyms: Pseudonyms
    private let currency: Currency
    private let seed: UInt64
    private let codes: [CodeText]
    private let start: UInt64
    private let end: UInt64

    init(personKey: SecretBytes, seed: UInt64, codeCount: Int, from start: UInt64, to end: UInt64) throws {
        guard let currency = Currency("USD") else { throw BenchError.notTaken("USD") }
        pseudonyms = Pseudonyms(personKey: personKey)
        self.currency = currency
        self.seed = seed
        (self.start, self.end) = (start, end)
        codes = (0..<codeCount).compactMap { CodeText("VINE\(1_000 + $0)") }
    }

    /// Unix milliseconds at that share of the year, the first and last day left out.
    func time(_ share: Double) -> UInt64 {
        let day: UInt64 = 86_400_000
        return start + day + UInt64(Double(end - start - 2 * day) * min(1, max(0, share)))
    }

    /// Of every code, for a person of its own.
    func registrations() -> [Operation] {
        codes.enumerated().map { index, code in
            var record = Record()
            record.isImported = true
            record.source = Self.source
            record.person = pseudonyms.person(source: Self.source, externalID: "a\(index)")
            record.registration = Record.Registration(written: "\(code)", at: Int64(start))
            return Operation(publicPart: record.encoded(currency: currency))
        }
    }

    /// Number `number` of `total`, each once: two fifths are backers, the others pledges.
    func update(_ number: Int, of total: Int) throws -> Operation {
        let index = (number * Self.stride(total)) % total
        let backers = total * 2 / 5
        return index < backers ? try backer(index) : try pledge(index - backers, among: backers)
    }

    private func backer(_ number: Int) throws -> Operation {
        var dice = SplitMix64(seed: seed &+ UInt64(number) &* 2 &+ 1)
        let at = Int64(time(Double.random(in: 0..<1, using: &dice)))
        var record = Record()
        record.source = Self.source
        record.person = pseudonyms.person(source: Self.source, externalID: "b\(number)")
        record.joined = Record.Joined(at: at)
        if Double.random(in: 0..<1, using: &dice) < Skew.withCode {
            record.claim = Record.Claim(code: codes[Skew.rank(of: codes.count, &dice)], at: at)
        }
        return operation(record, RecordPrivate(externalID: "b\(number)"), &dice)
    }

    private func pledge(_ number: Int, among backers: Int) throws -> Operation {
        var dice = SplitMix64(seed: seed &+ UInt64(number) &* 2)
        let backer = Skew.backer(of: backers, &dice)
        var record = Record()
        record.source = Self.source
        record.person = pseudonyms.person(source: Self.source, externalID: "b\(backer)")
        var pledge = Record.Pledge(id: pseudonyms.pledge(source: Self.source, externalID: "p\(number)"))
        pledge.backer = .person
        pledge.at = Int64(time(Double.random(in: 0..<1, using: &dice)))
        pledge.amount = Amount(minor: Skew.amount(&dice), currency: currency)
        record.pledge = pledge
        record.money = [Record.MoneyFact(kind: .confirm, amount: pledge.amount)]
        return operation(record, RecordPrivate(externalID: "b\(backer)", pledgeExternalID: "p\(number)"), &dice)
    }

    private func operation(_ record: Record, _ told: RecordPrivate, _ dice: inout SplitMix64) -> Operation {
        var salt: [UInt8] = []
        for _ in 0..<2 { withUnsafeBytes(of: dice.next()) { salt.append(contentsOf: $0) } }
        let part: Operation.PrivatePart = Bytes16(salt).map { .held(salt: $0, bytes: told.encoded) } ?? .none
        return Operation(publicPart: record.encoded(currency: currency), privatePart: part)
    }

    static let source = "shop"

    /// Shares no divisor with `total`, so that every number is met once.
    private static func stride(_ total: Int) -> Int {
        var stride = total * 382 / 1_000 | 1
        while Self.divisor(stride, total) != 1 { stride += 2 }
        return stride
    }

    private static func divisor(_ one: Int, _ other: Int) -> Int { other == 0 ? one : divisor(other, one % other) }
}
