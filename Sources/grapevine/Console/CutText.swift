import API

/// What counts no more.
enum CutText {
    static func lines(_ cuts: [CutRow]) -> [String] {
        guard !cuts.isEmpty else { return ["nothing that counts is cut"] }
        let operations = cuts.reduce(0) { $0 + $1.operations }
        return ["cut: \(Words.count(operations, "update")) in \(Words.count(cuts.count, "log"))"]
            + Table(columns: columns).lines(cuts).map { "  \($0)" }
    }

    /// Of a root order: most kinds cut nothing, and nobody expects it of them.
    static func lines(_ cuts: [CutRow], of kind: RootOrderKind, counts: Bool) -> [String] {
        guard counts else { return ["it does not count: its root has been retired"] }
        return cuts.isEmpty && kind != .revoke && kind != .choose ? [] : lines(cuts)
    }

    /// Of an order that was signed here: nothing where no node has worked it out.
    static func lines(_ answer: OrderAnswer) -> [String] {
        guard let cuts = answer.cuts else { return [] }
        let lines = lines(cuts, of: answer.kind, counts: answer.counts ?? true)
        return answer.published || lines.isEmpty ? lines : ["once it is published:"] + lines
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
