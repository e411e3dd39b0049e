package import AuthorLog

/// An operation as the fold takes it: read, and sorted by what it is. Reading needs no state, so that it can be done ahead.
///
/// Indirect, as it is handed on from thread to thread: a record is some hundred bytes and a dozen references.
package indirect enum FoldOperation: Sendable {
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
        self = operation.publicPart.withUnsafeBytes { publicPart in
            guard case .held(_, let bytes) = operation.privatePart else {
                return FoldOperation(publicPart: publicPart, told: nil, rules: rules)
            }
            return bytes.withUnsafeBytes { FoldOperation(publicPart: publicPart, told: $0, rules: rules) }
        }
    }

    package init(_ operation: LyingOperation, rules: FoldRules) {
        self.init(publicPart: operation.publicPart, told: operation.privatePart, rules: rules)
    }

    /// - Parameter told: The private part where it is held, unread.
    private init(publicPart: UnsafeRawBufferPointer, told: UnsafeRawBufferPointer?, rules: FoldRules) {
        let body = UnsafeRawBufferPointer(rebasing: publicPart.dropFirst())
        switch publicPart.first ?? 0 {
        case OperationKind.present.rawValue: self = .present
        case OperationKind.authority: self = .authority
        case Record.kind:
            do throws(RecordError) {
                let record = try Record(decoding: body, currency: rules.currency)
                self = .record(record, told: told.flatMap { ToldRecord($0, of: record, rules.pseudonyms) })
            } catch {
                self = .malformed(error)
            }
        case Voice.Kind.post.rawValue: self = Self.voice(.post, body, told: told)
        case Voice.Kind.feedback.rawValue: self = Self.voice(.feedback, body, told: told)
        default: self = .unknownKind
        }
    }

    private static func voice(
        _ kind: Voice.Kind, _ body: UnsafeRawBufferPointer, told: UnsafeRawBufferPointer?
    ) -> FoldOperation {
        do throws(RecordError) {
            return .voice(try Voice(kind, decoding: Array(body)[...]), told: told.map { Array($0) })
        } catch {
            return .malformed(error)
        }
    }
}
