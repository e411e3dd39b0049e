import API
import AuthorLog
import Community
import Identity

import Testing

@testable import Daemon
@testable import Storage

/// What a steward reads of codes that went to somebody else.
struct LostCodesTests {
    private func row(_ number: UInt8) throws -> LostCodeQuery.Row {
        let id = PersonID(raw: try #require(Bytes16([UInt8](repeating: number, count: 16))))
        return LostCodeQuery.Row(
            written: "Sunny-\(number)", normalForm: "SUNNY\(number)",
            registrant: PersonName(id: id, external: "p_\(number)"), registrantName: nil,
            owner: PersonName(id: id, external: "q"), isOwn: number == 1, at: 0,
            author: AuthorName(member: MemberKey(raw: .zero)))
    }

    @Test func `a notice names the code, the loser, the owner, the reason and what to type`() throws {
        let sentence = try #require(LostCodes.sentences([try row(2)]).first)
        #expect(
            sentence == "the code Sunny-2 that you registered for p_2 belongs to q, who was registered first: "
                + "give them another one with `grapevine code add p_2 CODE`")
        #expect(try #require(LostCodes.sentences([try row(1)]).first).contains("whose own code reads the same"))
    }

    @Test func `many are told in few lines`() throws {
        let sentences = LostCodes.sentences(try (1...9).map { try row($0) })
        #expect(sentences.count == NodeLimits.noticedLostCodes + 1)
        #expect(sentences.last == "so it is with 4 more of your codes: grapevine code list")
        #expect(LostCodes.sentences([]) == [])
    }

    /// In one node the command refuses what is taken; but an own code that comes later beats a registered one.
    @Test func `status, code and ambassador tell of a lost code`() async throws {
        try await CommandsCommunity.with { node in
            let ann = try await node.answer(AddBacker(NewPerson(external: "p_1"))).person
            _ = try await node.answer(AddBacker(NewPerson(external: "p_2")))
            let id = node.store.rules.pseudonyms.person(source: "import", externalID: "p_1")
            let code = CodeText(ownCodeOf: id.raw).text
            let given = try await node.answer(AddCode(PersonReference("p_2"), code: code))
            #expect(given.code == code)
            #expect(try await node.answer(GetStatus()).notices?.contains { $0.contains(code) } == false)
            _ = try await node.answer(AddCode(PersonReference(ann), code: nil))
            let shown = try await node.answer(ShowCode(code))
            #expect(shown.ambassador == "p_1" && shown.own)
            #expect(shown.overtaken?.map(\.person) == ["p_2"])
            #expect(
                try await node.answer(GetStatus()).notices?.contains { $0.contains("for p_2 belongs to p_1") } == true)
            let failure = try #require(
                await #expect(throws: Failure.self) {
                    _ = try await node.answer(ShowAmbassador(PersonReference("p_2")))
                })
            #expect(failure.code == .personUnknown && failure.message.contains(code))
            _ = try await node.answer(AddCode(PersonReference("p_2"), code: "Moon"))
            #expect(try await node.answer(GetStatus()).notices?.contains { $0.contains(code) } == false)
            let loser = try await node.answer(ShowAmbassador(PersonReference("p_2")))
            #expect(loser.code == "Moon" && loser.lostCodes?.map(\.code) == [code])
        }
    }
}
