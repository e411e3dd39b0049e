import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// All claims on one person, lowest place first, each with what the rule says of it: by the rule by which the fold decides.
struct PersonClaims {
    struct Claim {
        /// As its owner registered it, else in normal form.
        var code: String
        var normalForm: String
        /// Who owns the code now; nil where nobody does.
        var ambassador: PersonName?
        var ambassadorName: String?
        var row: ClaimRow
        var log: LogID
        var verdict: ClaimRule.Verdict
        var flags: [ReferralFlag]
    }

    let claims: [Claim]
    /// The winning claim closes a circle, and it is there that the tree is cut.
    let isCut: Bool

    /// - Returns: nil where there is no such person.
    init?(of person: PersonNumber, _ database: Database) throws {
        guard let invited = try Invited(person, database) else { return nil }
        isCut = invited.isCut
        var stored = try database.rows(Self.sql, [person]) { try Stored($0, of: person) }
        let unlinks = invited.row.hasUnlinks ? try database.unlinks(of: person) : []
        var suspensions: [PersonNumber: [SuspensionRow]] = [:]
        for claim in stored {
            guard let owner = claim.owner, suspensions[owner.number] == nil else { continue }
            suspensions[owner.number] = owner.hasSuspensions ? try database.suspensions(of: owner.number) : []
        }
        let places =
            stored.map(\.claim.place) + unlinks.map(\.place)
            + suspensions.keys.sorted().flatMap { (suspensions[$0] ?? []).map(\.place) }
        let order = try database.order(of: Set(places.map(\.log)))
        stored.sort { order.isEarlier($0.claim.place, than: $1.claim.place) }
        let rule = ClaimRule.Invited(witnesses: invited.row.witnesses, unlinks: unlinks)
        let candidates = try stored.map { stored in
            let owner = stored.owner.map {
                ClaimRule.Owner(number: $0.number, id: $0.id, suspensions: suspensions[$0.number] ?? [])
            }
            return try ClaimRule.Candidate(stored.claim, by: owner, of: rule, order: order) {
                try database.confirmations(by: person)
            }
        }
        let verdicts = ClaimRule.verdicts(on: candidates, of: person, order: order)
        claims = zip(stored, verdicts).map { stored, verdict in
            Claim(
                code: stored.code, normalForm: stored.normalForm, ambassador: stored.ambassador,
                ambassadorName: stored.ambassadorName,
                row: stored.claim, log: order.log(stored.claim.place.log), verdict: verdict,
                flags: invited.flags(verdict))
        }
    }

    /// What the record holds of the person.
    private struct Invited {
        let row: PersonRow
        let isCut: Bool
        /// Who brought them was brought by them.
        let isPair: Bool

        init?(_ person: PersonNumber, _ database: Database) throws {
            let sql = """
                SELECT p.person, p.marks, p.witnesses, p.winner IS NOT NULL AND coalesce(a.cut, 0),
                    coalesce(w.winner = p.number, 0)
                FROM state_people p LEFT JOIN state_ambassadors a ON a.person = p.number
                    LEFT JOIN state_people w ON w.number = p.winner
                WHERE p.number = ?
                """
            let read = try database.firstRow(sql, [person]) { row in
                var invited = PersonRow(number: person, id: try row.fixed(0))
                invited.marks = PersonMarks(rawValue: row[1])
                if let witnesses: Data = row[2] {
                    invited.witnesses = try Witnesses(stored: Array(witnesses), Parties(), in: database)
                }
                return (invited, row[3] as Bool, row[4] as Bool)
            }
            guard let read else { return nil }
            (row, isCut, isPair) = read
        }

        func flags(_ verdict: ClaimRule.Verdict) -> [ReferralFlag] {
            switch verdict {
            case .ownCode: [.selfReferral]
            case .wins: isPair ? [.mutualPair] : isCut ? [.ring] : []
            case .later, .unknownCode, .unlinked, .suspended, .onlySaid, .outranked: []
            }
        }
    }

    /// A claim before it is known what it comes to.
    private struct Stored {
        var code: String
        var normalForm: String
        var owner: (number: PersonNumber, id: PersonID, hasSuspensions: Bool)?
        var ambassador: PersonName?
        var ambassadorName: String?
        var claim: ClaimRow

        init(_ row: Row, of person: PersonNumber) throws {
            code = row[0]
            normalForm = row[13]
            if let number: PersonNumber = row[1] {
                owner = (number, try row.fixed(2), PersonMarks(rawValue: row[5]).contains(.hasSuspensions))
            }
            ambassador = try row.optionalPersonName(2)
            ambassadorName = row[4]
            let recorder = try row.optionalFixed(10, as: MemberID.self).map {
                Recorder(member: $0, person: try row.fixed(11))
            }
            claim = ClaimRow(
                person: person, code: row[12], place: row.place(period: 6, at: 7, log: 8, position: 9),
                recorder: recorder)
        }
    }

    private static let sql = """
        SELECT \(SharedSQL.shownCode), k.owner, o.person, o.external, f.value, o.marks, c.period, c.at, c.log, c.position,
            m.id, r.id, c.code, k.code
        FROM state_claims c CROSS JOIN state_codes k ON k.number = c.code
            LEFT JOIN state_people o ON o.number = k.owner
            \(SharedSQL.name(of: "k.owner"))
            LEFT JOIN parties m ON m.number = c.member LEFT JOIN parties r ON r.number = c.recorder
        WHERE c.person = ?
        """
}

/// What is odd about a claim; shown with it, never a reason to drop it.
package enum ReferralFlag: String, CaseIterable, Hashable, Sendable {
    /// Somebody claims to have brought themselves.
    case selfReferral
    /// Two persons brought each other.
    case mutualPair
    /// It closes a circle of three or more: the tree is cut here.
    case ring
}

extension Database {
    func unlinks(of person: PersonNumber) throws -> [UnlinkRow] {
        let sql = "SELECT period, at, log, position, member FROM state_unlinks WHERE person = ?"
        return try rows(sql, [person]) { row in
            UnlinkRow(
                person: person, place: row.place(period: 0, at: 1, log: 2, position: 3),
                member: try row.optionalFixed(4))
        }
    }

    func suspensions(of person: PersonNumber) throws -> [SuspensionRow] {
        let sql = "SELECT period, at, log, position, lifted FROM state_suspensions WHERE person = ?"
        return try rows(sql, [person]) { row in
            SuspensionRow(person: person, place: row.place(period: 0, at: 1, log: 2, position: 3), isLifted: row[4])
        }
    }

    /// When payments of somebody's were confirmed that count, by the headers, Unix milliseconds.
    fileprivate func confirmations(by person: PersonNumber) throws -> [Int64] {
        let sql = """
            SELECT \(Row.moneyColumns) FROM state_pledges p WHERE p.backer = ? AND p.money IS NOT NULL
            """
        return try rows(sql, [person]) { try $0.pledgeMoney(0) }.flatMap {
            $0.money.confirmations(in: $0.amount.currency)
        }
    }

    func logID(of log: LogNumber) throws -> LogID {
        let sql = "SELECT member, incarnation FROM logs WHERE number = ?"
        let id = try firstRow(sql, [log]) { row in
            guard let incarnation = Incarnation(row[1] as Data) else {
                throw StorageError.logIsDamaged("an incarnation does not read")
            }
            return LogID(member: try row.fixed(0), incarnation: incarnation)
        }
        guard let id else { throw StorageError.stateIsDamaged("log \(log) is missing") }
        return id
    }

    fileprivate func order(of logs: Set<LogNumber>) throws -> LogOrder {
        var order = LogOrder()
        for log in logs.sorted() { order.set(try logID(of: log), number: log) }
        return order
    }
}

extension Row {
    func place(period: Int, at: Int, log: Int, position: Int) -> Place {
        Place(
            period: self[period], at: self[at], log: self[log],
            position: UInt64(bitPattern: self[position] as Int64))
    }
}
