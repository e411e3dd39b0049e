import API
import Storage
import Testing

@testable import Daemon

struct CommandsExplainTests {
    /// Zoe comes with Ben's code, later with Ana's, with one that is nobody's and with her own.
    @Test func `every claim is explained, and who wins is who brought them`() async throws {
        try await CommandsCommunity.with { node in
            let (early, late) = (Timestamp("2014-01-06T11:41:00Z"), Timestamp("2014-02-07T11:41:00Z"))
            for (name, code) in [("ana", "ANA-1"), ("ben", "BEN-1"), ("zoe", "ZOE-1")] {
                _ = try await node.answer(AddAmbassador(NewPerson(external: name), registered: code))
            }
            _ = try await node.answer(AddReferral(PersonReference("zoe"), code: "BEN-1", at: early))
            _ = try await node.answer(AddReferral(PersonReference("zoe"), code: "ANA-1", at: late))
            _ = try await node.answer(AddReferral(PersonReference("zoe"), code: "GHOST", allowUnknown: true))
            let explained = try await node.answer(ExplainReferral(PersonReference("zoe")))
            #expect(explained.ambassador == "ben" && explained.code == "BEN-1")
            #expect(!explained.cut && !explained.more && explained.attribution == .firstTouch)
            let claims = explained.claims
            #expect(Set(claims.map(\.code)) == ["BEN-1", "ANA-1", "GHOST"])
            let verdicts = Dictionary(uniqueKeysWithValues: claims.map { ($0.code, $0.verdict) })
            #expect(verdicts == ["BEN-1": .wins, "ANA-1": .later, "GHOST": .unknownCode])
            #expect(claims.allSatisfy { ($0.laterBy == nil) == ($0.verdict != .later) })
            #expect(claims.allSatisfy { !$0.imported && $0.member.count == 64 })
            let path = try await node.answer(GetReferralPath(PersonReference("zoe"))).path
            #expect(path == ["zoe", "ben"])
        }
    }

    @Test func `who was never claimed has no claims, and nobody's name is refused`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "ana")))
            let none = try await node.answer(ExplainReferral(PersonReference("ana")))
            #expect(none.claims == [] && none.ambassador == nil && none.code == nil)
            let failure = try await #require(throws: Failure.self) {
                _ = try await node.answer(ExplainReferral(PersonReference("nobody")))
            }
            #expect(failure.code == .personUnknown)
        }
    }
}
