import API

/// What came of an import, for people.
enum ImportText {
    static func lines(_ answer: ImportAnswer, dryRun: Bool) -> [String] {
        let done = dryRun ? "would change" : "changed"
        let rejected = Words.count(answer.rejected, "row")
        return [
            "\(Words.count(answer.rows, "row")): \(Words.grouped(answer.applied)) \(done) the record, "
                + "\(Words.grouped(answer.unchanged)) were in it already, \(Words.grouped(answer.rejected)) rejected."
        ] + (answer.rejectedFile.map { ["Mend \(rejected) in \($0), then import that file."] } ?? [])
    }
}
