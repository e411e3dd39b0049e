import API

/// Why somebody counts as having brought a person, for people.
enum ExplainText {
    static func lines(_ answer: ExplainReferral.Answer) -> [String] {
        guard !answer.claims.isEmpty else {
            return ["Nobody claims to have brought \(answer.person): grapevine referral add PERSON CODE"]
        }
        let table = Table<ExplainedClaim>(columns: [
            .init("code") { $0.code },
            .init("owner") { claim in claim.ambassador.map { Words.person($0, name: claim.ambassadorName) } ?? "nobody"
            },
            .init("claimed") { $0.at.text },
            .init("recorded") { $0.recordedAt.text },
            .init("by") { Words.author($0.recordedBy, name: $0.recordedByName, member: $0.member) },
            .init("how") { $0.imported ? "import" : "by hand" },
            .init("why", width: nil) { claim in
                ([claim.reason] + claim.flags.filter { $0 != .selfReferral }.map(\.reason))
                    .joined(separator: "; ")
            },
        ])
        var lines = [headline(answer), ""] + table.lines(answer.claims)
        if answer.more { lines.append("… and more") }
        lines += [
            "",
            "Of the claims that count the one of lowest place (month, claimed time, member key, log) wins, and stays.",
        ]
        if answer.claims.contains(where: { $0.verdict == .outranked }) {
            lines.append("What only a code's owner says stands behind whatever somebody else says.")
        }
        if answer.cut {
            lines.append(
                "It closes a circle of people, each brought by the next: the tree is cut here, and nobody stands above."
            )
        }
        if answer.attribution == .lastTouch {
            lines.append("That is who brought them. By last-touch their pledges credit the code that each carries.")
        }
        return lines
    }

    private static func headline(_ answer: ExplainReferral.Answer) -> String {
        guard let ambassador = answer.ambassador, let code = answer.code else {
            return "Nobody counts as having brought \(answer.person)."
        }
        return "\(ambassador) brought \(answer.person), with code \(code)."
    }
}
