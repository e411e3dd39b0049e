import API

/// All that is known of one member.
enum MemberText {
    static func lines(_ row: MemberRow) -> [String] {
        var lines = Facts.lines([
            ("member", row.member), ("member id", row.memberID), ("person", row.person), ("name", row.name),
            ("own code", row.code), ("role", row.role), ("by", by(row.chain, hasRight: row.depth != nil)),
            ("until", row.expiresAt?.text), ("revoked", row.revoked ? "yes: no node talks to this key" : nil),
            ("other keys", joined(row.keys ?? [])),
        ])
        lines += section("rights", rightColumns, row.rights ?? [])
        lines += section("logs", logColumns, row.logs ?? [])
        lines += section("invites", inviteColumns, row.invites ?? [])
        for note in row.notes ?? [] { lines += ["", "Note: \(note.message)", "  try: \(note.hint)"] }
        return lines
    }

    private static func section<Row>(_ title: String, _ columns: [Table<Row>.Column], _ rows: [Row]) -> [String] {
        rows.isEmpty ? [] : ["", title] + Table(columns: columns).lines(rows).map { "  \($0)" }
    }

    private static func by(_ chain: [String], hasRight: Bool) -> String? {
        guard hasRight else { return nil }
        return (["root"] + chain.map(Words.short)).joined(separator: " > ")
    }

    private static func joined(_ keys: [String]) -> String? {
        keys.isEmpty ? nil : keys.map(Words.short).joined(separator: ", ")
    }

    private static var rightColumns: [Table<RightRow>.Column] {
        [
            .init("role") { $0.role },
            .init("from") { $0.chain.last.map { "\(Words.short($0))" } ?? "root" },
            .init("by") { $0.origin.rawValue },
            .init("since") { $0.since.text },
            .init("until") { $0.expiresAt?.text ?? "" },
            .init("a_day") { right in
                [
                    right.operationsPerDay.map { Words.count($0, "update") },
                    right.bytesPerDay.map { Words.count($0, "byte") },
                ].compactMap { $0 }.joined(separator: ", ")
            },
            .init("sources") { $0.sources.joined(separator: " ") },
            .init("state") { right in
                switch (right.presented, right.proved) {
                case (false, _): "not taken up yet"
                case (true, false): "unproved: the issuer's log is not held so far"
                case (true, true): ""
                }
            },
        ]
    }

    private static var logColumns: [Table<LogRow>.Column] {
        [
            .number("incarnation") { $0.incarnation },
            .number("counts") { $0.length },
            .number("held") { $0.held },
            .init("ends") { ending($0) },
            .init("head") { $0.head.map(Words.short) ?? "" },
        ]
    }

    private static func ending(_ log: LogRow) -> String {
        switch log.ending {
        case .open: ""
        case .cut: "cut by \(log.endedBy.map(Words.short) ?? "a steward")"
        case .fork: "forked at \(log.forkedAt ?? log.length)"
        case .noRight: "no right stands"
        case .tooManyIncarnations: "one incarnation too many"
        }
    }

    private static var inviteColumns: [Table<InviteRow>.Column] {
        [
            .init("invite") { Words.short($0.invite) },
            .init("role") { $0.role },
            .number("uses") { $0.uses },
            .number("in") { $0.admitted.count },
            .number("too_many") { $0.overUsed.count },
            .number("not_in") { $0.refused.count },
            .init("until") { $0.expiresAt?.text ?? "" },
            .init("state") { $0.revoked ? "revoked" : "" },
        ]
    }
}
