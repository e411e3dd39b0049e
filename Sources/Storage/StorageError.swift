import GRDB

/// What the disk did, and what we were doing.
package enum StorageError: Error, CustomStringConvertible {
    /// The state tables contradict themselves: `rebuild` folds them anew from the log.
    case stateIsDamaged(String)
    /// The log itself does not read: a peer has it, or a backup.
    case logIsDamaged(String)
    /// Made by a newer version, or no record at all.
    case unreadable(String)
    /// The connection is not as durable as promised.
    case notDurable(String)
    /// No space left: nothing was written, and everything still reads.
    case diskIsFull
    /// Never retried on the same connection: the process ends and starts anew.
    case disk(String)

    package var description: String {
        switch self {
        case .stateIsDamaged(let what): "the state is damaged: \(what)"
        case .logIsDamaged(let what): "the log is damaged: \(what)"
        case .unreadable(let what): "the record does not read: \(what)"
        case .notDurable(let what): "the database is not durable: \(what)"
        case .diskIsFull: "no space left on the disk of the home"
        case .disk(let what): "the disk failed: \(what)"
        }
    }

    /// Sorts what SQLite says into the few cases that callers treat apart.
    init(_ error: any Error, doing what: String) {
        switch error {
        case let known as StorageError: self = known
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .diskIsFull
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB:
            self = .unreadable("\(what): \(error)")
        default: self = .disk("\(what): \(error)")
        }
    }
}
