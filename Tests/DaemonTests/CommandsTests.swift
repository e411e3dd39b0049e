import API
import AuthorLog
import Community
import Identity
import Storage
import Testing

@testable import Daemon

/// Commands against a real record.
struct CommandsTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure {
        try await #require(throws: Failure.self) { _ = try await body() }
    }

    private func updates(_ node: Node) async throws -> UInt64 { try await node.store.recordFigures().updates }

    private let past = Timestamp("2014-01-06T11:41:00Z")

    // MARK: People

    @Test func `a backer is added once, whatever is said again`() async throws {
        try await CommandsCommunity.with { node in
            let ana = NewPerson(external: " ana ", name: "Ana", joinedAt: past)
            #expect(try await node.answer(AddBacker(ana)).person == "ana")
            let before = try await updates(node)
            #expect(try await node.answer(AddBacker(ana)).person == "ana")
            #expect(try await node.answer(AddBacker(NewPerson(external: "ana"))).person == "ana")
            #expect(try await updates(node) == before)
            _ = try await node.answer(AddBacker(NewPerson(external: "ana", name: "Anna")))
            #expect(try await updates(node) == before + 1)
            let row = try await node.answer(ShowBacker(PersonReference("ana")))
            #expect(row.name == "Anna")
            #expect(row.joinedAt == past)
            #expect(try await node.answer(GetTotals()).backers == 1)
        }
    }

    @Test func `a person is one by contact, by source, and by id`() async throws {
        try await CommandsCommunity.with { node in
            let printed = try await node.answer(AddBacker(NewPerson(contact: "Ana@Example.org"))).person
            #expect(PersonID(hex: printed) != nil)
            #expect(try await node.answer(AddBacker(NewPerson(contact: "ana@example.org "))).person == printed)
            for name in [printed, "ANA@example.org"] {
                #expect(try await node.answer(ShowBacker(PersonReference(name))).id == printed)
            }
            _ = try await node.answer(AddBacker(NewPerson(external: "1", source: "shop")))
            _ = try await node.answer(AddBacker(NewPerson(external: "1", source: "stall")))
            #expect(try await node.answer(GetTotals()).backers == 3)
            let ambiguous = try await refusal { try await node.answer(ShowBacker(PersonReference("1"))) }
            #expect(ambiguous.code == .ambiguous)
            #expect(ambiguous.message.contains("shop and in stall"))
            let shown = try await node.answer(ShowBacker(PersonReference("1", source: "shop")))
            #expect(shown.backer == "1")
        }
    }

    @Test func `a person needs exactly one name`() async throws {
        try await CommandsCommunity.with { node async throws in
            for person in [
                NewPerson(), NewPerson(external: "a", contact: "a@b"), NewPerson(source: "shop", contact: "a@b"),
            ] {
                #expect(try await refusal { try await node.answer(AddBacker(person)) }.code == .usage)
            }
            #expect(
                try await refusal { try await node.answer(AddBacker(NewPerson(external: "a\nb"))) }.code == .text)
            let future = NewPerson(external: "a", joinedAt: Timestamp("2999-01-01T00:00:00Z"))
            #expect(try await refusal { try await node.answer(AddBacker(future)) }.code == .time)
            #expect(try await updates(node) == 0)
        }
    }

    @Test func `a code that nobody owns is refused, unless that is wanted`() async throws {
        try await CommandsCommunity.with { node in
            let unknown = NewPerson(external: "ana", code: "SUNNY")
            #expect(try await refusal { try await node.answer(AddBacker(unknown)) }.code == .codeUnknown)
            #expect(try await updates(node) == 0)
            _ = try await node.answer(AddBacker(NewPerson(external: "ana", code: "sun-ny", allowUnknown: true)))
            #expect(try await node.answer(ShowBacker(PersonReference("ana"))).ambassador == nil)
            let bob = NewPerson(external: "bob")
            #expect(try await node.answer(AddAmbassador(bob, registered: "Sunny")).code == "Sunny")
            let ana = try await node.answer(ShowBacker(PersonReference("ana")))
            #expect(ana.ambassador == "bob")
            #expect(ana.code == "Sunny")
            let bad = NewPerson(external: "eve", code: "no code!")
            #expect(try await refusal { try await node.answer(AddBacker(bad)) }.code == .codeForm)
        }
    }

    @Test func `an ambassador has the registered code, or else an own one, and is no backer for it`() async throws {
        try await CommandsCommunity.with { node in
            let ana = NewPerson(external: "ana")
            let own = try await node.answer(AddAmbassador(ana))
            #expect(CodeText(own.code)?.isOwnCodeForm == true)
            let before = try await updates(node)
            #expect(try await node.answer(AddAmbassador(ana)) == own)
            #expect(try await updates(node) == before)
            let bob = NewPerson(external: "bob", code: own.code)
            #expect(try await node.answer(AddAmbassador(bob, registered: "Rain-y")).code == "Rain-y")
            #expect(try await node.answer(AddAmbassador(bob, registered: "RAINY")).code == "Rain-y")
            #expect(try await node.answer(AddAmbassador(bob)).code == "Rain-y")
            let cai = NewPerson(external: "cai", joinedAt: past)
            for _ in 1...2 { _ = try await node.answer(AddAmbassador(cai, registered: "SNOWY")) }
            #expect(try await updates(node) == before + 2)
            #expect(try await node.answer(GetTotals()).backers == 0)
            #expect(try await node.answer(GetTotals()).ambassadors == 3)
            #expect(try await node.answer(ShowAmbassador(PersonReference(own.code))).brought == 1)
            let taken = try await refusal { try await node.answer(AddAmbassador(ana, registered: "RAINY")) }
            #expect(taken.code == .codeTaken)
        }
    }

    /// Found by hand: who was added by contact stood on the board as 32 hex digits, whatever their name.
    @Test func `figures call a person as the record does`() async throws {
        try await CommandsCommunity.with { node in
            let ben = NewPerson(contact: "ben@example.org", name: "Ben")
            let id = try await node.answer(AddAmbassador(ben, registered: "BEN-1")).person
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe", code: "BEN-1")))
            let place = try #require(try await node.answer(GetLeaderboard()).rows.first)
            #expect(place.ambassador == id && place.name == "Ben")
            let tree = try await node.answer(GetReferralTree(code: "BEN-1"))
            #expect(tree.ambassador == id && tree.name == "Ben" && tree.children.map(\.name) == [nil])
            let path = try await node.answer(GetReferralPath(PersonReference("zoe")))
            #expect(path == GetReferralPath.Answer(path: ["zoe", id], names: [nil, "Ben"]))
            _ = try await node.answer(AddAmbassador(NewPerson(external: "cai")))
            #expect(try await node.answer(GetReferralPath(PersonReference("cai"))).names == nil)
        }
    }

    @Test func `codes are added to those who are known`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "ana")))
            let ana = PersonReference("ana")
            #expect(try await node.answer(AddCode(ana, code: "Sunny")).code == "Sunny")
            let own = try await node.answer(AddCode(ana)).code
            #expect(CodeText(own)?.isOwnCodeForm == true)
            let before = try await updates(node)
            #expect(try await node.answer(AddCode(ana)).code == own)
            #expect(try await node.answer(AddCode(ana, code: "SUN-NY")).code == "Sunny")
            #expect(try await updates(node) == before)
            #expect(Set(try await node.answer(ShowAmbassador(ana)).codes ?? []) == ["Sunny", own])
            #expect(try await node.answer(ListCodes()).rows.count == 2)
            #expect(try await node.answer(ShowCode("sunny")).ambassador == "ana")
            #expect(try await refusal { try await node.answer(AddCode(PersonReference("eve"))) }.code == .personUnknown)
            #expect(try await refusal { try await node.answer(ShowCode("NOBODYS")) }.code == .codeUnknown)
        }
    }

    // MARK: Referrals

    @Test func `the first touch stands, and a claim is written once`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddAmbassador(NewPerson(external: "bob"), registered: "RAINY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            let cai = PersonReference("cai")
            #expect(try await node.answer(AddReferral(cai, code: "sunny")).ambassador == "ana")
            let before = try await updates(node)
            #expect(try await node.answer(AddReferral(cai, code: "SUNNY")).ambassador == "ana")
            #expect(try await updates(node) == before)
            let second = try await node.answer(AddReferral(cai, code: "RAINY"))
            #expect(second == AddReferral.Answer(person: "cai", code: "RAINY", ambassador: "ana"))
            let claims = try await node.answer(ListReferrals(cai)).rows
            #expect(claims.map(\.wins) == [true, false])
            #expect(claims.map(\.counts) == [true, true])
            #expect(try await node.answer(GetReferralPath(cai)).path == ["cai", "ana"])
            let tree = try await node.answer(GetReferralTree(code: "sunny"))
            #expect(tree.children.map(\.ambassador) == ["cai"])
            #expect(tree.children.map(\.code) == [nil])
            #expect(tree.reach == 1)
            #expect(try await node.answer(GetReferralTree(code: "sunny", depth: 0)).children.isEmpty)
        }
    }

    @Test func `nobody brings themselves`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            let own = AddReferral(PersonReference("ana"), code: "Sunny")
            #expect(try await refusal { try await node.answer(own) }.code == .selfReferral)
            let joins = AddBacker(NewPerson(external: "ana", code: "SUNNY"))
            #expect(try await refusal { try await node.answer(joins) }.code == .selfReferral)
        }
    }

    @Test func `a claim of another day is another claim`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            let now = Int64(clamping: node.wallMilliseconds)
            let first = AddReferral(PersonReference("cai"), code: "SUNNY", at: Timestamp(milliseconds: now))
            let second = AddReferral(PersonReference("cai"), code: "SUNNY", at: Timestamp(milliseconds: now + 1_000))
            for request in [first, second, first, second] { _ = try await node.answer(request) }
            #expect(try await node.answer(ListReferrals(PersonReference("cai"))).rows.count == 2)
            // Before the grant: counts from the grant, and is held as such.
            let early = AddReferral(PersonReference("cai"), code: "SUNNY", at: past)
            for request in [early, early] { _ = try await node.answer(request) }
            #expect(try await node.answer(ListReferrals(PersonReference("cai"))).rows.count == 3)
            let future = AddReferral(
                PersonReference("cai"), code: "SUNNY", at: Timestamp(milliseconds: now + 3_600_000))
            #expect(try await refusal { try await node.answer(future) }.code == .time)
        }
    }

    // MARK: Pledges

    @Test func `a pledge goes from promise to payment to refund`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai", code: "SUNNY")))
            let pledge = try await node.answer(AddPledge(backer: PersonReference("cai"), amount: "12.50")).pledge
            #expect(PledgeID(hex: pledge) != nil)
            let reference = PledgeReference(pledge)
            #expect(try await node.answer(ShowPledge(reference)).status == .pledged)
            #expect(try await node.answer(ChangePledge(reference, amount: "20")).amountMinor == 2_000)
            let paid = try await node.answer(PayPledge(reference, reference: "stripe-1"))
            #expect(paid.status == .paid)
            #expect(paid.paidMinor == 2_000)
            #expect(paid.ambassador == "ana")
            let before = try await updates(node)
            #expect(try await node.answer(PayPledge(reference, reference: "stripe-1")) == paid)
            #expect(try await node.answer(ChangePledge(reference, amount: "20.00")) == paid)
            #expect(try await updates(node) == before)
            #expect(try await refusal { try await node.answer(CancelPledge(reference)) }.code == .pledgeState)
            #expect(try await node.answer(RefundPledge(reference, amount: "5.00")).refundedMinor == 500)
            #expect(
                try await refusal { try await node.answer(RefundPledge(reference, amount: "5.00")) }.code == .reference)
            #expect(
                try await refusal { try await node.answer(RefundPledge(reference, amount: "15.01", reference: "r")) }
                    .code
                    == .pledgeState)
            let board = try await node.answer(GetLeaderboard())
            #expect(board.rows.map(\.creditedMinor) == [1_500])
            let refunded = try await node.answer(RefundPledge(reference, reference: "r-2"))
            #expect(refunded.status == .refunded)
            let history = try #require(refunded.history)
            #expect(
                history.filter { $0.reference != nil || $0.kind == .refunded }.map(\.kind) == [
                    .paid, .refunded, .refunded,
                ])
            let amounts = history.filter { $0.kind == .amount }
            #expect(amounts.map { $0.amount?.minor } == [1_250, 2_000])
            #expect(amounts.map { $0.amountBefore?.minor } == [nil, 1_250])
            #expect(amounts.map(\.standing) == [.overtaken, .counts])
            #expect(history.allSatisfy { $0.member.count == 64 })
            let totals = try await node.answer(GetTotals())
            #expect(totals.money.map(\.paidMinor) == [2_000])
            #expect(totals.money.map(\.refundedMinor) == [2_000])
            #expect(totals.pledges == 1)
        }
    }

    @Test func `a pledge with an external id is made once`() async throws {
        try await CommandsCommunity.with { node in
            let new = AddPledge(
                backer: nil, amount: "5", currency: "EUR", at: past, external: "order-7", source: "shop")
            #expect(try await node.answer(new).pledge == "order-7")
            let before = try await updates(node)
            #expect(try await node.answer(new).pledge == "order-7")
            #expect(try await updates(node) == before)
            var other = new
            other.amount = "6"
            #expect(try await refusal { try await node.answer(other) }.code == .pledgeExists)
            let row = try await node.answer(ShowPledge(PledgeReference("order-7", source: "shop")))
            #expect(row.backer == nil)
            #expect(row.pledgedAt == past)
            #expect(row.currency == "EUR")
            #expect(try await node.answer(GetTotals()).anonymousPledges == 1)
            let cancelled = try await node.answer(CancelPledge(PledgeReference("order-7")))
            #expect(cancelled.status == .cancelled)
            #expect(try await node.answer(CancelPledge(PledgeReference("order-7"))) == cancelled)
            #expect(try await node.answer(GetTotals()).money.map(\.cancelledMinor) == [500])
        }
    }

    @Test func `a pledge may carry a code that nobody owns`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            let pledge = AddPledge(backer: PersonReference("cai"), amount: "5", code: "later")
            let id = try await node.answer(pledge).pledge
            #expect(try await node.answer(ShowPledge(PledgeReference(id))).code == "LATER")
            #expect(try await node.answer(ListPledges()).rows.map(\.id) == [id])
        }
    }

    @Test func `bad pledges are refused, and nothing is written`() async throws {
        try await CommandsCommunity.with { node async throws in
            let bad: [(AddPledge, Failure.Code)] = [
                (AddPledge(backer: nil, amount: "-1"), .amount), (AddPledge(backer: nil, amount: "1.005"), .amount),
                (AddPledge(backer: nil, amount: "1.5", currency: "VND"), .amount),
                (AddPledge(backer: nil, amount: "1", currency: "XXX"), .currency),
                (AddPledge(backer: nil, amount: "1", code: "?"), .codeForm),
                (AddPledge(backer: nil, amount: "1", at: Timestamp("2999-01-01T00:00:00Z")), .time),
                (AddPledge(backer: PersonReference("eve"), amount: "1"), .personUnknown),
                (AddPledge(backer: nil, amount: "1", source: "shop"), .usage),
                (AddPledge(backer: nil, amount: "1", external: "a\u{7}"), .text),
            ]
            for (request, code) in bad { #expect(try await refusal { try await node.answer(request) }.code == code) }
            #expect(try await refusal { try await node.answer(PayPledge(PledgeReference("x"))) }.code == .pledgeUnknown)
            #expect(try await updates(node) == 0)
        }
    }

    @Test func `the same payment sent twenty times at once counts once`() async throws {
        try await CommandsCommunity.with { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "5")).pledge)
            let before = try await updates(node)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { _ = try await node.answer(PayPledge(pledge, reference: "r")) } }
                try await group.waitForAll()
            }
            #expect(try await updates(node) == before + 1)
        }
    }

    // MARK: Roles

    @Test func `an ambassador changes and cancels their own pledge, and books no money`() async throws {
        try await CommandsCommunity.with(.ambassador) { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            let id = try await node.answer(AddPledge(backer: PersonReference("cai"), amount: "5")).pledge
            let pledge = PledgeReference(id)
            #expect(try await node.answer(ChangePledge(pledge, amount: "6")).amountMinor == 600)
            let paid = try await refusal { try await node.answer(PayPledge(pledge)) }
            #expect(paid.code == .role)
            #expect(paid.message == "your role is ambassador, and this needs the role treasurer")
            #expect(try await node.answer(CancelPledge(pledge)).status == .cancelled)
            for request in [AddPledge(backer: nil, amount: "5", external: "order-7")] {
                #expect(try await refusal { try await node.answer(request) }.code == .role)
            }
            let ambassador = AddAmbassador(NewPerson(external: "ana"))
            #expect(try await refusal { try await node.answer(ambassador) }.code == .role)
            #expect(try await refusal { try await node.answer(AddCode(PersonReference("cai"))) }.code == .role)
        }
    }

    @Test func `a treasurer books money`() async throws {
        try await CommandsCommunity.with(.treasurer) { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "5")).pledge)
            #expect(try await node.answer(PayPledge(pledge)).status == .paid)
            #expect(try await node.answer(RefundPledge(pledge)).status == .refunded)
        }
    }

    @Test func `an observer reads`() async throws {
        try await CommandsCommunity.with(.observer) { node in
            let backer = try await refusal { try await node.answer(AddBacker(NewPerson(external: "ana"))) }
            #expect(backer.message == "your role is observer, and this needs the role ambassador")
            #expect(try await node.answer(GetTotals()).backers == 0)
            #expect(try await node.answer(ListBackers()).rows.isEmpty)
            #expect(try await updates(node) == 0)
        }
    }

    // MARK: Lists and figures

    @Test func `pages follow each other, and a wrong cursor is told`() async throws {
        try await CommandsCommunity.with { node in
            for number in 1...5 { _ = try await node.answer(AddBacker(NewPerson(external: "p_\(number)"))) }
            var seen: [String] = []
            var after: String?
            repeat {
                let page = try await node.answer(ListBackers(after: after, limit: 2))
                seen += page.rows.map(\.backer)
                after = page.next
            } while after != nil
            #expect(seen.sorted() == ["p_1", "p_2", "p_3", "p_4", "p_5"])
            #expect(try await refusal { try await node.answer(ListBackers(after: "?")) }.code == .cursor)
            #expect(try await refusal { try await node.answer(ListBackers(limit: 0)) }.code == .request)
            #expect(try await refusal { try await node.answer(ListBackers(limit: 10_001)) }.code == .request)
            #expect(try await refusal { try await node.answer(GetLeaderboard(limit: -1)) }.code == .request)
            #expect(try await refusal { try await node.answer(GetLeaderboard(currency: "ABC")) }.code == .currency)
            #expect(try await node.answer(GetLeaderboard(limit: 0)).rows.isEmpty)
        }
    }

    @Test func `who is no backer and who owns no code is told apart from who is unknown`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            for request in ["ana", "eve"] {
                let failure = try await refusal { try await node.answer(ShowBacker(PersonReference(request))) }
                #expect(failure.code == .personUnknown)
            }
            let failure = try await refusal { try await node.answer(ShowAmbassador(PersonReference("cai"))) }
            #expect(failure.code == .personUnknown)
        }
    }

    @Test func `a record verifies, and is the same after a rebuild`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai", code: "SUNNY")))
            let verified = try await node.answer(VerifyRecord())
            #expect(verified.ok)
            #expect(verified.problems == [])
            let state = try await node.answer(RebuildState()).state
            #expect(state?.count == 64)
            #expect(try await node.answer(RebuildState()).state == state)
            #expect(try await node.answer(ListBackers()).rows.map(\.ambassador) == ["ana"])
        }
    }
}
