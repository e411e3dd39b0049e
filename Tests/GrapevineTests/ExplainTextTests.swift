import API
import Testing

@testable import grapevine

struct ExplainTextTests {
    private static let time = Timestamp("2014-01-06T11:41:00Z")

    private func claim(
        _ code: String, _ owner: String?, _ verdict: ExplainedClaim.Verdict, _ later: ExplainedClaim.Difference? = nil
    ) throws -> ExplainedClaim {
        let time = try #require(Self.time)
        return ExplainedClaim(
            code: code, ambassador: owner, at: time, period: 24_156, imported: true, recordedAt: time,
            member: String(repeating: "a", count: 64), recordedBy: nil, position: 3, verdict: verdict, laterBy: later)
    }

    private func answer(
        _ claims: [ExplainedClaim], _ ambassador: String? = nil, cut: Bool = false,
        attribution: AttributionName = .firstTouch
    ) -> ExplainReferral.Answer {
        ExplainReferral.Answer(
            person: "zoe", ambassador: ambassador, code: ambassador.map { _ in "BEN-1" }, cut: cut,
            attribution: attribution, claims: claims, more: false)
    }

    @Test func `the answer comes first, then every claim with its rule`() throws {
        let claims = [
            try claim("ZOE-1", "zoe", .ownCode), try claim("GHOST", nil, .unknownCode),
            try claim("BEN-1", "ben", .wins),
            try claim("ANA-1", "ana", .later, .time),
        ]
        let lines = ExplainText.lines(answer(claims, "ben"))
        #expect(lines[0] == "ben brought zoe, with code BEN-1.")
        #expect(lines[3].hasSuffix("import  does not count: it is their own code"))
        #expect(lines[4].hasPrefix("GHOST  nobody") && lines[4].hasSuffix("does not count: nobody owns the code"))
        #expect(lines[5].hasSuffix("wins: of the claims that count, the first"))
        #expect(lines[6].hasSuffix("later: claimed after the one that wins"))
        #expect(lines[6].contains("member aaaaaaaaaaaa…"))
        #expect(!lines.contains { $0.contains("last-touch") || $0.contains("circle") })
    }

    @Test func `no claim, none that counts, a circle and last-touch are each said`() throws {
        #expect(
            ExplainText.lines(answer([])) == ["Nobody claims to have brought zoe: grapevine referral add PERSON CODE"])
        let none = ExplainText.lines(answer([try claim("GHOST", nil, .unknownCode)]))
        #expect(none[0] == "Nobody counts as having brought zoe.")
        let both = ExplainText.lines(
            answer([try claim("BEN-1", "ben", .wins)], "ben", cut: true, attribution: .lastTouch))
        #expect(both.contains { $0.contains("circle") } && both.contains { $0.contains("last-touch") })
    }

    @Test func `every verdict has a sentence of its own, and what is odd is said beside it`() throws {
        let reasons = try ExplainedClaim.Verdict.allCases.map { try claim("A", "a", $0).reason }
        #expect(Set(reasons).count == ExplainedClaim.Verdict.allCases.count)
        var pair = try claim("BEN-1", "ben", .wins)
        pair.flags = [.mutualPair]
        let lines = ExplainText.lines(answer([pair, try claim("ANA-1", "ana", .outranked)], "ben"))
        #expect(lines.contains { $0.hasSuffix("the first; the two brought each other") })
        #expect(lines.contains { $0.hasPrefix("What only a code's owner says") })
    }

    @Test func `every way to be later has a sentence of its own`() throws {
        let reasons = try ExplainedClaim.Difference.allCases.map { try claim("A", "a", .later, $0).reason }
        #expect(Set(reasons).count == ExplainedClaim.Difference.allCases.count)
    }
}
