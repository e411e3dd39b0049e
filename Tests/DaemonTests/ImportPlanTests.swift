import API
import Community
import Identity
import Storage
import Testing

@testable import Daemon

/// Rows compared with what is held: only what differs is written.
struct ImportPlanTests {
    private static let pseudonyms = Pseudonyms(personKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
    private static let now: Int64 = 1_800_000_000_000
    private let ana = Self.pseudonyms.person(source: "import", externalID: "ana")
    private let bob = Self.pseudonyms.person(source: "import", externalID: "bob")
    private let pledge = Self.pseudonyms.pledge(source: "import", externalID: "g-1")
    private let time: Int64 = 1_262_300_979_000
    private let sunny: CodeText
    private let rainy: CodeText

    init() throws {
        sunny = try #require(CodeText("SUNNY"))
        rainy = try #require(CodeText("RAINY"))
    }

    /// Plans rows of one kind, all of which read.
    private func plan(
        _ kind: RecordKind, _ text: String, held: HeldFacts = HeldFacts()
    ) throws -> (plan: ImportPlan, refusals: [RowRefusal]) {
        let columns = try ImportColumns(kind.columns.joined(separator: ","), of: kind)
        let reader = RowReader(
            kind: kind, columns: columns, source: "import", pseudonyms: Self.pseudonyms, latestMilliseconds: Self.now)
        let read = PartReader(Array(text.utf8), firstLine: 2, reader: reader)
        #expect(read.rejected == [])
        var plan = ImportPlan(held: held, source: "import", nowMilliseconds: Self.now)
        var refusals: [RowRefusal] = []
        for row in read.rows {
            do throws(RowRefusal) {
                try plan.add(row)
            } catch {
                refusals.append(error)
            }
        }
        return (plan, refusals)
    }

    private func record(_ change: (inout Record) throws -> Void) rethrows -> Record {
        var record = Record()
        record.isImported = true
        record.source = "import"
        try change(&record)
        return record
    }

    // MARK: Ambassadors

    @Test func `a new ambassador is registered, and the external id is told`() throws {
        let plan = try plan(.ambassadors, "ana,Sun-ny,2009-12-31T23:09:39Z\n").plan
        let expected = record {
            $0.person = ana
            $0.registration = Record.Registration(written: "Sun-ny", at: time)
        }
        #expect(plan.drafts.map(\.record) == [expected])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(externalID: "ana")])
        #expect(plan.unchanged == 0)
    }

    @Test func `a code that is registered already, then or earlier, is unchanged`() throws {
        let held = heldCode(registrant: ana, at: time)
        #expect(try plan(.ambassadors, "ana,SUNNY,2009-12-31T23:09:39Z\n", held: held).plan.unchanged == 1)
        #expect(try plan(.ambassadors, "ana,sunny,2010-12-31T23:09:39Z\n", held: held).plan.unchanged == 1)
        #expect(try plan(.ambassadors, "ana,SUNNY,\n", held: held).plan.unchanged == 1)
    }

    @Test func `an earlier date moves a registration`() throws {
        let held = heldCode(registrant: ana, at: time)
        let plan = try plan(.ambassadors, "ana,SUNNY,2008-12-31T23:09:39Z\n", held: held).plan
        #expect(plan.drafts.map(\.record.registration?.at) == [1_230_764_979_000])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(externalID: "ana")])
    }

    @Test func `a code of somebody else is refused, unless the date is earlier than theirs`() throws {
        let held = heldCode(registrant: bob, at: time)
        let late = try plan(.ambassadors, "ana,SUNNY,2009-12-31T23:09:39Z\nana,SUNNY,\n", held: held)
        #expect(late.plan.drafts.isEmpty)
        #expect(late.refusals.map(\.column) == ["code", "code"])
        #expect(try plan(.ambassadors, "ana,SUNNY,2008-12-31T23:09:39Z\n", held: held).plan.applied == 1)
    }

    @Test func `an own code is its owner's whatever is registered`() throws {
        var held = HeldFacts()
        held.codes[sunny] = HeldCode()
        held.codes[sunny]?.isOwn = true
        held.codes[sunny]?.owner = ana
        #expect(try plan(.ambassadors, "ana,SUNNY,\n", held: held).plan.unchanged == 1)
        #expect(try plan(.ambassadors, "bob,SUNNY,1999-12-31T23:09:39Z\n", held: held).refusals.count == 1)
    }

    private func heldCode(registrant: PersonID, at: Int64) -> HeldFacts {
        var held = HeldFacts()
        var code = HeldCode()
        code.owner = registrant
        code.registration = HeldRegistration(registrant: registrant, written: "SUNNY", at: at)
        held.codes[sunny] = code
        return held
    }

    // MARK: Backers

    @Test func `a new backer joins, and claims a code at that time`() throws {
        let plan = try plan(.backers, "ana,2009-12-31T23:09:39Z,sunny\nbob,2009-12-31T23:09:39Z,\n").plan
        let first = record {
            $0.person = ana
            $0.joined = Record.Joined(at: time)
            $0.claim = Record.Claim(code: sunny, at: time)
        }
        let second = record {
            $0.person = bob
            $0.joined = Record.Joined(at: time)
        }
        #expect(plan.drafts.map(\.record) == [first, second])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(externalID: "ana"), RecordPrivate(externalID: "bob")])
    }

    @Test func `a backer who is held is unchanged`() throws {
        let held = heldBacker(claims: [HeldClaim(code: sunny, at: time)])
        let rows = "ana,2009-12-31T23:09:39Z,SUNNY\nana,2009-12-31T23:09:39Z,\nana,,SUNNY\n"
        #expect(try plan(.backers, rows, held: held).plan.unchanged == 3)
    }

    @Test func `the row that export writes is unchanged, whenever the claim was made`() throws {
        let held = heldBacker(claims: [
            HeldClaim(code: sunny, at: time + 5_000), HeldClaim(code: rainy, at: time + 9_000),
        ])
        #expect(try plan(.backers, "ana,2009-12-31T23:09:39Z,SUNNY\n", held: held).plan.unchanged == 1)
        let other = try plan(.backers, "ana,2009-12-31T23:09:39Z,RAINY\n", held: held).plan
        #expect(other.drafts.map(\.record.claim) == [Record.Claim(code: rainy, at: time)])
        #expect(other.drafts.map(\.record.joined) == [nil])
    }

    @Test func `another date is written, and the external id is not told twice`() throws {
        var held = heldBacker(claims: [HeldClaim(code: sunny, at: time)])
        held.people[ana]?.isExternalIDHeld = true
        let plan = try plan(.backers, "ana,2010-01-02T00:59:08Z,\n", held: held).plan
        let expected = record {
            $0.person = ana
            $0.joined = Record.Joined(at: 1_262_393_948_000)
        }
        #expect(plan.drafts.map(\.record) == [expected])
        #expect(plan.drafts.map(\.told) == [RecordPrivate()])
    }

    @Test func `a row that comes twice counts once`() throws {
        let row = "ana,2009-12-31T23:09:39Z,SUNNY\n"
        let plan = try plan(.backers, row + row).plan
        #expect(plan.applied == 1)
        #expect(plan.unchanged == 1)
    }

    @Test func `rows that differ are each a change, and the last one stands`() throws {
        let rows = "ana,2009-12-31T23:09:39Z,SUNNY\nana,2010-12-31T23:09:39Z,SUNNY\nana,2010-12-31T23:09:39Z,RAINY\n"
        let plan = try plan(.backers, rows).plan
        #expect(plan.drafts.map(\.record.joined?.at) == [time, 1_293_836_979_000, nil])
        #expect(plan.drafts.map(\.record.claim?.code) == [sunny, sunny, rainy])
        #expect(plan.drafts.map(\.told.externalID) == ["ana", "", ""])
    }

    @Test func `a printed id means the person who has it, if there is one`() throws {
        var held = HeldFacts()
        held.people[ana] = HeldPerson()
        let known = try plan(.backers, "\(ana.hex),2009-12-31T23:09:39Z,\n", held: held).plan
        #expect(known.drafts.map(\.record.person) == [ana])
        #expect(known.drafts.map(\.told) == [RecordPrivate()])
        let unknown = try plan(.backers, "\(bob.hex),2009-12-31T23:09:39Z,\n", held: held).plan
        #expect(unknown.drafts.map(\.told) == [RecordPrivate(externalID: bob.hex)])
        #expect(unknown.drafts.map(\.record.person) != [bob])
    }

    private func heldBacker(claims: [HeldClaim]) -> HeldFacts {
        var held = HeldFacts()
        var person = HeldPerson()
        person.joinedAt = time
        person.claims = claims
        held.people[ana] = person
        return held
    }

    // MARK: Pledges

    private func row(_ status: PledgeStatus, amount: String = "10.00", backer: String = "ana", code: String = "")
        -> String
    {
        "g-1,\(backer),\(amount),USD,2009-12-31T23:09:39Z,\(status.rawValue),\(code)\n"
    }

    private func amount(_ minor: Int64) throws -> Amount { try #require(Amount(minor: minor, currency: .usd)) }

    private func confirm(_ minor: Int64) throws -> Record.MoneyFact {
        Record.MoneyFact(kind: .confirm, amount: try amount(minor))
    }

    private func refund(_ minor: Int64) throws -> Record.MoneyFact {
        Record.MoneyFact(kind: .refund, amount: try amount(minor))
    }

    @Test func `a new pledge writes every register, and the money of its status`() throws {
        let ten = try amount(1_000)
        let money: [PledgeStatus: [Record.MoneyFact]] = [
            .pledged: [], .paid: [try confirm(1_000)], .refunded: [try confirm(1_000), try refund(1_000)],
            .cancelled: [Record.MoneyFact(kind: .cancel)], .lapsed: [Record.MoneyFact(kind: .lapse)],
        ]
        for status in PledgeStatus.allCases {
            let plan = try plan(.pledges, row(status, code: "sunny")).plan
            let expected = record {
                $0.person = ana
                var registers = Record.Pledge(id: pledge)
                registers.backer = .person
                registers.at = time
                registers.code = .some(sunny)
                registers.amount = ten
                $0.pledge = registers
                $0.money = money[status] ?? []
            }
            #expect(plan.drafts.map(\.record) == [expected])
            #expect(plan.drafts.map(\.told) == [RecordPrivate(externalID: "ana", pledgeExternalID: "g-1")])
        }
    }

    @Test func `an anonymous pledge names nobody`() throws {
        let plan = try plan(.pledges, row(.paid, backer: "")).plan
        #expect(plan.drafts.map(\.record.person) == [nil])
        #expect(plan.drafts.map(\.record.pledge?.backer) == [.anonymous])
        #expect(plan.drafts.map(\.record.pledge?.code) == [.some(.some(nil))])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(pledgeExternalID: "g-1")])
    }

    @Test func `a payment of nothing is no payment`() throws {
        #expect(try plan(.pledges, row(.paid, amount: "0")).plan.drafts.map(\.record.money) == [[]])
    }

    private func held(
        _ state: PledgeState, amount minor: Int64 = 1_000, paid: Int64 = 0, refunded: Int64 = 0, code: CodeText? = nil,
        facts: [HeldMoneyFact] = []
    ) throws -> HeldFacts {
        var held = HeldFacts()
        var pledge = HeldPledge(amount: try amount(minor))
        pledge.number = 1
        pledge.backer = ana
        pledge.at = time
        pledge.code = code
        pledge.state = state
        pledge.paidMinor = paid
        pledge.refundedMinor = refunded
        pledge.facts = facts
        pledge.source = "import"
        held.pledges[self.pledge] = pledge
        held.people[ana] = HeldPerson()
        held.people[ana]?.isExternalIDHeld = true
        return held
    }

    private func fact(
        _ kind: Record.MoneyKind, _ minor: Int64 = 0, reference: String = "", isVoid: Bool = false,
        byHand: Bool = false
    ) throws -> HeldMoneyFact {
        HeldMoneyFact(
            kind: kind, reference: reference, amount: try amount(minor), isVoid: isVoid, isImported: !byHand)
    }

    @Test func `a pledge that is held is unchanged`() throws {
        let paid = try held(.paid, paid: 1_000, code: sunny, facts: [fact(.confirm, 1_000)])
        #expect(try plan(.pledges, row(.paid, code: "SUN-NY"), held: paid).plan.unchanged == 1)
        #expect(try plan(.pledges, row(.pledged), held: held(.pledged)).plan.unchanged == 1)
        let cancelled = try held(.cancelled, facts: [fact(.cancel)])
        #expect(try plan(.pledges, row(.cancelled), held: cancelled).plan.unchanged == 1)
    }

    @Test func `only registers that differ are written`() throws {
        let held = try held(.paid, paid: 1_000, facts: [fact(.confirm, 1_000)])
        let plan = try plan(.pledges, row(.paid, code: "SUNNY"), held: held).plan
        let expected = record {
            var registers = Record.Pledge(id: pledge)
            registers.code = .some(sunny)
            $0.pledge = registers
        }
        #expect(plan.drafts.map(\.record) == [expected])
        #expect(plan.drafts.map(\.told) == [RecordPrivate()])
    }

    @Test func `a code that is gone is written as none`() throws {
        let held = try held(.pledged, code: sunny)
        let plan = try plan(.pledges, row(.pledged), held: held).plan
        #expect(plan.drafts.map(\.record.pledge?.code) == [.some(.some(nil))])
    }

    @Test func `another backer is written with their id`() throws {
        let plan = try plan(.pledges, row(.pledged, backer: "bob"), held: held(.pledged)).plan
        #expect(plan.drafts.map(\.record.person) == [bob])
        #expect(plan.drafts.map(\.record.pledge?.backer) == [.person])
        #expect(plan.drafts.map(\.record.pledge?.amount) == [nil])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(externalID: "bob")])
    }

    @Test func `a pledge that has been paid since is confirmed, and no more is said`() throws {
        let plan = try plan(.pledges, row(.paid), held: held(.pledged)).plan
        let expected = try record {
            $0.moneyPledge = pledge
            $0.money = [try confirm(1_000)]
        }
        #expect(plan.drafts.map(\.record) == [expected])
    }

    @Test func `a corrected amount corrects what was paid`() throws {
        let held = try held(.paid, paid: 1_000, facts: [fact(.confirm, 1_000)])
        let plan = try plan(.pledges, row(.paid, amount: "12.00"), held: held).plan
        #expect(plan.drafts.map(\.record.pledge?.amount) == [try amount(1_200)])
        #expect(plan.drafts.map(\.record.money) == [[try confirm(1_200)]])
    }

    @Test func `money that is stated no more is withdrawn`() throws {
        let refunded = try held(
            .refunded, paid: 1_000, refunded: 1_000, facts: [fact(.confirm, 1_000), fact(.refund, 1_000)])
        let void = { (kind: Record.MoneyKind) in Record.MoneyFact(kind: kind, isVoid: true) }
        #expect(try plan(.pledges, row(.paid), held: refunded).plan.drafts.map(\.record.money) == [[void(.refund)]])
        #expect(
            try plan(.pledges, row(.pledged), held: refunded).plan.drafts.map(\.record.money) == [
                [void(.confirm), void(.refund)]
            ])
        let cancelled = try held(.cancelled, facts: [fact(.cancel)])
        #expect(
            try plan(.pledges, row(.lapsed), held: cancelled).plan.drafts.map(\.record.money) == [
                [Record.MoneyFact(kind: .lapse), void(.cancel)]
            ])
    }

    @Test func `what was booked by hand is not undone by a file that has not heard of it`() throws {
        let paid = try held(.paid, paid: 1_000, facts: [fact(.confirm, 1_000, byHand: true)])
        #expect(try plan(.pledges, row(.pledged), held: paid).plan.unchanged == 1)
        let cancelled = try held(.cancelled, facts: [fact(.cancel, byHand: true)])
        #expect(try plan(.pledges, row(.pledged), held: cancelled).plan.unchanged == 1)
        // Somebody else's news is still news.
        let news = try plan(.pledges, row(.refunded), held: paid).plan
        #expect(news.drafts.flatMap(\.record.money).map(\.kind) == [.refund])
    }

    @Test func `what was withdrawn is stated again`() throws {
        let held = try held(.pledged, facts: [fact(.confirm, 1_000, isVoid: true)])
        #expect(try plan(.pledges, row(.paid), held: held).plan.drafts.map(\.record.money) == [[try confirm(1_000)]])
        #expect(try plan(.pledges, row(.pledged), held: held).plan.unchanged == 1)
    }

    @Test func `partial refunds and payments under other references stay, where the status is the same`() throws {
        let partly = try held(.paid, paid: 1_000, refunded: 400, facts: [fact(.confirm, 1_000), fact(.refund, 400)])
        #expect(try plan(.pledges, row(.paid), held: partly).plan.unchanged == 1)
        let booked = try held(.paid, paid: 1_000, facts: [fact(.confirm, 1_000, reference: "stripe-1")])
        #expect(try plan(.pledges, row(.paid), held: booked).plan.unchanged == 1)
    }

    @Test func `payments under other references count towards what a row states`() throws {
        let facts = [try fact(.confirm, 1_000, reference: "stripe-1"), try fact(.refund, 400, reference: "stripe-2")]
        let held = try held(.paid, paid: 1_000, refunded: 400, facts: facts)
        #expect(try plan(.pledges, row(.refunded), held: held).plan.drafts.map(\.record.money) == [[try refund(600)]])
        #expect(
            try plan(.pledges, row(.paid, amount: "15.00"), held: held).plan.drafts.map(\.record.money) == [
                [try confirm(500)]
            ])
    }

    @Test func `a refund is of all that was paid, where that was more than the amount`() throws {
        let held = try held(.paid, paid: 1_500, facts: [fact(.confirm, 1_500, reference: "stripe-1")])
        #expect(try plan(.pledges, row(.refunded), held: held).plan.drafts.map(\.record.money) == [[try refund(1_500)]])
    }

    @Test func `a pledge that comes twice counts once, and one that differs is a change`() throws {
        let same = try plan(.pledges, row(.paid) + row(.paid)).plan
        #expect(same.applied == 1)
        #expect(same.unchanged == 1)
        let rows = row(.paid) + row(.refunded) + row(.refunded) + row(.paid, amount: "11.00")
        let plan = try plan(.pledges, rows).plan
        #expect(plan.unchanged == 1)
        #expect(
            plan.drafts.map(\.record.money) == [
                [try confirm(1_000)], [try refund(1_000)],
                [try confirm(1_100), Record.MoneyFact(kind: .refund, isVoid: true)],
            ])
        #expect(plan.drafts.map(\.told.pledgeExternalID) == ["g-1", "", ""])
    }

    @Test func `a pledge that only money facts name gets its registers, and its external id`() throws {
        var facts = HeldFacts()
        var pledge = HeldPledge(amount: .zero(.usd))
        pledge.state = .paid
        pledge.paidMinor = 1_000
        pledge.facts = [try fact(.confirm, 1_000)]
        facts.pledges[self.pledge] = pledge
        let plan = try plan(.pledges, row(.paid, backer: ""), held: facts).plan
        #expect(plan.drafts.map(\.record.pledge?.amount) == [try amount(1_000)])
        #expect(plan.drafts.map(\.record.pledge?.at) == [time])
        #expect(plan.drafts.map(\.record.money) == [[]])
        #expect(plan.drafts.map(\.told) == [RecordPrivate(pledgeExternalID: "g-1")])
    }

    @Test func `look-ups ask for all that a plan needs`() throws {
        let columns = try ImportColumns(RecordKind.pledges.columns.joined(separator: ","), of: .pledges)
        let reader = RowReader(
            kind: .pledges, columns: columns, source: "import", pseudonyms: Self.pseudonyms,
            latestMilliseconds: Self.now)
        let printed = "\(pledge.hex),\(bob.hex),1.00,USD,2009-12-31T23:09:39Z,paid,\n"
        let rows = PartReader(Array((row(.paid) + printed).utf8), firstLine: 2, reader: reader).rows
        let lookups = ImportLookups(rows)
        #expect(lookups.people.isSuperset(of: [ana, bob]))
        #expect(lookups.people.count == 3)
        #expect(lookups.pledges.count == 2)
        #expect(lookups.pledges.contains(pledge))
        #expect(!lookups.wantsClaims)
    }
}
