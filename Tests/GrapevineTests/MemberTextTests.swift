import API
import Testing

@testable import grapevine

struct MemberTextTests {
    private let key = String(repeating: "ab", count: 32)
    private let above = String(repeating: "cd", count: 32)

    @Test func `a member is shown with rights, logs, and what is odd`() throws {
        let time = try #require(Timestamp("2026-01-31T18:00:00Z"))
        var row = MemberRow(
            member: key, memberID: "11", name: "Ana", role: "treasurer", depth: 1, chain: [above], revoked: true,
            flags: [.revoked])
        row.rights = [
            RightRow(
                role: "treasurer", origin: .grant, reference: "r", chain: [above], since: time, expiresAt: nil,
                operationsPerDay: 500, bytesPerDay: nil, sources: ["shop"], presented: false, proved: true)
        ]
        row.logs = [
            LogRow(incarnation: 2, log: "l", length: 5, held: 9, head: nil, ending: .cut, endedBy: above, forkedAt: nil)
        ]
        row.notes = [MemberNote(.revoked, "this key is revoked", hint: "grapevine member succeed")]
        let lines = MemberText.lines(row)
        #expect(lines.contains("member     \(key)"))
        #expect(lines.contains { $0.contains("by") && $0.contains("root > cdcdcdcdcdcd…") })
        #expect(
            lines.contains { $0.contains("500 updates") && $0.contains("shop") && $0.hasSuffix("not taken up yet") })
        #expect(lines.contains { $0.contains("cut by cdcdcdcdcdcd…") && $0.contains("9") })
        #expect(lines.suffix(2) == ["Note: this key is revoked", "  try: grapevine member succeed"])
        #expect(!lines.contains("invites"))
    }

    @Test func `who has no right has no chain`() {
        let lines = MemberText.lines(MemberRow(member: key, role: "none"))
        #expect(lines == ["member  \(key)", "role    none"])
    }

    @Test func `cuts are summed`() {
        #expect(CutText.lines([]) == ["nothing that counts is cut"])
        let lines = CutText.lines([
            CutRow(member: key, incarnation: 1, from: 1_200, to: 200),
            CutRow(member: above, incarnation: 3, from: 1, to: 0),
        ])
        #expect(lines[0] == "cut: 1,001 updates in 2 logs")
        #expect(lines.count == 4)
        #expect(lines[2].split(separator: " ") == ["abababababab…", "1", "1200", "200"])
    }

    @Test func `an order says what it cuts where somebody may expect it`() {
        #expect(CutText.lines([], of: .grant, counts: true).isEmpty)
        #expect(CutText.lines([], of: .revoke, counts: true) == ["nothing that counts is cut"])
        #expect(CutText.lines([], of: .revoke, counts: false) == ["it does not count: its root has been retired"])
        let cut = CutRow(member: key, incarnation: 1, from: 3, to: 2)
        var answer = OrderAnswer(order: "o", serial: 2, kind: .revoke)
        #expect(CutText.lines(answer).isEmpty)  // nobody worked it out
        answer.cuts = []
        #expect(CutText.lines(answer) == ["once it is published:", "nothing that counts is cut"])
        answer.published = true
        #expect(CutText.lines(answer) == ["nothing that counts is cut"])
        #expect(CutText.lines([cut], of: .succession, counts: true)[0] == "cut: 1 update in 1 log")
    }
}
