import API
import AuthorLog
import Community
import Founding
import Identity
import Storage
import Sync
import Testing

@testable import Daemon

/// Who the members are, and what stewards grant them.
struct MemberCommandsTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure {
        try await #require(throws: Failure.self) { _ = try await body() }
    }

    private func newKey() -> String { SigningKey.generate().publicKey(as: MemberKey.self).hex }

    private func length(_ node: Node) async throws -> UInt64 {
        try await node.store.logStates(of: node.member).last?.length ?? 0
    }

    @Test func `the founder is listed and shown with what the root granted`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            _ = try await founder.answer(AddBacker(NewPerson(external: "ana")))
            let rows = try await founder.answer(ListMembers()).rows
            #expect(rows.map(\.member) == [founder.member.hex])
            #expect(rows[0].role == "steward" && rows[0].depth == 0 && rows[0].chain.isEmpty && !rows[0].revoked)
            let shown = try await founder.answer(ShowMember(String(founder.member.hex.prefix(8)).uppercased()))
            #expect(shown.memberID == MemberID(firstKey: founder.member).hex)
            #expect(shown.rights?.map(\.origin) == [.root] && shown.rights?[0].presented == true)
            #expect(shown.logs?.map(\.length) == [2] && shown.logs?[0].ending == .open)
            #expect(shown.notes?.isEmpty == true)
            let code = try #require(shown.code)
            #expect(try await founder.answer(ShowMember(code)).member == founder.member.hex)
            for unknown in ["nobody", "1f2e3d", newKey()] {
                #expect(try await refusal { try await founder.answer(ShowMember(unknown)) }.code == .memberUnknown)
            }
            #expect(try await refusal { try await founder.answer(ShowMember("ana")) }.message.contains("no member"))
        }
    }

    @Test func `a page of members begins behind the one before`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            for _ in 0..<3 { _ = try await founder.answer(GrantMember(key: newKey(), role: .observer)) }
            let all = try await founder.answer(ListMembers())
            #expect(all.rows.count == 4 && all.next == nil)
            let first = try await founder.answer(ListMembers(limit: 3))
            let rest = try await founder.answer(ListMembers(after: first.next))
            #expect(first.rows + rest.rows == all.rows && rest.next == nil)
            #expect(try await refusal { try await founder.answer(ListMembers(after: "x")) }.code == .cursor)
        }
    }

    @Test func `a grant is written once, and stands before it is taken up`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            let key = newKey()
            _ = try await founder.answer(AddBacker(NewPerson(external: "ana", name: "Ana")))
            let request = GrantMember(
                key: key, role: .treasurer, operationsPerDay: 500, sources: ["shop"], person: PersonReference("ana"))
            let granted = try await founder.answer(request)
            #expect(granted.written && !granted.known && granted.role == "treasurer" && granted.expiresAt == nil)
            let before = try await length(founder)
            #expect(try await !founder.answer(request).written)
            #expect(try await length(founder) == before)
            let shown = try await founder.answer(ShowMember(key))
            #expect(shown.name == "Ana" && shown.person == "ana" && shown.depth == 1)
            #expect(shown.chain == [founder.member.hex])
            let right = try #require(shown.rights?.first)
            #expect(right.origin == .grant && !right.presented && right.proved)
            #expect(right.operationsPerDay == 500 && right.bytesPerDay == nil && right.sources == ["shop"])
            #expect(try await founder.answer(ShowMember("ana")).member == key)
            let limited = try await founder.answer(GrantMember(key: key, role: .treasurer, validSeconds: 60))
            #expect(limited.written && limited.expiresAt != nil)
        }
    }

    @Test func `a grant that would say nothing, or something else, is refused`() async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            let founder = vine.founder
            let ambassador = vine.members[0]
            _ = try await ambassador.answer(AddBacker(NewPerson(external: "ana")))
            _ = try await founder.answer(AddBacker(NewPerson(external: "bob")))
            try await vine.settle()
            let before = try await length(founder)
            func refused(_ request: GrantMember, by node: Node, _ code: Failure.Code) async throws {
                #expect(try await refusal { try await node.answer(request) }.code == code, "\(request)")
            }
            let key = newKey()
            try await refused(GrantMember(key: founder.member.hex, role: .observer), by: founder, .rule)
            try await refused(GrantMember(key: "nobody", role: .observer), by: founder, .memberUnknown)
            try await refused(GrantMember(key: key, role: .observer, validSeconds: 0), by: founder, .duration)
            try await refused(GrantMember(key: key, role: .observer, operationsPerDay: 0), by: founder, .usage)
            try await refused(GrantMember(key: key, role: .observer, asMember: newKey()), by: founder, .rule)
            try await refused(GrantMember(key: key, role: .observer, sources: [""]), by: founder, .usage)
            try await refused(GrantMember(key: key, role: .observer), by: ambassador, .role)
            // Of equal rights the first shown counts.
            let second = GrantMember(key: ambassador.member.hex, role: .ambassador, asMember: founder.member.hex)
            try await refused(second, by: founder, .rule)
            #expect(try await length(founder) == before)
        }
    }

    @Test func `grants that are each a little longer use up nobody's log`() async throws {
        try await StandingCommunity.with([.observer]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            try await vine.settle()
            let count = AuthorLog.Limits.presentationsPerLog + 6
            for hours in 1...count {
                let request = GrantMember(
                    key: member.member.hex, role: .ambassador, validSeconds: hours * 3_600)
                _ = try await founder.answer(request)
                try await eventually("it takes up the right") {
                    let shown = try await member.store.logStates(of: member.member).flatMap(\.rights)
                    let end = StandingCommunity.now + UInt64(hours - 1) * 3_600_000
                    return shown.contains { $0.right.expiresMilliseconds > end }
                }
            }
            let states = try await member.store.logStates(of: member.member)
            #expect(states.map { $0.rights.count } == [AuthorLog.Limits.presentationsPerLog, 8])
            _ = try await member.answer(AddBacker(NewPerson(external: "ana")))
        }
    }

    @Test func `who loses a right with its issuer takes up the same from another`() async throws {
        try await StandingCommunity.with([.observer, .observer]) { vine in
            let (founder, steward, member) = (vine.founder, vine.members[0], vine.members[1])
            _ = try await founder.answer(GrantMember(key: steward.member.hex, role: .steward))
            try await eventually("the steward takes it up") { await steward.right?.role == .steward }
            try await vine.settle()
            _ = try await steward.answer(GrantMember(key: member.member.hex, role: .treasurer))
            try await eventually("the member takes it up") { await member.right?.role == .treasurer }
            try await vine.settle()
            _ = try await founder.answer(RevokeMember(steward.member.hex, keep: "none"))
            try await eventually("it fell") { await member.right?.role == .observer }
            _ = try await founder.answer(GrantMember(key: member.member.hex, role: .treasurer))
            try await eventually("he takes up the other") { await member.right?.role == .treasurer }
        }
    }

    @Test func `who came by an invite stays when it has expired, and nobody comes by it later`() async throws {
        try await StandingCommunity.with { vine in
            let founder = vine.founder
            let invite = MakeInvite(role: .observer, uses: 2, validSeconds: 3)
            let ticket = try await founder.answer(invite).ticket
            let expiry = StandingCommunity.now + 3_000
            let homes = try ["early", "late"].map { name in
                try join(home: "\(vine.folder)/\(name)", ticketText: ticket, nowMilliseconds: StandingCommunity.now)
                    .home
            }
            try await StandingCommunity.run(homes[0]) { node in
                try await eventually("the founder hears of him") {
                    try await !founder.store.logStates(of: node.member).isEmpty
                }
            }
            while StandingCommunity.now <= expiry { try await Task.sleep(for: .milliseconds(50)) }
            try await StandingCommunity.run(homes[0]) { node in
                try await eventually("they meet again") { await node.core.peers.contains(where: \.isConnected) }
                _ = try await node.answer(AddFeedback("still here"))
                // A newcomer knows nobody, and joins by him.
                let ticket = try await founder.answer(MakeInvite(role: .observer, uses: 1, validSeconds: 60)).ticket
                let home = try join(
                    home: vine.folder + "/new", ticketText: ticket, nowMilliseconds: StandingCommunity.now
                ).home
                try await StandingCommunity.run(home) { newcomer in
                    try await eventually("all is there") {
                        try await newcomer.store.frontierRows().count == founder.store.frontierRows().count
                    }
                }
            }
            try await StandingCommunity.run(homes[1]) { node in
                try await eventually("he is refused") {
                    await node.notices.refusal?.reason.contains("expired") ?? false
                }
            }
        }
    }

    @Test func `a second machine takes up the member id by itself`() async throws {
        try await StandingCommunity.with([.ambassador, .observer]) { vine in
            let founder = vine.founder
            let (first, second) = (vine.members[0], vine.members[1])
            _ = try await first.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let request = GrantMember(key: second.member.hex, role: .ambassador, asMember: first.member.hex)
            #expect(try await founder.answer(request).written)
            try await eventually("it takes up the right") { await second.right?.role == .ambassador }
            try await eventually("it hears of its first machine") {
                await second.right?.memberID == MemberID(firstKey: first.member)
            }
            #expect(try await length(second) == 2)
            try await second.presentGrantedRights()
            #expect(try await length(second) == 2)
            _ = try await second.answer(AddBacker(NewPerson(external: "bob")))
            try await vine.settle()
            let shown = try await founder.answer(ShowMember(second.member.hex))
            #expect(shown.memberID == MemberID(firstKey: first.member).hex)
            #expect(shown.keys == [first.member.hex])
            #expect(shown.rights?.contains { $0.role == "ambassador" && $0.presented } == true)
            #expect(shown.logs?.map(\.length) == [3])
        }
    }

    @Test func `a steward by ticket has power once he is admitted, and then invites and grants`() async throws {
        try await StandingCommunity.with([.steward]) { vine in
            let (founder, steward) = (vine.founder, vine.members[0])
            _ = try await steward.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let key = newKey()
            let powerless = try await refusal { try await steward.answer(GrantMember(key: key, role: .observer)) }
            #expect(powerless.code == .rule && powerless.hint.contains("member admit"))
            let noted = try await founder.answer(ShowMember(steward.member.hex))
            #expect(noted.flags == [.awaitsAdmit])
            #expect(noted.notes?.first?.hint.contains(vine.invites[0].prefix(12)) == true)
            let admit = AdmitMembers(invite: String(vine.invites[0].prefix(8)), members: [steward.member.hex])
            #expect(try await founder.answer(admit).written)
            #expect(try await !founder.answer(admit).written)
            try await vine.settle()
            #expect(try await steward.answer(GrantMember(key: key, role: .observer)).written)
            #expect(try await steward.answer(ShowMember(key)).depth == 2)
            // Nobody grants anything to who granted him, nor ends him.
            let above = GrantMember(key: founder.member.hex, role: .treasurer)
            #expect(try await refusal { try await steward.answer(above) }.code == .rule)
            let ended = try await refusal { try await steward.answer(RevokeMember(founder.member.hex)) }
            #expect(ended.code == .rule && ended.message.contains("only the root"))
            let again = AdmitMembers(invite: vine.invites[0], members: [newKey()])
            #expect(try await refusal { try await steward.answer(again) }.code == .rule)
            let ticket = try await steward.answer(MakeInvite(role: .observer, uses: 1, validSeconds: 60)).ticket
            #expect(try Ticket(parsing: ticket).excerpts.count == 2)
        }
    }

    @Test func `a steward by grant invites under the chain that made him one`() async throws {
        try await StandingCommunity.with([.observer]) { vine in
            let (founder, steward) = (vine.founder, vine.members[0])
            #expect(try await founder.answer(GrantMember(key: steward.member.hex, role: .steward)).written)
            try await eventually("it takes up the right") { await steward.right?.role == .steward }
            let ticket = try await steward.answer(MakeInvite(role: .observer, uses: 1, validSeconds: 60)).ticket
            let text = try Ticket(parsing: ticket)
            #expect(text.excerpts.count == 2 && text.inviteSignatures.isEmpty)
        }
    }
}
