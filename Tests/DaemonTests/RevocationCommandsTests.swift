import API
import AuthorLog
import Community
import Identity
import Storage
import Testing

@testable import Daemon

/// How stewards end keys and invites, and put new keys in their place.
struct RevocationCommandsTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure {
        try await #require(throws: Failure.self) { _ = try await body() }
    }

    private func newKey() -> String { SigningKey.generate().publicKey(as: MemberKey.self).hex }

    private func length(_ node: Node) async throws -> UInt64 {
        try await node.store.logStates(of: node.member).last?.length ?? 0
    }

    /// How much of the member's log stands by what the founder knows.
    private func standing(_ member: Node, _ vine: StandingCommunity) async throws -> Int? {
        try await vine.founder.answer(ShowMember(member.member.hex)).logs?.first?.length
    }

    /// A founder, and an ambassador with four operations.
    private func community(_ body: (StandingCommunity, Node) async throws -> Void) async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            for name in ["ana", "bob", "cem"] {
                _ = try await vine.members[0].answer(AddBacker(NewPerson(external: name)))
            }
            try await vine.settle()
            try await body(vine, vine.members[0])
        }
    }

    @Test func `a dry run says what would be cut, and writes nothing`() async throws {
        try await community { vine, member in
            let before = try await length(vine.founder)
            let dry = try await vine.founder.answer(RevokeMember(member.member.hex, keep: "none", dryRun: true))
            #expect(dry.cuts == [CutRow(member: member.member.hex, incarnation: 1, from: 4, to: 0)])
            #expect(dry.operations == 4 && !dry.written)
            #expect(try await length(vine.founder) == before)
            #expect(try await standing(member, vine) == 4)
        }
    }

    @Test func `what is held stays, unless somebody says otherwise; the later word replaces the earlier`() async throws
    {
        try await community { vine, member in
            let founder = vine.founder
            let key = member.member.hex
            let all = try await founder.answer(RevokeMember(key))
            #expect(all.written && all.cuts.isEmpty)
            #expect(try await !founder.answer(RevokeMember(key)).written)
            let shown = try await founder.answer(ShowMember(key))
            #expect(shown.revoked && shown.flags == [.revoked])
            #expect(shown.logs?.first?.length == 4 && shown.logs?.first?.ending == .cut)
            #expect(shown.logs?.first?.endedBy == founder.member.hex)
            let some = try await founder.answer(RevokeMember(key, keep: "2"))
            #expect(some.operations == 2)
            #expect(try await standing(member, vine) == 2)
            #expect(try await founder.answer(RevokeMember(key, keep: "none")).operations == 2)
            #expect(try await standing(member, vine) == 0)
            let undone = try await founder.answer(RevokeMember(key, undo: true))
            #expect(undone.written && undone.cuts.isEmpty)
            #expect(try await standing(member, vine) == 4)
            #expect(try await founder.answer(ShowMember(key)).revoked)
            let tooMuch = try await refusal { try await founder.answer(RevokeMember(key, keep: "5")) }
            #expect(tooMuch.code == .usage)
        }
    }

    @Test func `who may not revoke is told who may`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let byAmbassador = try await refusal { try await member.answer(RevokeMember(founder.member.hex)) }
            #expect(byAmbassador.code == .role)
            let own = try await refusal { try await founder.answer(RevokeMember(founder.member.hex)) }
            #expect(own.code == .rule && own.hint.contains("root order revoke"))
            let undo = try await refusal { try await founder.answer(RevokeMember(member.member.hex, undo: true)) }
            #expect(undo.code == .rule)
            #expect(try await refusal { try await founder.answer(RevokeMember("nobody")) }.code == .memberUnknown)
            #expect(try await refusal { try await founder.answer(RevokeMember("x", keep: "some")) }.code == .usage)
            _ = try await vine.publish(.revoke(Revocation(member: member.member, stays: [])))
            let late = try await refusal { try await founder.answer(RevokeMember(member.member.hex)) }
            #expect(late.code == .rule && late.message.contains("root"))
        }
    }

    @Test func `a new key takes the place of a lost one, once`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let key = newKey()
            let done = try await founder.answer(SucceedMember(old: member.member.hex, new: key, keep: "3"))
            #expect(done.written && done.role == "ambassador" && done.memberID == MemberID(firstKey: member.member).hex)
            #expect(done.cuts == [CutRow(member: member.member.hex, incarnation: 1, from: 4, to: 3)])
            let again = try await founder.answer(SucceedMember(old: member.member.hex, new: key))
            #expect(!again.written && again.cuts.isEmpty)
            #expect(try await standing(member, vine) == 3)
            let shown = try await founder.answer(ShowMember(key))
            #expect(shown.memberID == done.memberID && shown.role == "ambassador" && !shown.revoked)
            #expect(shown.keys == [member.member.hex])
            // The code of both is the member's; who is in use is meant.
            #expect(try await founder.answer(ShowMember(try #require(shown.code))).member == key)
            let own = SucceedMember(old: founder.member.hex, new: newKey())
            #expect(try await refusal { try await founder.answer(own) }.code == .rule)
            let none = SucceedMember(old: newKey(), new: key)
            #expect(try await refusal { try await founder.answer(none) }.code == .rule)
            #expect(try await refusal { try await founder.answer(SucceedMember(old: key, new: key)) }.code == .usage)
        }
    }

    @Test func `an invite ends, and those named stay`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let invite = vine.invites[0]
            let dry = try await founder.answer(RevokeMember(invite, isInvite: true, keep: "none", dryRun: true))
            #expect(dry.operations == 4 && !dry.written)
            let kept = try await founder.answer(RevokeMember(String(invite.prefix(10)), isInvite: true))
            #expect(kept.written && kept.revoked == invite && kept.cuts.isEmpty)
            #expect(try await !founder.answer(RevokeMember(invite, isInvite: true)).written)
            #expect(try await standing(member, vine) == 4)
            let shown = try await founder.answer(ShowMember(founder.member.hex))
            #expect(shown.invites?.map(\.revoked) == [true])
            #expect(shown.invites?.first?.admitted == [member.member.hex])
            #expect(try await founder.answer(RevokeMember(invite, isInvite: true, keep: "none")).operations == 4)
            #expect(try await standing(member, vine) == 0)
            let late = AdmitMembers(invite: invite, members: [newKey()])
            #expect(try await refusal { try await founder.answer(late) }.code == .rule)
            let unknown = RevokeMember("00112233", isInvite: true)
            #expect(try await refusal { try await founder.answer(unknown) }.code == .inviteUnknown)
            let counted = RevokeMember(invite, isInvite: true, keep: "3")
            #expect(try await refusal { try await founder.answer(counted) }.code == .usage)
        }
    }
}
