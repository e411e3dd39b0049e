package import API
import AuthorLog
import Community
import Storage

extension Node {
    /// Reads a part of a file, compares it with the record, and writes what differs in one durable transaction.
    ///
    /// - Parameters:
    ///   - part: Whole CSV records without the header row.
    ///   - header: The file's columns in its order, by their names and a comma between; `-` for one to skip.
    ///   - firstLine: Line of the part's first byte in the file.
    ///   - source: Of the external ids; `import` unless given.
    ///   - dryRun: Judges the rows, and writes nothing.
    package nonisolated func answer(
        importing kind: RecordKind, part: [UInt8], header: String, firstLine: Int, source: String? = nil,
        dryRun: Bool = false
    ) async throws -> ImportPart {
        var marked = Record()
        marked.isImported = true
        try await mayWrite(marked)
        guard part.count <= API.Limits.importPartBytes else {
            throw Failure(.tooLarge, "a part has at most \(API.Limits.importPartBytes) bytes")
        }
        let columns = try ImportColumns(header, of: kind)
        let source = try TextRule.source(source)
        let now = Int64(clamping: wallMilliseconds)
        let reader = PartReader(
            part, firstLine: firstLine,
            reader: RowReader(
                kind: kind, columns: columns, source: source, pseudonyms: store.rules.pseudonyms,
                latestMilliseconds: latestClaimedMilliseconds))
        return try await turn.take {
            var plan = ImportPlan(
                held: try await held(ImportLookups(reader.rows)), source: source, nowMilliseconds: now,
                rowCount: reader.rows.count)
            var rejected = reader.rejected
            for row in reader.rows {
                do throws(RowRefusal) {
                    try plan.add(row)
                } catch {
                    rejected.append(error.rejected(line: row.line, text: PartReader.text(of: row.place, in: part)))
                }
            }
            if !dryRun { try await write(plan.drafts) }
            return ImportPart(
                rows: reader.rowCount, applied: plan.applied, unchanged: plan.unchanged,
                rejected: rejected.sorted { $0.line < $1.line })
        }
    }
}
