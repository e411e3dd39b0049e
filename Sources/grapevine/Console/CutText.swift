import API

/// What counts no more.
enum CutText {
    static func lines(_ cuts: [CutRow]) -> [String] {
        guard !cuts.isEmpty else { return ["nothing that counts is cut"] }
        let operations = cuts.reduce(0) { $0 + $1.operations }
        return ["cut: \(Words.count(operations, "update")) in \(Words.count(cuts.count, "log"))"]
            + Table(columns: columns).lines(cuts).map { "  \($0)" }
    }

    private static var columns: [Table<CutRow>.Column] {
        [
            .init("member") { Words.short($0.member) },
            .number("incarnation") { $0.incarnation },
            .number("counted") { $0.from },
            .number("counts") { $0.to },
        ]
    }
}
