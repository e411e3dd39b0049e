import API
import ArgumentParser
import Testing

@testable import grapevine

struct VoiceTextTests {
    private func feedback(_ text: String?, mood: Int? = nil, answers: [PostRow]? = nil) throws -> FeedbackRow {
        let time = try #require(Timestamp("2026-11-23T06:00:00Z"))
        return FeedbackRow(
            id: "0123456789abcdef0123456789abcdef", at: time, person: "p_1",
            name: "Ana", member: "ff", recordedBy: "p_7", mood: mood, text: text, about: nil, answeredAt: nil,
            answers: answers)
    }

    @Test func `feedback is shown line by line, with who said it and who wrote it down`() throws {
        let lines = VoiceText.lines(try feedback("One\nTwo\u{1B}[2J", mood: 1))
        #expect(lines.contains { $0.hasSuffix("Ana p_1") })
        #expect(lines.contains { $0.hasPrefix("recorded by") && $0.hasSuffix("p_7") })
        #expect(lines.contains { $0.hasSuffix("+1") })
        #expect(lines.contains { $0.contains("grapevine feedback answer 0123456789ab TEXT") })
        #expect(lines.suffix(2).map { display($0) } == ["  One", "  Two\\u{1B}[2J"])
    }

    @Test func `words that are not held are told from none`() throws {
        #expect(try VoiceText.lines(feedback(nil)).contains("  (the words are not held here)"))
        #expect(try !VoiceText.lines(feedback(nil, mood: 2)).contains("  (the words are not held here)"))
    }

    @Test func `a row of the list is one line without control characters`() throws {
        let table = Table(columns: FeedbackList.columns)
        let rows = [try feedback("One\nTwo\u{7}\u{202E}", mood: -2)]
        let lines = table.lines(rows)
        #expect(lines.count == 2)
        #expect(lines[1].contains("One Two\\u{7}\\u{202E}"))
        #expect(lines[1].contains("-2") && lines[1].contains("open"))
        #expect(table.csv(rows).count { $0 == 0x0A } == 2)
    }

    @Test func `a name that looks like another one has a mark`() throws {
        var row = try feedback("Hm")
        row.nameLookalike = true
        #expect(VoiceText.lines(row).contains { $0.hasSuffix("Ana ⚠ p_1") })
        let backer = BackerRow(backer: "p_1", id: "x", name: "Ana", nameLookalike: true)
        let table = Table(columns: BackerList.columns)
        #expect(table.lines([backer])[1].contains("Ana ⚠"))
        let csv = String(decoding: table.csv([backer]), as: UTF8.self)
        #expect(csv.contains("lookalike") && !csv.contains("⚠"))
    }

    @Test func `a mood may be negative`() throws {
        let parsed = try #require(
            try Grapevine.parseAsRoot(["feedback", "add", "Hm", "--mood", "-2"]) as? FeedbackAdd)
        #expect(parsed.mood == -2)
        #expect(try parsed.question().text == "Hm")
        #expect(throws: (any Error).self) { try Grapevine.parseAsRoot(["feedback", "add", "Hm", "--mood", "sad"]) }
        #expect(throws: (any Error).self) { try Grapevine.parseAsRoot(["feedback", "answer", "0123456"]) }
    }
}
