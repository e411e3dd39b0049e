import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Runs every stored bundle through the same verifier as a peer's, one bundle a part, so that a fault is named where it lies.
struct LogCheck {
    let database: Database
    let charter: Charter

    /// - Returns: The logs with the states that their bundles give.
    func run(_ verification: inout Verification, _ progress: inout ProgressReport) throws -> [Writer.Log] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT number, member, incarnation, length, head, first_previous FROM logs ORDER BY number")
        var logs: [Writer.Log] = []
        for row in rows {
            let number: LogNumber = row[0]
            // Not by type: what is read may be damaged.
            guard let member = Data.fromDatabaseValue(row[1]).flatMap({ MemberKey($0) }),
                let incarnation = Data.fromDatabaseValue(row[2]).flatMap({ Incarnation($0) }),
                let length = Int64.fromDatabaseValue(row[3]),
                let head = Data.fromDatabaseValue(row[4]).flatMap({ Hash256($0) }),
                let previous = Data.fromDatabaseValue(row[5]).flatMap({ Hash256($0) })
            else {
                verification.note("log \(number): its key, length or head does not read")
                continue
            }
            let log = LogID(member: member, incarnation: incarnation)
            let state = try check(
                log, number: number, heldLength: UInt64(bitPattern: length), firstPrevious: previous, &verification,
                &progress)
            guard let state else { continue }
            if state.head != head { verification.note("log \(log): its head is not the id of its last bundle") }
            logs.append(Writer.Log(number: number, state: state))
        }
        let orphans =
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM bundles WHERE log NOT IN (SELECT number FROM logs)") ?? 0
        if orphans > 0 { verification.note("\(orphans) bundles belong to no log") }
        return logs
    }

    /// - Returns: nil where the log's bundles do not verify; the fault is noted.
    private func check(
        _ log: LogID, number: LogNumber, heldLength: UInt64, firstPrevious: Hash256, _ verification: inout Verification,
        _ progress: inout ProgressReport
    ) throws -> LogState? {
        var verifier = RunVerifier(state: LogState(log: log, community: charter.id), charter: charter)
        var previous = firstPrevious
        var position: UInt64 = 0
        var found: String?
        do {
            try LogReader(database: database, charter: charter).forEachBundle(of: number) { bundle in
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
                verification.bundles += 1
                progress.verified(Int(bundle.operationCount))
                verification.operations += Int(bundle.operationCount)
                if bundle.signature != nil { verification.signatures += 1 }
                previous = bundle.id
                position += UInt64(bundle.operationCount)
                return true
            }
        } catch let error as StorageError {
            found = "\(error)"
        }
        if found == nil, verifier.state.length != position,
            let tail = try Data.fetchOne(database, sql: "SELECT run FROM tails WHERE log = ?", arguments: [number])
        {
            _ = try? verifier.receive(Array(tail))  // one that vouches for nothing is missed below
        }
        if found == nil, position != heldLength {
            found = "log \(log): the last bundles are gone: \(heldLength) operations were held, \(position) are"
        }
        if found == nil, verifier.state.length != position {
            found = "log \(log): no signature vouches for positions \(verifier.state.length) to \(position)"
        }
        if found == nil, position > 0, verifier.state.head != previous {
            found = "log \(log): the last bundle, before position \(position), has another id than stored"
        }
        if let found {
            verification.note(found)
            return nil
        }
        return verifier.state
    }
}
