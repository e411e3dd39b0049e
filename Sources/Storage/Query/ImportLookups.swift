import AuthorLog
package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// What the record holds of the persons, codes and pledges that somebody is about to write of.
///
/// Many at once, for a part of an import, or one, for a command: so that only what differs is written.
package struct ImportLookups: Sendable {
    package var people: Set<PersonID> = []
    package var codes: Set<CodeText> = []
    package var pledges: Set<PledgeID> = []
    /// Pledges name persons of whom no more is asked than whether their external id is held.
    package var wantsClaims = false
    /// Names and contacts, for commands; import has none.
    package var wantsDetails = false

    package init() {}

    package func run(_ database: Database) throws -> HeldFacts {
        var held = HeldFacts()
        try readPeople(into: &held, database)
        if wantsClaims { try readClaims(into: &held, database) }
        if wantsDetails { try readDetails(into: &held, database) }
        try readCodes(into: &held, database)
        try readPledges(into: &held, database)
        return held
    }

    // MARK: Persons

    private func readPeople(into held: inout HeldFacts, _ database: Database) throws {
        let sql = """
            SELECT p.person, p.number, p.joined_at, p.own_code, p.external IS NOT NULL, a.code, p.marks,
                p.winner IS NOT NULL
            FROM state_people p LEFT JOIN state_ambassadors a ON a.person = p.number
            WHERE p.person IN
            """
        try database.forEach(of: people.sorted().map(\.data), sql) { row in
            var person = HeldPerson()
            person.number = row[1]
            person.joinedAt = row[2]
            person.hasOwnCode = row[3]
            person.isExternalIDHeld = row[4]
            person.shownCode = row[5]
            person.isSuspended = PersonMarks(rawValue: row[6]).contains(.isSuspended)
            person.isAttributed = row[7]
            held.people[try row.fixed(0)] = person
        }
    }

    private func readClaims(into held: inout HeldFacts, _ database: Database) throws {
        let sql = """
            SELECT p.person, k.code, c.at, r.id IS NOT NULL AND r.id IS o.person, p.number,
                p.marks | coalesce(o.marks, 0), o.person
            FROM state_people p CROSS JOIN state_claims c ON c.person = p.number
                CROSS JOIN state_codes k ON k.number = c.code CROSS JOIN logs l ON l.number = c.log
                LEFT JOIN state_people o ON o.number = k.owner LEFT JOIN parties r ON r.number = c.recorder
            WHERE p.person IN
            """
        var unsure: [PersonID: PersonNumber] = [:]
        let order = "ORDER BY p.number, (\(SharedSQL.claimWins)) DESC, \(SharedSQL.claimPlace)"
        try database.forEach(of: held.people.keys.sorted().map(\.data), sql, order) { row in
            let claim = HeldClaim(
                code: try row.codeText(1), at: row[2], isSaid: row[3], owner: try row.optionalFixed(6))
            let id: PersonID = try row.fixed(0)
            held.people[id]?.claims.append(claim)
            if !PersonMarks(rawValue: row[5]).isDisjoint(with: [.hasUnlinks, .hasSuspensions]) { unsure[id] = row[4] }
        }
        guard wantsDetails else { return }
        for (id, number) in unsure.sorted(by: { $0.key < $1.key }) {
            held.people[id]?.withdrawnCodes = try Self.withdrawnCodes(of: number, database)
        }
    }

    /// Codes of which no claim on the person is left but such as were unlinked, or made while the owner was suspended.
    private static func withdrawnCodes(of person: PersonNumber, _ database: Database) throws -> Set<CodeText> {
        let claims = try PersonClaims(of: person, database)?.claims ?? []
        let left = claims.filter { $0.verdict != .unlinked && $0.verdict != .suspended }.map(\.normalForm)
        return Set(claims.map(\.normalForm)).subtracting(left).reduce(into: []) { codes, text in
            if let code = CodeText(text) { codes.insert(code) }
        }
    }

    private func readDetails(into held: inout HeldFacts, _ database: Database) throws {
        let sql = """
            SELECT p.person, f.field, f.value
            FROM state_people p CROSS JOIN detail_fields f ON f.person = p.number
            WHERE p.person IN
            """
        try database.forEach(of: held.people.keys.sorted().map(\.data), sql) { row in
            let id: PersonID = try row.fixed(0)
            switch DetailWriter.Field(rawValue: row[1]) {
            case .name: held.people[id]?.displayName = row[2]
            case .contact: held.people[id]?.contact = row[2]
            case nil: break
            }
        }
    }

    // MARK: Codes

    private func readCodes(into held: inout HeldFacts, _ database: Database) throws {
        let sql = """
            SELECT k.code, o.person, k.own_person IS NOT NULL, r.person, k.written, k.at
            FROM state_codes k LEFT JOIN state_people o ON o.number = k.owner
                LEFT JOIN state_people r ON r.number = k.registrant
            WHERE k.code IN
            """
        try database.forEach(of: codes.sorted().map(\.text), sql) { row in
            var code = HeldCode()
            code.owner = try row.optionalFixed(1)
            code.isOwn = row[2]
            if let registrant: PersonID = try row.optionalFixed(3) {
                code.registration = HeldRegistration(registrant: registrant, written: row[4], at: row[5])
            }
            held.codes[try row.codeText(0)] = code
        }
    }

    // MARK: Pledges

    private func readPledges(into held: inout HeldFacts, _ database: Database) throws {
        let sql = """
            SELECT p.pledge, p.number, b.person, p.at, k.code, p.paid, p.refunded, p.state, s.source,
                \(Row.moneyColumns)
            FROM state_pledges p LEFT JOIN state_people b ON b.number = p.backer
                LEFT JOIN state_codes k ON k.number = p.code LEFT JOIN detail_sources s ON s.number = p.source
            WHERE p.pledge IN
            """
        try database.forEach(of: pledges.sorted().map(\.data), sql) { row in
            guard let state = PledgeState(rawValue: row[7]) else {
                throw StorageError.stateIsDamaged("pledge of unknown state \(row[7] as Int64)")
            }
            let (amount, _, money) = try row.pledgeMoney(9)
            var pledge = HeldPledge(amount: amount)
            pledge.number = row[1]
            pledge.backer = try row.optionalFixed(2)
            pledge.at = row[3]
            pledge.code = row.hasNull(atIndex: 4) ? nil : try row.codeText(4)
            pledge.paidMinor = row[5]
            pledge.refundedMinor = row[6]
            pledge.state = state
            pledge.source = row[8]
            pledge.facts = money.ordered.map {
                HeldMoneyFact(
                    kind: $0.kind, reference: $0.reference, amount: $0.amount, isVoid: $0.isVoid,
                    isImported: $0.isImported)
            }
            held.pledges[try row.fixed(0)] = pledge
        }
    }
}

/// What is held, by id; what is not there is not known.
package struct HeldFacts: Equatable, Sendable {
    package var people: [PersonID: HeldPerson] = [:]
    package var codes: [CodeText: HeldCode] = [:]
    package var pledges: [PledgeID: HeldPledge] = [:]

    package init() {}
}

package struct HeldPerson: Equatable, Sendable {
    /// 0 for a person who is not stored yet.
    package var number: PersonNumber = 0
    package var joinedAt: Int64?
    /// The one that wins first, then the others by place. The first is the one that export shows.
    package var claims: [HeldClaim] = []
    /// Of codes claimed before, those that count no more by an unlink or a suspension: they may be claimed anew. For commands.
    package var withdrawnCodes: Set<CodeText> = []
    package var isExternalIDHeld = false
    /// The own code of the person id exists.
    package var hasOwnCode = false
    /// Of an owner of codes: the one shown.
    package var shownCode: String?
    package var displayName: String?
    package var contact: String?
    /// As an ambassador.
    package var isSuspended = false
    /// Somebody counts as having brought them.
    package var isAttributed = false

    package init() {}
}

package struct HeldClaim: Hashable, Sendable {
    package var code: CodeText
    /// The counting claimed time.
    package var at: Int64
    /// By the code's owner.
    package var isSaid: Bool
    /// Of the code, now.
    package var owner: PersonID?

    package init(code: CodeText, at: Int64, isSaid: Bool = false, owner: PersonID? = nil) {
        self.code = code
        self.at = at
        self.isSaid = isSaid
        self.owner = owner
    }
}

package struct HeldCode: Equatable, Sendable {
    package var owner: PersonID?
    /// Owned because it is derived from an id.
    package var isOwn = false
    package var registration: HeldRegistration?

    package init() {}
}

/// The registration of lowest place.
package struct HeldRegistration: Equatable, Sendable {
    package var registrant: PersonID
    package var written: String
    /// The counting claimed time.
    package var at: Int64

    package init(registrant: PersonID, written: String, at: Int64) {
        self.registrant = registrant
        self.written = written
        self.at = at
    }
}

package struct HeldPledge: Equatable, Sendable {
    /// 0 for a pledge that is not stored yet.
    package var number: PledgeNumber = 0
    package var backer: PersonID?
    /// 0 where nobody wrote it.
    package var at: Int64 = 0
    package var amount: Amount
    package var code: CodeText?
    package var paidMinor: Int64 = 0
    package var refundedMinor: Int64 = 0
    /// As shown.
    package var state = PledgeState.pledged
    /// What is paid and shown follows from `facts`; false once a caller has changed those.
    package var isDerived = true
    /// Void ones included.
    package var facts: [HeldMoneyFact] = []
    /// Of its external id; nil where none is held.
    package var source: String?

    package init(amount: Amount) { self.amount = amount }
}

package struct HeldMoneyFact: Equatable, Sendable {
    package var kind: Community.Record.MoneyKind
    package var reference: String
    package var amount: Amount
    package var isVoid: Bool
    /// Written by an import, and not by hand.
    package var isImported: Bool

    package init(
        kind: Community.Record.MoneyKind, reference: String, amount: Amount, isVoid: Bool = false, isImported: Bool
    ) {
        self.kind = kind
        self.reference = reference
        self.amount = amount
        self.isVoid = isVoid
        self.isImported = isImported
    }
}

extension ReplicaStore {
    /// Reads one snapshot.
    package func held(_ lookups: ImportLookups) async throws -> HeldFacts {
        do {
            return try await pool.read { try lookups.run($0) }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StorageError(error, doing: "looking up what is held")
        }
    }

    /// The nonce by which a member proves that a pledge is his own.
    ///
    /// It stands in the operation that made the pledge, and that is the latest writer of one of its registers: commands change
    /// amounts only.
    ///
    /// - Returns: nil where the pledge is another's, or was named by an external id.
    package func nonce(of pledge: PledgeID, madeBy member: MemberID) async throws -> Bytes16? {
        do {
            return try await pool.read { [charter, rules] database in
                let writers = try database.firstRow(
                    "SELECT writers FROM state_pledges WHERE pledge = ?", [pledge.data]
                ) { try Writers(stored: Array($0[0] as Data)) }
                guard let writers else { return nil }
                var reader = RecordReader(
                    LogReader(database: database, charter: charter), currency: rules.currency)
                for stamp in Set(Writers.Register.allCases.compactMap { writers[$0] }) {
                    guard let record = try reader.record(at: stamp) else { continue }
                    let made = record.pledgeNonce.map { rules.pseudonyms.pledge(by: member, nonce: $0) }
                    if made == pledge { return record.pledgeNonce }
                }
                return nil
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StorageError(error, doing: "looking for who made a pledge")
        }
    }
}

extension Row {
    fileprivate func codeText(_ index: Int) throws -> CodeText {
        guard let code = CodeText(self[index]) else {
            throw StorageError.stateIsDamaged("code \(self[index] as String) is not in normal form")
        }
        return code
    }
}

extension Database {
    /// Keys bound at once: one statement for any number of keys, prepared once a connection. Measured, 2 cores: more than this
    /// gains nothing.
    private static var keysAtOnce: Int { 128 }

    /// Calls `body` with each row that a key has.
    ///
    /// - Parameters:
    ///   - keys: Ascending, so that neighbours in an index are asked for together.
    ///   - sql: Ends with `IN`, and takes no other arguments.
    ///   - order: Holds among the rows of one key only.
    fileprivate func forEach(
        of keys: [some DatabaseValueConvertible], _ sql: String, _ order: String = "", _ body: (Row) throws -> Void
    ) throws {
        for start in stride(from: 0, to: keys.count, by: Self.keysAtOnce) {
            let chunk = keys[start..<min(start + Self.keysAtOnce, keys.count)]
            let width = chunk.count == 1 ? 1 : Self.keysAtOnce
            let marks = "(" + String(repeating: "?,", count: width - 1) + "?) "
            let statement = try cachedStatement(sql: sql + " " + marks + order)
            // The last key fills the rest: asked for twice, it is found once.
            let padded = Array(chunk) + Array(repeating: chunk[chunk.endIndex - 1], count: width - chunk.count)
            let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(padded))
            while let row = try cursor.next() { try body(row) }
        }
    }
}
