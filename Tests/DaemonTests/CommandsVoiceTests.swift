import API
import AuthorLog
import Community
import Foundation
import Storage
import Testing

@testable import Daemon

/// Announcements, feedback and answers, as the local API takes them.
struct CommandsVoiceTests {
    private func refusal(_ body: () async throws -> Void) async throws -> Failure.Code {
        try #require(await #expect(throws: Failure.self) { try await body() }).code
    }

    @Test func `feedback is open until a steward answers it`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "p_1", name: "Ana")))
            let before = try await node.answer(GetTotals())
            let own = try await node.answer(AddFeedback("Too slow.\r\nTwice!\t", mood: -2))
            let asked = AddFeedback("Thank you", mood: 2, from: PersonReference("p_1"))
            let relayed = try await node.answer(asked)
            #expect(relayed.person == "p_1")
            let open = try await node.answer(ListFeedback(unanswered: true))
            #expect(open.rows.map(\.id) == [own.feedback, relayed.feedback])
            #expect(open.rows.map(\.text) == ["Too slow.\nTwice!", "Thank you"])
            #expect(open.rows.map(\.name) == [nil, "Ana"])
            #expect(open.rows[0].recordedBy == nil && open.rows[1].recordedBy == open.rows[0].person)
            #expect(open.next == nil)
            let answer = try await node.answer(AnswerFeedback(String(own.feedback.prefix(8)), text: "We moved."))
            #expect(answer.feedback == own.feedback)
            #expect(try await node.answer(ListFeedback(unanswered: true)).rows.map(\.id) == [relayed.feedback])
            let shown = try await node.answer(ShowFeedback(own.feedback))
            #expect(shown.answered && shown.answeredAt != nil)
            #expect(shown.answers?.map(\.id) == [answer.post])
            #expect(shown.answers?.first?.text == "We moved.")
            let announced = try await node.answer(AnnouncePost("Hello")).post
            #expect(try await node.answer(ListPosts(newest: true)).rows.map(\.id) == [announced, answer.post])
            let about = try await node.answer(AddFeedback("Hello you", about: announced))
            #expect(try await node.answer(ShowFeedback(about.feedback)).about == announced)
            #expect(try await node.answer(ShowPost(announced)).answers == nil)
            // Talk changes no figure.
            #expect(try await node.answer(GetTotals()) == before)
        }
    }

    @Test func `what has no sense is refused, and nothing is written`() async throws {
        try await CommandsCommunity.with { node in
            let post = try await node.answer(AnnouncePost("Hello")).post
            let before = try await node.store.recordFigures().updates
            let tooLong = String(repeating: "é", count: Community.Limits.voiceByteLimit / 2) + "x"
            for text in [
                "", " \n\t ", "a\u{0}b", "a\u{1B}[2Jb", "a\u{202E}b", "a\u{2066}b", "a\u{9B}", "\u{E000}", tooLong,
            ] {
                #expect(try await refusal { _ = try await node.answer(AnnouncePost(text)) } == .text)
                #expect(try await refusal { _ = try await node.answer(AddFeedback(text)) } == .text)
            }
            #expect(try await refusal { _ = try await node.answer(AddFeedback(nil)) } == .text)
            for mood in [-3, 3, .min, .max] {
                #expect(try await refusal { _ = try await node.answer(AddFeedback("x", mood: mood)) } == .mood)
            }
            let nobody = AddFeedback("x", from: PersonReference("nobody"))
            #expect(try await refusal { _ = try await node.answer(nobody) } == .personUnknown)
            for id in ["", "zz", "000000", post] {
                #expect(try await refusal { _ = try await node.answer(AnswerFeedback(id, text: "x")) } == .voiceUnknown)
                #expect(try await refusal { _ = try await node.answer(ShowFeedback(id)) } == .voiceUnknown)
            }
            #expect(try await refusal { _ = try await node.answer(AddFeedback("x", about: "000000")) } == .voiceUnknown)
            #expect(try await refusal { _ = try await node.answer(ListPosts(after: "x")) } == .cursor)
            #expect(try await node.store.recordFigures().updates == before)
        }
    }

    @Test func `the longest text, and emoji that are joined, come back as they went`() async throws {
        try await CommandsCommunity.with { node in
            let longest = String(repeating: "é", count: Community.Limits.voiceByteLimit / 2)
            for text in [longest, "👨‍👩‍👧 سلام\u{200C}ها", "Zoe\u{308}\n\nB"] {
                let id = try await node.answer(AnnouncePost(text)).post
                let kept = try #require(try await node.answer(ShowPost(id)).text)
                #expect(kept.utf8.elementsEqual(text.precomposedStringWithCanonicalMapping.utf8))
            }
        }
    }

    @Test(arguments: [(RoleName.observer, false), (.ambassador, true), (.treasurer, true)])
    func `every member has feedback, who may record may speak for others, and only stewards post`(
        role: RoleName, mayRelay: Bool
    ) async throws {
        let role = (role, try #require(Role(name: role.rawValue)))
        try await CommandsCommunity.with(role.1) { node in
            let id = try await node.answer(AddFeedback("I like it", mood: 1)).feedback
            #expect(try await refusal { _ = try await node.answer(AnnouncePost("Hear me")) } == .role)
            #expect(try await refusal { _ = try await node.answer(AnswerFeedback(id, text: "Me too")) } == .role)
            guard mayRelay else { return }
            _ = try await node.answer(AddBacker(NewPerson(external: "p_1")))
            _ = try await node.answer(AddFeedback("He likes it", from: PersonReference("p_1")))
            #expect(try await node.answer(ListFeedback()).rows.map(\.person).last == "p_1")
        }
    }
}
