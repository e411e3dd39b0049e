/// A page of what import reads, as cells in the order of ``RecordKind/columns``.
package struct ExportRows: Request {
    package static let path = "export"

    package var kind: RecordKind
    /// Only rows whose external ids are all of this source, as one import reads them back; every row unless given.
    package var source: String?
    package var after: String?
    package var limit: Int?

    package init(_ kind: RecordKind, source: String? = nil, after: String? = nil, limit: Int? = nil) {
        self.kind = kind
        self.source = source
        self.after = after
        self.limit = limit
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var columns: [String]
        package var rows: [[String]]
        @Nullable package var next: String?

        package init(columns: [String], rows: [[String]], next: String? = nil) {
            self.columns = columns
            self.rows = rows
            self.next = next
        }
    }
}

/// Reads everything again: chains, signatures, and the state against the log.
package struct VerifyRecord: Request {
    package static let path = "verify"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var ok: Bool
        package var bundles: Int
        package var operations: Int
        package var signatures: Int
        /// A sentence each, naming the row.
        package var problems: [String]

        package init(ok: Bool, bundles: Int, operations: Int, signatures: Int, problems: [String]) {
            self.ok = ok
            self.bundles = bundles
            self.operations = operations
            self.signatures = signatures
            self.problems = problems
        }
    }
}

/// How far a ``VerifyRecord`` is that was asked for before.
package struct GetVerifyProgress: Request {
    package static let path = "verify-progress"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        /// Operations whose hashes, signatures and grants were checked.
        package var verified: Int
        /// Operations folded anew after that, to compare the state with.
        package var folded: Int
        /// Operations in the record; none where nothing is verified just now.
        @Nullable package var total: Int?

        package init(verified: Int, folded: Int, total: Int?) {
            self.verified = verified
            self.folded = folded
            self.total = total
        }
    }
}

/// Folds the state anew from the log.
package struct RebuildState: Request {
    package static let path = "rebuild"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var operations: Int
        /// 64 hex digits; none while the node cannot stand for one.
        @Nullable package var state: String?

        package init(operations: Int, state: String?) {
            self.operations = operations
            self.state = state
        }
    }
}
