import Community
import GRDB

/// Adds to sums: they are read, added exactly and written back, as SQLite's own would stop at 64 bits.
struct SumWriter {
    let database: Database

    func add(_ change: Tally, to key: TallyKey) throws {
        func addKey(_ values: inout DirectStatement.Arguments) {
            values.add(key.person)
            values.add(Int64(key.attribution.rawValue))
            values.add(key.currency.code)
        }
        let select = try statement(
            """
            SELECT pledges, pledged, paid, refunded, credited_pledges FROM state_tallies
            WHERE person = ? AND attribution = ? AND currency = ?
            """)
        var tally =
            try select.first(addKey) { row in
                var stored = Tally()
                stored.pledges = row.int(0)
                stored.pledged = try row.wide(1)
                stored.paid = try row.wide(2)
                stored.refunded = try row.wide(3)
                stored.creditedPledges = row.int(4)
                return stored
            } ?? Tally()
        tally += change
        if tally == Tally() {
            return try statement("DELETE FROM state_tallies WHERE person = ? AND attribution = ? AND currency = ?")
                .run(addKey)
        }
        try statement("INSERT OR REPLACE INTO state_tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run { values in
            addKey(&values)
            values.add(tally.pledges)
            values.add(WideInteger(tally.pledged))
            values.add(WideInteger(tally.paid))
            values.add(WideInteger(tally.refunded))
            values.add(tally.creditedPledges)
        }
    }

    func add(_ change: Totals) throws {
        try statement(
            """
            UPDATE state_totals SET backers = backers + ?, ambassadors = ambassadors + ?,
                attributed_backers = attributed_backers + ?, pledges = pledges + ?,
                anonymous_pledges = anonymous_pledges + ?, prospects = prospects + ?,
                flagged_pledges = flagged_pledges + ?
            """
        ).run { values in
            values.add(change.backers)
            values.add(change.ambassadors)
            values.add(change.attributedBackers)
            values.add(change.pledges)
            values.add(change.anonymousPledges)
            values.add(change.prospects)
            values.add(change.flaggedPledges)
        }
        for currency in change.money.keys.sorted() {
            guard let money = change.money[currency] else { continue }
            let sums = [money.pledged, money.paid, money.refunded, money.cancelled]
            let stored =
                try statement("SELECT pledged, paid, refunded, cancelled FROM state_currencies WHERE currency = ?")
                .first({ $0.add(currency.code) }) { row in try (0..<4).map { try row.wide($0) } }
                ?? [0, 0, 0, 0]
            try statement("INSERT OR REPLACE INTO state_currencies VALUES (?, ?, ?, ?, ?)").run { values in
                values.add(currency.code)
                for (sum, change) in zip(stored, sums) { values.add(WideInteger(sum + change)) }
            }
        }
        for (key, change) in change.shares where change != Tally() { try add(change, to: key) }
    }

    private func add(_ change: Tally, to key: ShareKey) throws {
        func addKey(_ values: inout DirectStatement.Arguments) {
            values.add(Int64(key.attribution.rawValue))
            values.add(Int64(key.share.rawValue))
            values.add(key.currency.code)
        }
        let select = try statement(
            "SELECT pledges, pledged, paid, refunded FROM state_shares WHERE attribution = ? AND share = ? AND currency = ?"
        )
        let stored = try select.first(addKey) { row in
            (pledges: row.int(0), sums: try (1...3).map { try row.wide($0) })
        }
        let pledges = (stored?.pledges ?? 0) + change.pledges
        if pledges == 0 {
            return try statement("DELETE FROM state_shares WHERE attribution = ? AND share = ? AND currency = ?").run(
                addKey)
        }
        let sums = zip(stored?.sums ?? [0, 0, 0], [change.pledged, change.paid, change.refunded]).map { $0 + $1 }
        try statement("INSERT OR REPLACE INTO state_shares VALUES (?, ?, ?, ?, ?, ?, ?)").run { values in
            addKey(&values)
            values.add(pledges)
            for sum in sums { values.add(WideInteger(sum)) }
        }
    }

    private func statement(_ sql: String) throws -> DirectStatement { try DirectStatement(database, sql) }
}
