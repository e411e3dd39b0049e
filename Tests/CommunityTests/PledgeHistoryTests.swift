import AuthorLog
import Community
import Identity
import Testing

@Suite struct PledgeHistoryTests {
    private static let pseudonyms = FoldRules.testPseudonyms
    private static let pledge = pseudonyms.pledge(source: "shop", externalID: "1")
    private static let ana = pseudonyms.person(source: "shop", externalID: "ana")

    private var order: LogOrder {
        var order = LogOrder()
        order.set(.test(1), number: 1)
        return order
    }

    /// A record written at a second, with what it states of the pledge.
    private func entry(_ second: UInt64, _ state: (inout Record) throws -> Void) rethrows -> PledgeHistory.Entry {
        var record = Record()
        try state(&record)
        let time = HybridTime(milliseconds: second * 1_000) ?? .zero
        return .init(stamp: Stamp(time: time, log: 1, position: second), record: record)
    }

    private func amount(_ minor: Int64, _ currency: String = "USD") throws -> Amount {
        let currency = try #require(Currency(currency))
        return try #require(Amount(minor: minor, currency: currency))
    }

    private func events(_ entries: [PledgeHistory.Entry]) throws -> [PledgeHistory.Event] {
        PledgeHistory.events(entries, of: Self.pledge, currency: try #require(Currency("USD")), order: order)
    }

    private func changed(_ second: UInt64, to minor: Int64, _ currency: String = "USD") throws -> PledgeHistory.Entry {
        try entry(second) {
            $0.pledge = .init(id: Self.pledge)
            $0.pledge?.amount = try amount(minor, currency)
        }
    }

    private func paid(
        _ second: UInt64, _ reference: String, _ minor: Int64?, isVoid: Bool = false
    ) throws -> PledgeHistory.Entry {
        try entry(second) {
            $0.moneyPledge = Self.pledge
            $0.money = [
                .init(kind: .confirm, reference: reference, amount: try minor.map { try amount($0) }, isVoid: isVoid)
            ]
        }
    }

    @Test func `each register tells what it was before, and only the latest write counts`() throws {
        let first = try entry(1) {
            $0.person = Self.ana
            $0.pledge = .init(id: Self.pledge)
            $0.pledge?.backer = .person
            $0.pledge?.at = 0
            $0.pledge?.code = .some(nil)
            $0.pledge?.visibility = 0
            $0.pledge?.amount = try amount(1_250)
        }
        // Late and out of order: the order of arrival is nobody's business.
        let events = try events([try changed(9, to: 2_000), first, try changed(5, to: 1_500)])
        #expect(
            events.map(\.change) == [
                .register(.backer, from: nil, to: .person(Self.ana)), .register(.at, from: nil, to: .time(1_000)),
                .register(.amount, from: nil, to: .amount(try amount(1_250))),
                .register(.amount, from: .amount(try amount(1_250)), to: .amount(try amount(1_500))),
                .register(.amount, from: .amount(try amount(1_500)), to: .amount(try amount(2_000))),
            ])
        #expect(events.map(\.standing) == [.counts, .counts, .overtaken, .overtaken, .counts])
        #expect(events.map(\.stamp.position) == [1, 1, 1, 5, 9])
    }

    @Test func `a reversal is a line of its own, linked by its reference, and the payment's line stays as it is`()
        throws
    {
        let payment = try paid(1, "tx-1", 1_000)
        let refund = try entry(2) {
            $0.moneyPledge = Self.pledge
            $0.money = [.init(kind: .refund, reference: "tx-1", amount: try amount(400))]
        }
        let before = try events([payment])
        let after = try events([refund, payment])
        #expect(after.first == before.first && after.count == 2)
        #expect(
            after.last?.change
                == .money(kind: .refund, reference: "tx-1", amount: try amount(400), isVoid: false))
        #expect(after.map(\.standing) == [.counts, .counts])
    }

    @Test func `taking a code away is a change, and naming one first is told from none`() throws {
        let code = try #require(CodeText("SUNNY"))
        let entries = [nil, code, nil].enumerated().map { second, code in
            entry(UInt64(second)) {
                $0.pledge = .init(id: Self.pledge)
                $0.pledge?.code = .some(code)
            }
        }
        #expect(
            try events(entries).map(\.change) == [
                .register(.code, from: .noCode, to: .code(code)), .register(.code, from: .code(code), to: .noCode),
            ])
    }

    @Test func `of one reference the latest payment counts, a void among them`() throws {
        let events = try events([
            try paid(1, "a", 500), try paid(2, "b", 300), try paid(3, "a", 600), try paid(4, "b", nil, isVoid: true),
        ])
        #expect(events.map(\.standing) == [.overtaken, .overtaken, .counts, .void])
        let again = try self.events([
            try paid(1, "b", 300), try paid(2, "b", nil, isVoid: true), try paid(3, "b", 300),
        ])
        #expect(again.map(\.standing) == [.overtaken, .overtaken, .counts])
    }

    @Test func `money in another currency than the pledge is now counts as nothing`() throws {
        let entries = [try changed(1, to: 100), try paid(2, "", 100), try changed(3, to: 9, "EUR")]
        #expect(try events(entries).map(\.standing) == [.overtaken, .otherCurrency, .counts])
        // A pledge that nobody gave an amount is in the community's.
        #expect(try events([try paid(2, "", 100)]).map(\.standing) == [.counts])
    }

    @Test func `of two facts of one record about the same the first counts`() throws {
        let entry = try entry(1) {
            $0.moneyPledge = Self.pledge
            $0.money = [.init(kind: .confirm, amount: try amount(5)), .init(kind: .confirm, amount: try amount(6))]
        }
        #expect(try events([entry]).map(\.standing) == [.counts, .overtaken])
    }

    @Test func `what a record says of another pledge is not this one's`() throws {
        let other = Self.pseudonyms.pledge(source: "shop", externalID: "2")
        let entry = try entry(1) {
            $0.pledge = .init(id: other)
            $0.pledge?.amount = try amount(5)
            $0.moneyPledge = Self.pledge
            $0.money = [.init(kind: .cancel)]
        }
        #expect(try events([entry]).map(\.change) == [.money(kind: .cancel, reference: "", amount: nil, isVoid: false)])
    }

    /// Over random communities, read back as a node does: from the stamps of what counts and of what was overtaken.
    @Test func `what counts in a history is what the fold has kept`() throws {
        for seed in 0..<40 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let community = try RandomCommunity(dice: &dice, actCount: 80)
            var node = TestNode(rules: community.rules, logs: community.logs)
            try node.apply(community.acts)
            let order = node.fold.order
            for pledge in node.store.pledges.values {
                let money = pledge.money.facts
                let overtaken = node.store.overtaken.filter { $0.pledge == pledge.number }.map(\.stamp)
                let stamps = Set(
                    Writers.Register.allCases.compactMap { pledge.writers[$0] } + money.map(\.stamp) + overtaken)
                let entries = try stamps.map { stamp in
                    let act = try #require(
                        community.acts.first { $0.log == order.log(stamp.log) && $0.position == stamp.position })
                    guard case .record(let record) = act.content else { throw RecordError.empty }
                    return PledgeHistory.Entry(stamp: stamp, record: record)
                }
                let events = PledgeHistory.events(
                    entries, of: pledge.id, currency: community.rules.currency, order: order)
                let standing = events.filter { $0.standing != .overtaken }
                for register in Writers.Register.allCases {
                    let writes = standing.filter {
                        if case .register(register, _, _) = $0.change { true } else { false }
                    }
                    #expect(writes.count <= 1, "seed \(seed)")
                    if let write = writes.first { #expect(write.stamp == pledge.writers[register], "seed \(seed)") }
                }
                let facts = standing.compactMap { event -> String? in
                    guard case .money(let kind, let reference, _, let isVoid) = event.change else { return nil }
                    return "\(kind) \(Array(reference.utf8)) \(isVoid) \(event.stamp)"
                }
                let kept = money.map { "\($0.kind) \(Array($0.reference.utf8)) \($0.isVoid) \($0.stamp)" }
                #expect(facts.sorted() == kept.sorted(), "seed \(seed)")
                let paid = standing.compactMap { event -> Int64? in
                    guard event.standing == .counts, case .money(.confirm, _, let amount, _) = event.change else {
                        return nil
                    }
                    return amount?.minor
                }
                #expect(paid.reduce(0, +) == pledge.paid, "seed \(seed)")
                // Nothing that was permitted and wrote something is missing.
                let complete = Set(
                    community.acts.filter { act in
                        guard case .record(let record) = act.content else { return false }
                        let isAbout =
                            record.pledge?.id == pledge.id || (record.paidPledge == pledge.id && !record.money.isEmpty)
                        let writes =
                            record.pledge.map {
                                $0.id == pledge.id
                                    && ($0.backer != nil || $0.at != nil || $0.code != nil || $0.visibility != nil
                                        || $0.amount != nil)
                            } ?? false
                        return isAbout && (writes || (record.paidPledge == pledge.id && !record.money.isEmpty))
                            && Permission.allows(record, under: act.right, pseudonyms: community.rules.pseudonyms)
                    }.map { "\($0.log) \($0.position)" })
                #expect(Set(stamps.map { "\(order.log($0.log)) \($0.position)" }) == complete, "seed \(seed)")
            }
        }
    }
}
