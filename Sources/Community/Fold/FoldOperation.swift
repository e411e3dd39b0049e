package import AuthorLog

/// An operation as the fold takes it: read, and sorted by what it is. Reading needs no state, so that it can be done ahead.
package enum FoldOperation: Sendable {
    /// - `told`: what may be believed of the private part, where it is held.
    case record(Record, told: ToldRecord?)
    /// - `told`: the private part where it is held, unread.
    case voice(Voice, told: [UInt8]?)
    case present
    /// Standing, not state.
    case authority
    case malformed(RecordError)
    case unknownKind

    package init(_ operation: Operation, rules: FoldRules) {
        switch operation.kind {
        case OperationKind.present.rawValue: self = .present
        case OperationKind.authority: self = .authority
        case Record.kind:
            do throws(RecordError) {
                let record = try Record(decoding: operation.body, currency: rules.currency)
                self = .record(record, told: operation.told.flatMap { ToldRecord($0, of: record, rules.pseudonyms) })
            } catch {
                self = .malformed(error)
            }
        case Voice.Kind.post.rawValue: self = .voice(.post, operation)
        case Voice.Kind.feedback.rawValue: self = .voice(.feedback, operation)
        default: self = .unknownKind
        }
    }

    private static func voice(_ kind: Voice.Kind, _ operation: Operation) -> FoldOperation {
        do throws(RecordError) {
            return .voice(try Voice(kind, decoding: operation.body), told: operation.told)
        } catch {
            return .malformed(error)
        }
    }
}

extension Operation {
    /// The private part where it is held, unread.
    fileprivate var told: [UInt8]? {
        guard case .held(_, let bytes) = privatePart else { return nil }
        return bytes
    }
}
