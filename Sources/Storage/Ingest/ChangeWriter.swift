import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Writes what a fold changed: each row once, in order of number.
struct ChangeWriter {
    let database: Database

    func write(_ changes: FoldChanges, order: LogOrder) throws {
        for change in changes.people { try write(change.row) }
        for change in changes.codes { try write(change.row) }
        for claim in changes.newClaims { try write(claim) }
        for change in changes.pledges { try write(change.row) }
        for change in changes.money { try write(change.row) }
        for person in changes.formerAmbassadors {
            try run("DELETE FROM state_ambassadors WHERE person = ?", [person])
        }
        for change in changes.ambassadors { try write(change.row) }
        for (key, change) in changes.tallies { try add(change, to: key) }
        try add(changes.totals)
        for bucket in changes.buckets {
            try run(
                """
                INSERT INTO state_buckets (bucket, version) VALUES (?, 1)
                ON CONFLICT (bucket) DO UPDATE SET version = version + 1
                """, [Int64(bucket)])
        }
    }

    private func write(_ row: PersonRow) throws {
        try run(
            "INSERT OR REPLACE INTO state_people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row.number, row.id.data, row.joinedAt, row.joinedStamp?.time.databaseInteger, row.joinedStamp?.log,
                row.joinedStamp.map { Int64(bitPattern: $0.position) }, row.hasOwnCode, row.memberID?.data, row.winner,
                row.pledges, row.qualifyingPayments,
            ])
    }

    private func write(_ row: CodeRow) throws {
        try run(
            """
            INSERT OR REPLACE INTO state_codes
                (number, code, code_key, own_id, own_person, registrant, written, period, at, log, position)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row.number, row.code.text, Data(row.code.key.bytes), row.ownID.map { Data($0.bytes) }, row.ownPerson,
                row.registrant, row.written, row.registeredAt.map { Int64($0.period) }, row.registeredAt?.at,
                row.registeredAt?.log, row.registeredAt.map { Int64(bitPattern: $0.position) },
            ])
    }

    private func write(_ claim: ClaimRow) throws {
        try run(
            "INSERT INTO state_claims VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                claim.person, claim.place.log, Int64(bitPattern: claim.place.position), claim.code,
                Int64(claim.place.period), claim.place.at, claim.isImported,
            ])
    }

    private func write(_ row: PledgeRow) throws {
        try run(
            "INSERT OR REPLACE INTO state_pledges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row.number, row.id.data, row.backer, row.at, row.amount.minor, row.amount.currency.code, row.code,
                Int64(row.visibility), row.paid, row.refunded, Int64(row.state.rawValue), row.qualifyingPayments,
                row.firstTouch, row.lastTouch, row.writers.stored,
            ])
    }

    private func write(_ row: MoneyRow) throws {
        try run(
            "INSERT OR REPLACE INTO state_money VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row.pledge, Int64(row.kind.rawValue), row.reference, row.isVoid, row.amount.minor,
                row.amount.currency.code, row.stamp.time.databaseInteger, row.stamp.log,
                Int64(bitPattern: row.stamp.position),
            ])
    }

    private func write(_ row: AmbassadorRow) throws {
        try run(
            "INSERT OR REPLACE INTO state_ambassadors VALUES (?, ?, ?, ?, ?, ?)",
            [row.person, row.shownCode, row.brought, row.reach, row.depth, row.isCut])
    }

    /// Sums are read, added exactly and written back, as SQLite's own would stop at 64 bits.
    private func add(_ change: Tally, to key: TallyKey) throws {
        let identity: StatementArguments = [key.person, Int64(key.attribution.rawValue), key.currency.code]
        let stored = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT pledges, pledged, paid, refunded, credited_pledges FROM state_tallies
                    WHERE person = ? AND attribution = ? AND currency = ?
                    """), arguments: identity)
        var tally = Tally()
        if let stored {
            tally.pledges = stored[0]
            tally.pledged = (stored[1] as WideInteger).value
            tally.paid = (stored[2] as WideInteger).value
            tally.refunded = (stored[3] as WideInteger).value
            tally.creditedPledges = stored[4]
        }
        tally += change
        if tally == Tally() {
            return try run(
                "DELETE FROM state_tallies WHERE person = ? AND attribution = ? AND currency = ?", identity)
        }
        try run(
            "INSERT OR REPLACE INTO state_tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            identity + [
                tally.pledges, WideInteger(tally.pledged), WideInteger(tally.paid), WideInteger(tally.refunded),
                tally.creditedPledges,
            ])
    }

    private func add(_ change: Totals) throws {
        try run(
            """
            UPDATE state_totals SET backers = backers + ?, ambassadors = ambassadors + ?,
                attributed_backers = attributed_backers + ?, pledges = pledges + ?,
                anonymous_pledges = anonymous_pledges + ?
            """,
            [
                change.backers, change.ambassadors, change.attributedBackers, change.pledges, change.anonymousPledges,
            ])
        for currency in change.money.keys.sorted() {
            guard let money = change.money[currency] else { continue }
            let stored = try Row.fetchOne(
                database.cachedStatement(
                    sql: "SELECT pledged, paid, refunded, cancelled FROM state_currencies WHERE currency = ?"),
                arguments: [currency.code])
            func sum(_ index: Int, _ change: Int128) -> WideInteger {
                WideInteger(change + (stored.map { ($0[index] as WideInteger).value } ?? 0))
            }
            try run(
                "INSERT OR REPLACE INTO state_currencies VALUES (?, ?, ?, ?, ?)",
                [
                    currency.code, sum(0, money.pledged), sum(1, money.paid), sum(2, money.refunded),
                    sum(3, money.cancelled),
                ])
        }
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
