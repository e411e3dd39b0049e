package import GRDB

/// How much there is of the log.
package struct RecordFigures: Hashable, Sendable {
    /// Sum of the logs' lengths: operations that are erased, unknown or do not count included.
    package var updates: UInt64
    package var logs: Int

    package static func read(_ database: Database) throws -> RecordFigures {
        // Lengths stand before the rows' large columns: their overflow pages are not read.
        let sql = "SELECT coalesce(sum(standing), 0), count(*) FROM logs WHERE standing > 0"
        let figures = try database.firstRow(sql) { row in
            RecordFigures(updates: UInt64(clamping: row[0] as Int64), logs: row[1])
        }
        return figures ?? RecordFigures(updates: 0, logs: 0)
    }
}
