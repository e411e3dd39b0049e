package import AuthorLog

/// An operation as the fold takes it: read, and sorted by what it is. Reading needs no state, so that it can be done ahead.
package enum FoldOperation: Sendable {
    /// - `told`: the private part where it is held, unread.
    case record(Record, told: [UInt8]?)
    case present
    /// Standing, not state.
    case authority
    case malformed(RecordError)
    case unknownKind

    /// - Parameter currency: The charter's: what an empty currency means.
    package init(_ operation: Operation, currency: Currency) {
        switch operation.kind {
        case OperationKind.present.rawValue: self = .present
        case OperationKind.authority: self = .authority
        case Record.kind:
            let record: Record
            do {
                record = try Record(decoding: operation.body, currency: currency)
            } catch {
                self = .malformed(error)
                return
            }
            if case .held(_, let told) = operation.privatePart {
                self = .record(record, told: told)
            } else {
                self = .record(record, told: nil)
            }
        default: self = .unknownKind
        }
    }
}
