import AuthorLog
import Community
import GRDB
import Identity

/// Writes what a fold changed: each row once, in order of number.
struct ChangeWriter {
    let database: Database

    func write(_ changes: FoldChanges, order: LogOrder) throws {
        try writePeople(changes.people)
        try writeCodes(changes.codes.map(\.row))
        try writeClaims(changes.newClaims)
        try writePledges(changes.pledges)
        try writeMoney(changes.money.map(\.row))
        try writeOvertaken(changes.overtaken)
        try writeAmbassadors(changes.ambassadors.map(\.row), former: changes.formerAmbassadors)
        for (key, change) in changes.tallies { try add(change, to: key) }
        try add(changes.totals)
        let bucket = try statement(
            """
            INSERT INTO state_buckets (bucket, version) VALUES (?, 1)
            ON CONFLICT (bucket) DO UPDATE SET version = version + 1
            """)
        for number in changes.buckets { try bucket.run { $0.add(Int64(number)) } }
    }

    private func statement(_ sql: String) throws -> DirectStatement { try DirectStatement(database, sql) }

    // MARK: Rows

    /// An id never changes, so that an update leaves its index alone.
    private func writePeople(_ changes: [FoldChanges.Change<PersonRow>]) throws {
        let insert = try statement("INSERT INTO state_people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let update = try statement(
            """
            UPDATE state_people SET joined_at = ?, joined_time = ?, joined_log = ?, joined_position = ?, own_code = ?,
                member_id = ?, winner = ?, pledges = ?, qualifying = ?
            WHERE number = ?
            """)
        for change in changes {
            let row = change.row
            func addRegisters(_ values: inout DirectStatement.Arguments) {
                values.add(row.joinedAt)
                values.add(row.joinedStamp)
                values.add(row.hasOwnCode)
                if let member = row.memberID { values.add(member) } else { values.addNull() }
                values.add(row.winner)
                values.add(row.pledges)
                values.add(row.qualifyingPayments)
            }
            if change.isNew {
                try insert.run { values in
                    values.add(row.number)
                    values.add(row.id)
                    addRegisters(&values)
                }
            } else {
                try update.run { values in
                    addRegisters(&values)
                    values.add(row.number)
                }
            }
        }
    }

    private func writeCodes(_ rows: [CodeRow]) throws {
        let replace = try statement(
            """
            INSERT OR REPLACE INTO state_codes
                (number, code, code_key, own_id, own_person, registrant, written, period, at, log, position)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for row in rows {
            try replace.run { values in
                values.add(row.number)
                values.add(row.code.text)
                values.add(row.code.key)
                if let id = row.ownID { values.add(id) } else { values.addNull() }
                values.add(row.ownPerson)
                values.add(row.registrant)
                values.add(row.written)
                values.add(row.registeredAt.map { Int64($0.period) })
                values.add(row.registeredAt?.at)
                values.add(row.registeredAt?.log)
                values.add(bits: row.registeredAt?.position)
            }
        }
    }

    private func writeClaims(_ rows: [ClaimRow]) throws {
        let insert = try statement("INSERT INTO state_claims VALUES (?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.person)
                values.add(row.place.log)
                values.add(bits: row.place.position)
                values.add(row.code)
                values.add(Int64(row.place.period))
                values.add(row.place.at)
                values.add(row.isImported)
            }
        }
    }

    private func writePledges(_ changes: [FoldChanges.Change<PledgeRow>]) throws {
        let insert = try statement(
            "INSERT INTO state_pledges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let update = try statement(
            """
            UPDATE state_pledges SET backer = ?, at = ?, amount = ?, currency = ?, code = ?, visibility = ?, paid = ?,
                refunded = ?, state = ?, qualifying = ?, first_touch = ?, last_touch = ?, writers = ?
            WHERE number = ?
            """)
        for change in changes {
            let row = change.row
            func addRegisters(_ values: inout DirectStatement.Arguments) {
                values.add(row.backer)
                values.add(row.at)
                values.add(row.amount.minor)
                values.add(row.amount.currency.code)
                values.add(row.code)
                values.add(Int64(row.visibility))
                values.add(row.paid)
                values.add(row.refunded)
                values.add(Int64(row.state.rawValue))
                values.add(row.qualifyingPayments)
                values.add(row.firstTouch)
                values.add(row.lastTouch)
                values.add(row.writers.stored)
            }
            if change.isNew {
                try insert.run { values in
                    values.add(row.number)
                    values.add(row.id)
                    addRegisters(&values)
                }
            } else {
                try update.run { values in
                    addRegisters(&values)
                    values.add(row.number)
                }
            }
        }
    }

    private func writeMoney(_ rows: [MoneyRow]) throws {
        let replace = try statement("INSERT OR REPLACE INTO state_money VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            try replace.run { values in
                values.add(row.pledge)
                values.add(Int64(row.kind.rawValue))
                values.add(row.reference)
                values.add(row.isVoid)
                values.add(row.amount.minor)
                values.add(row.amount.currency.code)
                values.add(row.stamp)
                values.add(row.isImported)
            }
        }
    }

    private func writeOvertaken(_ rows: [Overtaken]) throws {
        let insert = try statement(
            "INSERT OR IGNORE INTO state_overtaken (pledge, time, log, position) VALUES (?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.pledge)
                values.add(row.stamp)
            }
        }
    }

    private func writeAmbassadors(_ rows: [AmbassadorRow], former: [PersonNumber]) throws {
        let delete = try statement("DELETE FROM state_ambassadors WHERE person = ?")
        for person in former { try delete.run { $0.add(person) } }
        let replace = try statement("INSERT OR REPLACE INTO state_ambassadors VALUES (?, ?, ?, ?, ?, ?)")
        for row in rows {
            try replace.run { values in
                values.add(row.person)
                values.add(row.shownCode)
                values.add(row.brought)
                values.add(row.reach)
                values.add(row.depth)
                values.add(row.isCut)
            }
        }
    }

    // MARK: Sums

    /// Sums are read, added exactly and written back, as SQLite's own would stop at 64 bits.
    private func add(_ change: Tally, to key: TallyKey) throws {
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

    private func add(_ change: Totals) throws {
        try statement(
            """
            UPDATE state_totals SET backers = backers + ?, ambassadors = ambassadors + ?,
                attributed_backers = attributed_backers + ?, pledges = pledges + ?,
                anonymous_pledges = anonymous_pledges + ?
            """
        ).run { values in
            values.add(change.backers)
            values.add(change.ambassadors)
            values.add(change.attributedBackers)
            values.add(change.pledges)
            values.add(change.anonymousPledges)
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
    }
}

extension DirectStatement.Arguments {
    /// Three columns: time, log, position.
    mutating func add(_ stamp: Stamp?) {
        add(bits: stamp?.time.rawValue)
        add(stamp?.log)
        add(bits: stamp?.position)
    }
}
