import AuthorLog
import Community
import Identity
import Testing

@Suite struct PermissionTests {
    private static let pseudonyms = FoldRules.testPseudonyms
    private static let member = MemberID(raw: Bytes16([UInt8](repeating: 1, count: 16)) ?? .zero)
    private static let stranger = MemberID(raw: Bytes16([UInt8](repeating: 2, count: 16)) ?? .zero)
    private static let person = pseudonyms.person(source: "shop", externalID: "1")
    private static let nonce = Bytes16([UInt8](repeating: 3, count: 16)) ?? .zero
    private static let ownPledge = pseudonyms.pledge(by: member, nonce: nonce)
    private static let foreignPledge = pseudonyms.pledge(source: "shop", externalID: "1")

    /// A fact, how it is stated, and who may: observers, ambassadors, treasurers of no source, treasurers of `shop`, stewards.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let may: String
        let record: Record
        var testDescription: String { name }

        init(_ name: String, _ may: String, _ state: (inout Record) -> Void) {
            var record = Record()
            state(&record)
            self.name = name
            self.may = may
            self.record = record
        }
    }

    private static func money(_ kind: Record.MoneyKind, isVoid: Bool = false) -> [Record.MoneyFact] {
        let currency = Currency("USD")
        let amount = currency.flatMap { Amount(minor: 1, currency: $0) }
        return [Record.MoneyFact(kind: kind, amount: kind.carriesAmount && !isVoid ? amount : nil, isVoid: isVoid)]
    }

    static let rows = [
        Row("a person", "-ATTS") { $0.person = person },
        Row("joined", "-ATTS") { ($0.person, $0.joined) = (person, .init(at: nil)) },
        Row("a claim", "-ATTS") {
            $0.person = person
            $0.claim = .init(code: CodeText(ownCodeOf: person.raw), at: nil)
        },
        Row("an import", "----S") { ($0.person, $0.isImported) = (person, true) },
        Row("an own code", "----S") { ($0.person, $0.ownCode) = (person, true) },
        Row("a registered code", "----S") { ($0.person, $0.registration) = (person, .init(written: "A", at: nil)) },
        Row("an unlink", "-ATTS") { ($0.person, $0.unlink) = (person, .init(at: nil)) },
        Row("a suspension", "----S") { ($0.person, $0.suspension) = (person, .suspended) },
        Row("the end of a suspension", "----S") { ($0.person, $0.suspension) = (person, .lifted) },
        Row("an own pledge", "-ATTS") { ($0.pledge, $0.pledgeNonce) = (.init(id: ownPledge), nonce) },
        Row("an own pledge without its proof", "----S") { $0.pledge = .init(id: ownPledge) },
        Row("a pledge of an unstated source", "----S") { $0.pledge = .init(id: foreignPledge) },
        Row("a pledge of the shop", "---TS") { ($0.pledge, $0.source) = (.init(id: foreignPledge), "shop") },
        Row("a pledge of another source", "----S") { ($0.pledge, $0.source) = (.init(id: foreignPledge), "shop2") },
        Row("a foreign pledge with a proof of another", "----S") {
            ($0.pledge, $0.pledgeNonce) = (.init(id: foreignPledge), nonce)
        },
        // The proof is about one pledge and the register writes go to another.
        Row("a foreign pledge beside the payment id of an own one", "----S") {
            ($0.pledge, $0.moneyPledge, $0.pledgeNonce) = (.init(id: foreignPledge), ownPledge, nonce)
        },
        Row("a foreign pledge with the cancellation of an own one", "----S") {
            ($0.pledge, $0.moneyPledge, $0.pledgeNonce) = (.init(id: foreignPledge), ownPledge, nonce)
            $0.money = money(.cancel)
        },
        Row("an own pledge with the cancellation of a foreign one", "--TTS") {
            ($0.pledge, $0.moneyPledge, $0.pledgeNonce) = (.init(id: ownPledge), foreignPledge, nonce)
            $0.money = money(.cancel)
        },
        Row("a payment", "--TTS") { ($0.moneyPledge, $0.money) = (foreignPledge, money(.confirm)) },
        Row("a payment of an own pledge", "--TTS") {
            ($0.moneyPledge, $0.pledgeNonce, $0.money) = (ownPledge, nonce, money(.confirm))
        },
        Row("a refund", "--TTS") { ($0.moneyPledge, $0.money) = (foreignPledge, money(.refund)) },
        Row("a void", "--TTS") { ($0.moneyPledge, $0.money) = (foreignPledge, money(.confirm, isVoid: true)) },
        Row("a lapse", "--TTS") { ($0.moneyPledge, $0.money) = (foreignPledge, money(.lapse)) },
        Row("a lapse of an own pledge", "--TTS") {
            ($0.moneyPledge, $0.pledgeNonce, $0.money) = (ownPledge, nonce, money(.lapse))
        },
        Row("a cancellation", "--TTS") { ($0.moneyPledge, $0.money) = (foreignPledge, money(.cancel)) },
        Row("a cancellation of an own pledge", "-ATTS") {
            ($0.moneyPledge, $0.pledgeNonce, $0.money) = (ownPledge, nonce, money(.cancel))
        },
        Row("a cancellation and a payment of an own pledge", "--TTS") {
            ($0.moneyPledge, $0.pledgeNonce, $0.money) = (ownPledge, nonce, money(.cancel) + money(.confirm))
        },
    ]

    private static let columns: [(Role, [String])] = [
        (.observer, ["shop"]), (.ambassador, ["shop"]), (.treasurer, []), (.treasurer, ["shop"]), (.steward, []),
    ]

    @Test(arguments: rows) func `each role may state what the table says`(row: Row) {
        let allowed = Self.columns.map { role, sources in
            let right = Right.test(role, member: Self.member, sources: sources)
            return Permission.allows(row.record, under: right, pseudonyms: Self.pseudonyms)
        }
        #expect(allowed == row.may.map { $0 != "-" }, "\(row.name)")
        let none = Right.test(.none, member: Self.member, sources: ["shop"])
        #expect(!Permission.allows(row.record, under: none, pseudonyms: Self.pseudonyms))
    }

    @Test func `another member's nonce proves nothing`() {
        var record = Record()
        (record.pledge, record.pledgeNonce) = (.init(id: Self.ownPledge), Self.nonce)
        let right = Right.test(.ambassador, member: Self.stranger)
        #expect(!Permission.allows(record, under: right, pseudonyms: Self.pseudonyms))
    }

    @Test func `one fact without the right takes the whole record along`() {
        var record = Record()
        record.person = Self.person
        record.joined = .init(at: nil)
        record.ownCode = true
        let right = Right.test(.treasurer, member: Self.member)
        #expect(!Permission.allows(record, under: right, pseudonyms: Self.pseudonyms))
    }

    /// Found in review: sources were compared as characters, in which two spellings of é are one.
    @Test func `a source is compared byte for byte`() {
        var record = Record()
        (record.pledge, record.source) = (.init(id: Self.foreignPledge), "caf\u{E9}")
        for (sources, isAllowed) in [(["caf\u{E9}"], true), (["cafe\u{301}"], false)] {
            let right = Right.test(.treasurer, member: Self.member, sources: sources)
            #expect(Permission.allows(record, under: right, pseudonyms: Self.pseudonyms) == isAllowed)
        }
    }

    @Test func `the record of one without the right is skipped and leaves nothing`() throws {
        var record = Record()
        record.person = Self.person
        record.joined = .init(at: nil)
        var node = TestNode(rules: try .test(created: 0), logs: [.test(1)])
        try node.apply([
            Act(
                time: HybridTime(milliseconds: 1) ?? .zero, log: .test(1), position: 4,
                right: .test(.observer, member: Self.member), content: .record(record))
        ])
        #expect(node.store.people.isEmpty)
        #expect(node.store.skipped.map(\.reason) == [.notPermitted])
        #expect(node.store.skipped.map(\.position) == [4])
    }
}
