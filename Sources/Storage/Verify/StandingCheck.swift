import AuthorLog
import FoundationEssentials
import GRDB

extension Writer {
    /// Works out what stands from the record alone, and names the logs that are noted otherwise.
    func judgeAnew(from record: Database, _ verification: inout Verification) throws {
        try loadEvidence(from: record)
        for verdict in try judge(record).logs {
            guard var log = logs[verdict.log] else { continue }
            log.applied = AppliedStanding(verdict)
            logs[verdict.log] = log
            let noted = try record.firstRow("\(AppliedStanding.sql) WHERE number = ?", [log.number]) { row in
                try? AppliedStanding(stored: row)  // one that does not read is another
            }
            if noted != log.applied {
                verification.note(
                    "log \(verdict.log): counts for \(log.applied.length) operations, and is noted as counting otherwise"
                )
            }
        }
    }
}
