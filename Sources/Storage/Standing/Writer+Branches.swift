import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Branches that are kept aside: how they come, and how one of them comes to be followed.
extension Writer {
    // MARK: Verifying

    /// Verifies a part that does not continue the branch that is followed, where it begins at a place that is held.
    ///
    /// The first of its kind proves a fork. After that a branch is taken only where somebody who may has named it.
    ///
    /// - Returns: Nil where nobody here knows the place it begins at.
    func verifyBranch(
        _ arrival: Arrival, of log: LogID, into verified: inout [VerifiedRun], database: Database
    ) throws -> IngestOutcome? {
        let key = PendingKey(source: arrival.source, log: log)
        if var verifier = pendingBranches.removeValue(forKey: key),
            let bundles = try? verifier.receive(arrival.part)  // another part than expected: begun anew below
        {
            if verifier.unverifiedByteCount > 0 { pendingBranches[key] = verifier }
            return try take(bundles, verifier, of: log, from: arrival.source, into: &verified, database)
        }
        guard let held = logs[log], let points = try? RunPoints(of: arrival.part) else { return nil }
        let index = HeldLogs(database: database, logs: logs, branches: branches, ends: ends)
        var junction = BranchPoint(length: points.head.firstPosition, head: points.head.previous)
        guard let last = points.ends.last, index.isHeld(junction, in: log) else { return nil }
        // A bundle is held with all before it.
        if index.isHeld(last, in: log) { return .alreadyHeld(length: held.state.length) }
        let next = points.ends.first { !index.isHeld($0, in: log) }
        if let failure = index.failure { throw failure }
        guard let next else { return .alreadyHeld(length: held.state.length) }
        junction = points.ends.last { $0 < next && $0.length < next.length } ?? junction
        guard isWanted(log, from: junction) else { return .alreadyHeld(length: held.state.length) }
        // Whoever has not the author's signature shall not make us read the log again.
        guard let signed = points.lastSigned, signed.header.isSigned(by: signed.signature) else { return nil }
        var verifier = RunVerifier(state: try state(of: held, at: junction, database), charter: charter)
        let bundles = try verifier.receive(arrival.part)
        if verifier.unverifiedByteCount > 0 { pendingBranches[key] = verifier }
        return try take(bundles, verifier, of: log, from: arrival.source, into: &verified, database)
    }

    private func isWanted(_ log: LogID, from junction: BranchPoint) -> Bool {
        if hasNamedHead(log) { return (branches[log]?.partings ?? 0) < StorageLimits.branchesOfNamedLog }
        let fork = Fork(log: log, position: junction.length, predecessor: junction.head)
        return evidence.proofs[fork] == nil && evidence.forks(of: log).count < AuthorLog.Limits.forksPerLog
    }

    /// Somebody who may has named a place of it that is not held.
    private func hasNamedHead(_ log: LogID) -> Bool {
        standing?[log].map { !$0.wantedHeads.isEmpty } ?? false
    }

    private func take(
        _ bundles: [VerifiedBundle], _ verifier: RunVerifier, of log: LogID, from source: UInt64,
        into verified: inout [VerifiedRun], _ database: Database
    ) throws -> IngestOutcome {
        guard let first = bundles.first?.bundle.header else { return .appended(operations: 0) }
        let held = try Int.fetchOne(
            database, sql: "SELECT sum(length(body)) FROM aside WHERE log = ?", arguments: [logs[log]?.number ?? 0])
        // What somebody has named finds room, whatever else is kept.
        let limit = StorageLimits.asideByteLimit * (hasNamedHead(log) ? 2 : 1)
        guard held ?? 0 < limit else {
            return .alreadyHeld(length: first.position)
        }
        verified.append(
            VerifiedRun(
                bundles: bundles, state: verifier.state, source: source, isAside: true, tail: verifier.tail))
        return .appended(operations: bundles.reduce(0) { $0 + $1.bundle.operationCount })
    }

    /// The state of a log after a bundle of any of its branches: its bundles are admitted anew, from the first.
    private func state(of log: Log, at place: BranchPoint, _ database: Database) throws -> LogState {
        if let known = branchStates[log.state.log], known.length == place.length, known.head == place.head {
            return known
        }
        let path = branches[log.state.log]?.path(to: place.head)
        var state = LogState(log: log.state.log, community: charter.id)
        func admit(_ stored: StoredBundle, previous: Hash256) throws {
            do {
                try state.admit(try stored.bundle(community: charter.id, previous: previous), charter: charter)
            } catch let error as AuthenticityError {
                throw StorageError.logIsDamaged("log \(stored.log), position \(stored.position): \(error)")
            }
        }
        let end = path?.junction.length ?? place.length
        if end > 0 {
            var previous = try firstPrevious(of: log, database)
            try LogReader(database: database, charter: charter).forEachBundle(of: log.number) { stored in
                guard stored.end <= end else { return false }
                try admit(stored, previous: previous)
                previous = stored.id
                return true
            }
        }
        for point in path?.points ?? [] {
            guard let (stored, previous) = try aside(point.id, database) else { continue }
            try admit(stored, previous: previous)
        }
        if branchStates.count >= StorageLimits.branchStatesKept { branchStates = [:] }
        branchStates[log.state.log] = state
        return state
    }

    private func firstPrevious(of log: Log, _ database: Database) throws -> Hash256 {
        try database.firstRow("SELECT first_previous FROM logs WHERE number = ?", [log.number]) { try $0.fixed(0) }
            ?? Hash256(raw: .zero)
    }

    // MARK: Keeping

    /// Keeps verified bundles of another branch, and the proof of the fork that they make.
    func setAside(_ run: VerifiedRun, in database: Database) throws {
        guard let first = run.bundles.first?.bundle, let log = logs[run.state.log] else { return }
        let rivals = try rivals(of: first, in: log, database)
        for bundle in run.bundles.lazy.map(\.bundle) { try setAside(bundle, of: log, in: database) }
        branchStates[run.state.log] = run.state
        if let rivals, let branch = ForkProof.Branch(run.bundles.map(\.bundle), run.tail),
            // Both were verified; what is no proof says nothing.
            let proof = try? ForkProof.make(rivals, branch)
        {
            _ = try keep(proof, in: database)
        }
    }

    private func setAside(_ bundle: Bundle, of log: Log, in database: Database) throws {
        let header = bundle.header
        try run(
            """
            INSERT OR IGNORE INTO aside (log, position, count, time, id, previous, body, signature)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                log.number, Int64(clamping: header.position), Int64(header.operationCount),
                header.time.databaseInteger, bundle.id.data, header.previous.data, Data(bundle.body),
                bundle.signature.map { Data($0.bytes) },
            ], database)
        branches[log.state.log, default: BranchIndex()].insert(
            AsidePoint(id: bundle.id, previous: header.previous, position: header.position, end: header.end))
        if let authority = AuthorityBundle(bundle) { evidence.insert(authority) }
    }

    /// What is held already of the log from where the bundle parts from it; nil where it parts from nothing.
    private func rivals(of bundle: Bundle, in log: Log, _ database: Database) throws -> ForkProof.Branch? {
        let (position, previous) = (bundle.header.position, position(of: bundle))
        var found: [Bundle] = []
        var tail: BareTail?
        if previous.map({ branches[log.state.log]?.points[$0] == nil }) ?? true, position < log.state.length {
            var before = try previous ?? firstPrevious(of: log, database)
            try LogReader(database: database, charter: charter).forEachBundle(of: log.number, from: position) {
                stored in
                found.append(try stored.bundle(community: charter.id, previous: before))
                before = stored.id
                return stored.signature == nil
            }
            tail = try self.tail(of: log, database)
        } else {
            var next = branches[log.state.log]?.following(previous).first
            while let point = next, let (stored, before) = try aside(point.id, database) {
                found.append(try stored.bundle(community: charter.id, previous: before))
                guard stored.signature == nil else { break }
                next = branches[log.state.log]?.following(point.id).first
            }
        }
        return ForkProof.Branch(found, tail)
    }

    private func position(of bundle: Bundle) -> Hash256? {
        bundle.header.position == 0 ? nil : bundle.header.previous
    }

    private func aside(_ id: Hash256, _ database: Database) throws -> (StoredBundle, previous: Hash256)? {
        try database.firstRow(
            """
            SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, b.signature, b.previous
            FROM aside b JOIN logs l ON l.number = b.log WHERE b.id = ?
            """, [id.data]
        ) { (try LogReader.bundle($0), try $0.fixed(9)) }
    }

    /// - Returns: False where the fork was known, nothing is known of whose it is, or the log has more forks than anybody looks at.
    func keep(_ proof: ForkProof, in database: Database) throws -> Bool {
        let fork = Fork(proof)
        guard evidence.proofs[fork] == nil, logs[fork.log] != nil || standing?[fork.log.member] != nil else {
            return false
        }
        let known = evidence.forks(of: proof.log)
        if known.count >= AuthorLog.Limits.forksPerLog {
            // The lowest, whoever came first: so that all keep the same.
            guard let highest = known.max(), fork < highest else { return false }
            evidence.remove(highest)
            try run("DELETE FROM forks WHERE fork = ?", [Data(highest.name)], database)
        }
        try run("INSERT INTO forks VALUES (?, ?)", [Data(fork.name), Data(proof.bytes)], database)
        return evidence.insert(proof)
    }

    // MARK: Following another branch

    /// Makes the branch with that tip the one that is followed; what was, is kept aside.
    func follow(
        _ tip: BranchPoint, of log: Log, wallMilliseconds: UInt64, _ database: Database
    ) throws -> Log {
        guard let path = branches[log.state.log]?.path(to: tip.head) else { return log }
        let state = try state(of: log, at: tip, database)
        var chosen: [Bundle] = []
        for point in path.points {
            guard let (stored, previous) = try aside(point.id, database) else { continue }
            chosen.append(try stored.bundle(community: charter.id, previous: previous))
            try run("DELETE FROM aside WHERE id = ?", [point.id.data], database)
        }
        var previous = path.junction.length == 0 ? try firstPrevious(of: log, database) : path.junction.head
        var left: [(number: Int64, bundle: Bundle)] = []
        try LogReader(database: database, charter: charter).forEachBundle(of: log.number, from: path.junction.length) {
            left.append(($0.number, try $0.bundle(community: charter.id, previous: previous)))
            previous = $0.id
            return true
        }
        for (number, bundle) in left {
            try setAside(bundle, of: log, in: database)
            for table in ["held", "signatures", "authority"] {
                try run("DELETE FROM \(table) WHERE bundle = ?", [number], database)
            }
            try run("DELETE FROM bundles WHERE number = ?", [number], database)
        }
        for bundle in chosen {
            bundleNumber += 1
            try insert(bundle, log: log.number, to: database)
            if isHeld(bundle, wallMilliseconds: wallMilliseconds) {
                try hold(bundle.header, byteCount: bundle.body.count, log: log.number, database)
            }
        }
        if path.junction.length == 0, let first = chosen.first {
            try run(
                "UPDATE logs SET first_previous = ? WHERE number = ?", [first.header.previous.data, log.number],
                database)
        }
        var next = log
        next.state = state
        next.headBundle = chosen.isEmpty ? log.headBundle : bundleNumber
        try write(state, of: log.number, to: database)
        try keep(nil, of: next, in: database)
        logs[log.state.log] = next
        branches[log.state.log] = try BranchIndex.all(in: database, log: log.number)[log.state.log]
        pending = pending.filter { $0.key.log != log.state.log }
        ends.forget()
        return next
    }

    // MARK: Ends of logs that are cut

    /// The bare headers that vouch for the log's last bundle, in place of those that did.
    func keep(_ tail: BareTail?, of log: Log, in database: Database) throws {
        guard let tail else { return try run("DELETE FROM tails WHERE log = ?", [log.number], database) }
        let bytes = Run.encode(bare: tail.headers, signature: tail.signature)
        try run("INSERT OR REPLACE INTO tails VALUES (?, ?)", [log.number, Data(bytes)], database)
    }
}

extension Writer {
    fileprivate func tail(of log: Log, _ database: Database) throws -> BareTail? {
        let sql = "SELECT run FROM tails WHERE log = ?"
        guard let bytes = try database.firstRow(sql, [log.number], { Array($0[0] as Data) }),
            let run = try? Run(decoding: bytes),  // `verify` names one that does not read
            let signature = run.entries.last?.signature
        else { return nil }
        return BareTail(headers: run.entries.map(\.header), signature: signature)
    }
}

extension ForkProof.Branch {
    /// Up to the first signature, which may be behind bare headers; nil where there is none.
    fileprivate init?(_ bundles: [Bundle], _ tail: BareTail?) {
        if let end = bundles.firstIndex(where: { $0.signature != nil }), let signature = bundles[end].signature {
            self.init(headers: bundles[...end].map(\.header), signature: signature)
        } else if let tail, tail.headers.first?.previous == bundles.last?.id {
            self.init(headers: bundles.map(\.header) + tail.headers, signature: tail.signature)
        } else {
            return nil
        }
    }
}

extension BranchIndex {
    /// - Parameter log: Of that log only; nil: of all.
    static func all(in database: Database, log: LogNumber? = nil) throws -> [LogID: BranchIndex] {
        let sql = """
            SELECT l.member, l.incarnation, b.id, b.previous, b.position, b.count
            FROM aside b JOIN logs l ON l.number = b.log WHERE ? IS NULL OR b.log = ?
            """
        var branches: [LogID: BranchIndex] = [:]
        let rows = try Row.fetchCursor(database, sql: sql, arguments: [log, log])
        while let row = try rows.next() {
            guard let incarnation = Incarnation(row[1] as Data) else {
                throw StorageError.logIsDamaged("an incarnation does not read")
            }
            let (position, count): (Int64, Int64) = (row[4], row[5])
            let id = LogID(member: try row.fixed(0), incarnation: incarnation)
            branches[id, default: BranchIndex()].insert(
                AsidePoint(
                    id: try row.fixed(2), previous: try row.fixed(3), position: UInt64(bitPattern: position),
                    end: UInt64(bitPattern: position) &+ UInt64(clamping: count)))
        }
        return branches
    }
}
