import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Checks a log one bundle a part, so that a fault is named where it lies.
struct LogFault {
    let entry: LogCheck.Entry
    let charter: Charter
    let progress: ProgressReport
    /// Operations from the log's beginning that ``progress`` has heard of.
    let toldBefore: Int

    func find(_ database: Database) throws -> LogCheck.Finding {
        let log = entry.log
        var verifier = RunVerifier(state: LogState(log: log, community: charter.id), charter: charter)
        var finding = LogCheck.Finding()
        var previous = entry.firstPrevious
        var position: UInt64 = 0
        var found: String?
        do {
            try LogReader(database: database, charter: charter).forEachBundle(of: entry.number) { bundle in
                guard bundle.position == position else {
                    found = "log \(log): bundles are gone between positions \(position) and \(bundle.position)"
                    return false
                }
                do {
                    _ = try verifier.receive(bundle.run(community: charter.id, previous: previous))
                } catch RunError.doesNotContinue(let length, _) {
                    found =
                        "log \(log): a byte before position \(length) changed: the bundle that ends there has another id"
                    return false
                } catch {
                    found = "log \(log), bundle at position \(bundle.position): \(error)"
                    return false
                }
                finding.bundles += 1
                finding.operations += Int(bundle.operationCount)
                if bundle.signature != nil { finding.signatures += 1 }
                if finding.operations > toldBefore {
                    progress.verified(min(Int(bundle.operationCount), finding.operations - toldBefore))
                }
                previous = bundle.id
                position += UInt64(bundle.operationCount)
                return true
            }
        } catch let error as StorageError {
            found = "\(error)"
        }
        if found == nil, verifier.state.length != position,
            let tail = try Data.fetchOne(
                database, sql: "SELECT run FROM tails WHERE log = ?", arguments: [entry.number])
        {
            _ = try? verifier.receive(Array(tail))  // one that vouches for nothing is missed below
        }
        if found == nil, position != entry.length {
            found = "log \(log): the last bundles are gone: \(entry.length) operations were held, \(position) are"
        }
        if found == nil, verifier.state.length != position {
            found = "log \(log): no signature vouches for positions \(verifier.state.length) to \(position)"
        }
        if found == nil, position > 0, verifier.state.head != previous {
            found = "log \(log): the last bundle, before position \(position), has another id than stored"
        }
        finding.problem = found
        if found == nil { finding.state = verifier.state }
        return finding
    }
}
