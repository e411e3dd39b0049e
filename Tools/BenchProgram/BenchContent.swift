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

    /// Of every code. Every second owner is a backer as well, so that the tree is some levels deep.
    func registrations() -> [Operation] {
        codes.enumerated().map { index, code in
            var record = Record()
            record.isImported = true
            record.source = Self.source
            record.person = pseudonyms.person(
                source: Self.source, externalID: Self.isBacker(ownerOf: index) ? "b\(index)" : "a\(index)")
            record.registration = Record.Registration(written: "\(code)", at: Int64(start))
            return Operation(publicPart: record.encoded(currency: currency))
        }
    }

    private static func isBacker(ownerOf code: Int) -> Bool { !code.isMultiple(of: 2) }

    /// Number `number` of `total`, each once: two fifths are backers, the others pledges.
    func update(_ number: Int, of total: Int) throws -> Operation {
        let index = (number * Self.stride(total)) % total
        let backers = total * 2 / 5
        guard index >= backers else { return try backer(index) }
        return try pledge("p\(index - backers)", dice: UInt64(index - backers) &* 2, among: backers)
    }

    /// One more, after all others: number 0 and up.
    func later(_ number: Int) throws -> Operation {
        try pledge("later\(number)", dice: UInt64(number) &+ 1 << 40, among: 5)
    }

    private func backer(_ number: Int) throws -> Operation {
        var dice = SplitMix64(seed: seed &+ UInt64(number) &* 2 &+ 1)
        let at = Int64(time(Double.random(in: 0..<1, using: &dice)))
        var record = Record()
        record.source = Self.source
        record.person = pseudonyms.person(source: Self.source, externalID: "b\(number)")
        record.joined = Record.Joined(at: at)
        // Who owns a code was brought by an older one: no circles.
        let older = number < codes.count && Self.isBacker(ownerOf: number) ? number : codes.count
        record.claim = Record.Claim(code: codes[Skew.rank(of: older, &dice)], at: at)
        return operation(record, RecordPrivate(externalID: "b\(number)"), &dice)
    }

    private func pledge(_ name: String, dice number: UInt64, among backers: Int) throws -> Operation {
        var dice = SplitMix64(seed: seed &+ number)
        let backer = Skew.backer(of: backers, &dice)
        var record = Record()
        record.source = Self.source
        record.person = pseudonyms.person(source: Self.source, externalID: "b\(backer)")
        var pledge = Record.Pledge(id: pseudonyms.pledge(source: Self.source, externalID: name))
        pledge.backer = .person
        pledge.at = Int64(time(Double.random(in: 0..<1, using: &dice)))
        pledge.amount = Amount(minor: Skew.amount(&dice), currency: currency)
        if Double.random(in: 0..<1, using: &dice) < Skew.pledgesWithCode {
            pledge.code = codes[Skew.rank(of: codes.count, &dice)]
        }
        record.pledge = pledge
        record.money = [Record.MoneyFact(kind: .confirm, amount: pledge.amount)]
        return operation(record, RecordPrivate(externalID: "b\(backer)", pledgeExternalID: name), &dice)
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
