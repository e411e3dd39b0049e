package import AuthorLog
import Community
import FoundationEssentials
import GRDB
package import Identity

/// What the home knows of its record from elsewhere, for `verify`.
package struct HomeFacts: Sendable {
    /// In the mark beside the key; nil where there is no mark yet.
    package var token: Bytes16?
    /// That the own chain begins with; it is kept from the start on.
    package var order: SignedRootOrder?

    package init(token: Bytes16? = nil, order: SignedRootOrder? = nil) {
        self.token = token
        self.order = order
    }
}

/// Checks what a node remembers beside the bundles: the state of each log, what is set aside, forks, chains, root orders, and its
/// own notes.
struct RememberedCheck {
    let database: Database
    let charter: Charter
    let facts: HomeFacts

    /// - Parameter logs: With the states that their bundles give; those that did not verify are left out.
    func run(_ logs: [Writer.Log], _ verification: inout Verification) throws {
        try checkStates(of: logs, &verification)
        try checkAuthority(&verification)
        try checkAside(&verification)
        try checkForks(&verification)
        try checkOrders(&verification)
        try checkChains(of: logs, &verification)
        try checkNotes(&verification)
    }

    private func checkStates(of logs: [Writer.Log], _ verification: inout Verification) throws {
        for log in logs {
            let stored = try bytes("SELECT state FROM logs WHERE number = ?", [log.number])
            guard let state = stored.flatMap({ try? LogState(decoding: $0) }) else {
                verification.note("log \(log.state.log): its stored state does not read")
                continue
            }
            if state != log.state {
                verification.note("log \(log.state.log): its stored state is not what its bundles give")
            }
        }
    }

    /// Which bundles bear authority, as noted for working out what stands.
    private func checkAuthority(_ verification: inout Verification) throws {
        let sql = """
            SELECT b.log, b.position, b.body, a.bundle IS NOT NULL
            FROM bundles b LEFT JOIN authority a ON a.bundle = b.number ORDER BY b.number
            """
        try DirectStatement(database, sql).forEach({ _ in }) { row in
            let kind = AuthorLog.Operation.kind(ofFirstInBody: row.bytes(2))
            if OperationKind.authority.contains(kind) != row.bool(3) {
                verification.note("log \(row.int(0)), position \(row.int(1)): is noted wrongly as to authority")
            }
        }
    }

    private func checkAside(_ verification: inout Verification) throws {
        let sql = """
            SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, b.signature, b.previous
            FROM aside b LEFT JOIN logs l ON l.number = b.log ORDER BY b.number
            """
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            let name = "set aside, bundle \(row[0] as Int64)"
            // What does not read is named, not thrown.
            guard let stored = try? LogReader.bundle(row), let previous: Hash256 = try? row.fixed(9),
                let bundle = try? stored.bundle(community: charter.id, previous: previous)
            else {
                verification.note("\(name): does not read")
                continue
            }
            if bundle.id != stored.id { verification.note("\(name): has another id than stored") }
            if let signature = bundle.signature, !bundle.header.isSigned(by: signature) {
                verification.note("\(name): its signature is not its author's")
            }
        }
    }

    private func checkForks(_ verification: inout Verification) throws {
        for row in try Row.fetchAll(database, sql: "SELECT fork, proof FROM forks ORDER BY fork") {
            let key = Self.bytes(row, 0) ?? []
            let name = "fork \(Hex.encode(key))"
            do {
                let proof = try ForkProof(decoding: Self.bytes(row, 1) ?? [], community: charter.id)
                if Fork(proof).name != key { verification.note("\(name): the proof is of another") }
            } catch {
                verification.note("\(name): its proof proves nothing: \(error)")
            }
        }
    }

    private func checkOrders(_ verification: inout Verification) throws {
        var named: Set<Hash256> = []
        let successions = try Row.fetchAll(database, sql: "SELECT bytes FROM orders").compactMap { row in
            Self.bytes(row, 0).flatMap { try? SignedRootOrder(decoding: $0) }  // named below
        }
        for row in try Row.fetchAll(database, sql: "SELECT hash, bytes FROM orders ORDER BY hash") {
            let key = Self.bytes(row, 0).flatMap { Hash256($0) }
            if let key { named.insert(key) }
            let name = "root order \(key.map { "\($0)" } ?? "under a key that is no hash")"
            guard let order = Self.bytes(row, 1).flatMap({ try? SignedRootOrder(decoding: $0) }) else {
                verification.note("\(name): does not read")
                continue
            }
            guard order.isGenuine(under: charter, successions: successions) else {
                verification.note("\(name): is not signed by the root key")
                continue
            }
            if order.hash != key { verification.note("\(name): is the order \(order.hash)") }
        }
        if let own = facts.order, !named.contains(own.hash) {
            verification.note("root order \(own.hash): is missing, and the own chain begins with it")
        }
    }

    /// Of the members that the record has logs of, and of those that only said hello.
    private func checkChains(of logs: [Writer.Log], _ verification: inout Verification) throws {
        var members: Set<MemberKey> = []
        for row in try Row.fetchAll(database, sql: "SELECT member, presentation FROM chains ORDER BY member") {
            guard let member = Self.bytes(row, 0).flatMap({ MemberKey($0) }) else {
                verification.note("a chain is kept under a key that is no member's")
                continue
            }
            members.insert(member)
            guard let chain = Self.bytes(row, 1).flatMap({ try? Presentation(decoding: $0) }) else {
                verification.note("chain of member \(member): does not read")
                continue
            }
            do {
                // When it was made: one that has expired since proved something once.
                let time = chain.lastLinkTime
                _ = try chain.right(of: member, presentedAt: time.next ?? time, charter: charter)
            } catch {
                verification.note("chain of member \(member): proves nothing: \(error)")
            }
        }
        // Every log begins with its author's chain, which is kept with it.
        var missed: Set<MemberKey> = []
        for log in logs where !members.contains(log.state.log.member) {
            if missed.insert(log.state.log.member).inserted {
                verification.note("chain of member \(log.state.log.member): is missing")
            }
        }
    }

    private func checkNotes(_ verification: inout Verification) throws {
        let expected: [(note: NodeValue, value: [UInt8])] = [
            (.schema, [UInt8(Schema.version)]), (.community, charter.id.bytes), (.foldVersion, [UInt8(Fold.version)]),
        ]
        for (note, value) in expected { try check(note, is: value, &verification) }
        if let token = facts.token {
            try check(.token, is: token.bytes, &verification)
        } else if let stored = try note(.token), stored.count != Bytes16.byteCount {
            verification.note("note token of the node: is not \(Bytes16.byteCount) bytes")
        }
        for key in try String.fetchAll(database, sql: "SELECT CAST(key AS TEXT) FROM node ORDER BY key") {
            if NodeValue(rawValue: key) == nil { verification.note("note \(key) of the node: means nothing") }
        }
    }

    private func check(_ key: NodeValue, is value: [UInt8], _ verification: inout Verification) throws {
        guard let stored = try note(key) else {
            verification.note("note \(key.rawValue) of the node: is missing")
            return
        }
        guard stored != value else { return }
        verification.note("note \(key.rawValue) of the node: is \(Hex.encode(stored)), it must be \(Hex.encode(value))")
    }

    private func note(_ key: NodeValue) throws -> [UInt8]? {
        try bytes("SELECT value FROM node WHERE key = ?", [key.rawValue])
    }

    // MARK: Not by type: what is read may be damaged

    private func bytes(_ sql: String, _ arguments: StatementArguments) throws -> [UInt8]? {
        try database.firstRow(sql, arguments) { Self.bytes($0, 0) } ?? nil
    }

    private static func bytes(_ row: Row, _ column: Int) -> [UInt8]? {
        Data.fromDatabaseValue(row[column]).map { Array($0) }
    }
}
