import API
import AuthorLog
import Community
import Founding
import Identity
import Storage
import Testing

@testable import Daemon

/// What the root says, handed to a node that never sees its key.
struct RootOrderCommandsTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure {
        try await #require(throws: Failure.self) { _ = try await body() }
    }

    private func grant(_ role: Role = .steward) throws -> Grant {
        try Grant(subject: SigningKey.generate().publicKey(), role: role)
    }

    @Test func `an order is kept once, listed, and counts`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            let grant = try grant()
            let order = try vine.root.sign(.grant(grant), serial: 2, nowMilliseconds: StandingCommunity.now)
            let published = try await founder.answer(PublishRootOrder(text: order.text.lowercased()))
            #expect(published.new && published.order.counts && published.order.kind == .grant)
            #expect(published.order.serial == 2 && published.order.subject == grant.subject.hex)
            #expect(try await !founder.answer(PublishRootOrder(text: order.text)).new)
            let rows = try await founder.answer(ListRootOrders()).rows
            #expect(rows.map(\.serial) == [1, 2] && rows.allSatisfy(\.counts))
            #expect(rows.allSatisfy { $0.signedBy == founder.charter.rootKey.hex })
            let page = try await founder.answer(ListRootOrders(limit: 1))
            #expect(try await founder.answer(ListRootOrders(after: page.next)).rows.map(\.serial) == [2])
            #expect(try await founder.answer(ShowMember(grant.subject.hex)).depth == 0)
        }
    }

    @Test func `peers hear of an order at once`() async throws {
        try await StandingCommunity.with([.observer]) { vine in
            try await vine.settle()
            let grant = try grant()
            _ = try await vine.publish(.grant(grant))
            try await eventually("the order arrives") {
                try await vine.members[0].answer(ListRootOrders()).rows.contains { $0.subject == grant.subject.hex }
            }
        }
    }

    @Test func `what no root of this community signed is refused`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            let foreign = try RootOrder(.grant(grant()), serial: 2, time: .zero)
                .signed(by: SigningKey.generate(), community: founder.charter.id)
            #expect(
                try await refusal { try await founder.answer(PublishRootOrder(text: foreign.text)) }.code
                    == .orderForeign)
            for text in ["", "hello", "GRAPEVINEORDER2AA", String(foreign.text.dropLast(2))] {
                #expect(
                    try await refusal { try await founder.answer(PublishRootOrder(text: text)) }.code == .orderMalformed
                )
            }
            #expect(try await founder.answer(ListRootOrders()).rows.count == 1)
        }
    }

    @Test func `the root ends whom no steward may, by a plan of the node`() async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            _ = try await member.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let whole = try await founder.answer(PlanRevocation(founder.member.hex, keep: "0")).revocation
            let cut = try await vine.publish(.revoke(Revocation(decoding: Hex.decode(whole))))
            #expect(Set(cut.cuts.map(\.member)) == [founder.member.hex, member.member.hex])
            #expect(try await founder.answer(ShowMember(founder.member.hex)).revoked)
            // A later order lets more stay, and beats the earlier.
            let all = try await founder.answer(PlanRevocation(founder.member.hex)).revocation
            _ = try await vine.publish(.revoke(Revocation(decoding: Hex.decode(all))))
            let shown = try await founder.answer(ShowMember(founder.member.hex))
            #expect(shown.logs?.first?.length == 2 && shown.logs?.first?.endedBy == "root")
            let invite = try await founder.answer(PlanRevocation(vine.invites[0], isInvite: true, keep: "none"))
            let ended = try await vine.publish(.revoke(Revocation(decoding: Hex.decode(invite.revocation))))
            #expect(ended.cuts.map(\.member) == [member.member.hex])
        }
    }

    @Test func `who is announced signs a succession only, and what it signed before is foreseen`() async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            _ = try await member.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let revocation = try RootOrder.Content.revoke(Revocation(member: member.member, stays: []))
            let early = try await refusal { try await vine.publish(revocation, by: vine.successor) }
            #expect(early.code == .rule && early.hint.contains("succession"))
            #expect(try await founder.answer(ListRootOrders()).rows.count == 1)
            // One that retires somebody else puts nobody in office.
            let astray = Succession(
                retired: vine.successor.key, stays: [], nextKeyHash: Charter.hash(ofSuccessor: vine.root.key))
            let refused = try await refusal { try await vine.publish(.succession(astray), by: vine.successor) }
            #expect(refused.code == .rule && refused.message.contains(founder.charter.rootKey.hex))

            let clean = try await founder.answer(PlanSuccession(successor: vine.successor.key.hex))
            #expect(clean.orders?.map(\.counts) == [true] && clean.cuts?.isEmpty == true)
            let unknown = SigningKey.generate().publicKey(as: RootKey.self).hex
            #expect(
                try await refusal { try await founder.answer(PlanSuccession(successor: unknown)) }.code == .rule)
            // Nodes that refuse nothing pass it on.
            let order = try vine.successor.sign(revocation, serial: 2, nowMilliseconds: StandingCommunity.now)
            _ = try await founder.store.keep([order])
            #expect(try await founder.answer(ListRootOrders()).rows.map(\.root) == [.inOffice, .announced])
            let plan = try await founder.answer(PlanSuccession(successor: vine.successor.key.hex))
            #expect(plan.stays == clean.stays && plan.orders?.map(\.counts) == [true, true])
            #expect(plan.cuts?.map(\.member) == [member.member.hex])
            #expect(try await founder.answer(ListRootOrders()).rows.count == 2)
        }
    }

    @Test func `a dry run says what an order would cut, and keeps nothing`() async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            _ = try await member.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let order = try vine.root.sign(
                .revoke(Revocation(member: member.member, stays: [])), serial: 2,
                nowMilliseconds: StandingCommunity.now)
            let dry = try await founder.answer(PublishRootOrder(text: order.text, dryRun: true))
            #expect(dry.new && dry.order.counts && dry.cuts.map(\.member) == [member.member.hex])
            #expect(try await founder.answer(ListRootOrders()).rows.count == 1)
            #expect(try await founder.answer(PublishRootOrder(text: order.text)).cuts == dry.cuts)
        }
    }

    @Test func `a successor takes over, and all that counts stays`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            _ = try await vine.publish(.grant(grant()))
            let plan = try await founder.answer(PlanSuccession())
            #expect(plan.retired == founder.charter.rootKey.hex && plan.stays.count == 2)
            let next = SigningKey.generate().publicKey(as: RootKey.self)
            let succession = Succession(
                retired: founder.charter.rootKey, stays: plan.stays.compactMap { Hash256(hex: $0) },
                nextKeyHash: Charter.hash(ofSuccessor: next))
            let done = try await vine.publish(.succession(succession), by: vine.successor)
            #expect(done.order.counts && done.order.next == Charter.hash(ofSuccessor: next).hex)
            #expect(try await founder.answer(PlanSuccession()).retired == vine.successor.key.hex)
            let rows = try await founder.answer(ListRootOrders()).rows
            #expect(rows.count == 3 && rows.allSatisfy(\.counts))
            #expect(rows.map(\.root) == [.retired, .retired, .inOffice])
            // The retired root speaks in vain, and is told so.
            let late = try await vine.publish(.grant(grant()))
            #expect(late.new && !late.order.counts)
        }
    }
}
