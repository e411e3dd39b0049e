import API
import AuthorLog
import Testing

@testable import Daemon

/// Names that look like other names are shown with a mark, whoever came first.
struct LookalikeTests {
    @Test func `a Cyrillic Ana beside a Latin one is marked until she is called otherwise`() async throws {
        try await CommandsCommunity.with { node in
            func marked() async throws -> Set<String> {
                let rows = try await node.answer(ListBackers()).rows
                return Set(rows.filter { $0.nameLookalike == true }.map(\.backer))
            }
            for (id, name) in [("p_1", "Ana"), ("p_2", "Ben"), ("p_3", "Ana")] {
                _ = try await node.answer(AddBacker(NewPerson(external: id, name: name)))
            }
            #expect(try await marked() == [])
            _ = try await node.answer(AddBacker(NewPerson(external: "p_4", name: "\u{410}n\u{430}")))
            #expect(try await marked() == ["p_1", "p_3", "p_4"])
            #expect(try await node.answer(ShowBacker(PersonReference("p_4"))).nameLookalike == true)
            #expect(try await node.answer(ShowBacker(PersonReference("p_2"))).nameLookalike == nil)
            _ = try await node.answer(AddFeedback("Hello", from: PersonReference("p_4")))
            #expect(try await node.answer(ListFeedback()).rows.map(\.nameLookalike) == [true])
            _ = try await node.answer(AddCode(PersonReference("p_4"), code: "MOON"))
            #expect(try await node.answer(ListAmbassadors()).rows.map(\.nameLookalike) == [true])
            #expect(try await node.answer(GetLeaderboard()).rows.map(\.nameLookalike) == [true])
            // A rebuild reads the same names.
            _ = try await node.answer(RebuildState())
            #expect(try await marked() == ["p_1", "p_3", "p_4"])
            #expect(try await node.answer(VerifyRecord()).ok)
            _ = try await node.answer(AddBacker(NewPerson(external: "p_4", name: "\u{410}\u{43D}\u{44F}")))
            #expect(try await marked() == [])
        }
    }
}
