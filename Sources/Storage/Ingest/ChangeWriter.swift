import AuthorLog
import Community
import GRDB
import Identity

/// Writes what a fold changed: each row once, in order of number.
struct ChangeWriter {
    let database: Database
    let parties: Parties

    /// - Parameter names: Those of rows that are new are written with them; the others are not.
    func write(_ changes: FoldChanges, naming names: ToldNames) throws {
        try writePeople(changes.people, naming: names.people)
        try writeCodes(changes.codes.map(\.row))
        try writeOvertaken(changes.overtakenRegistrations)
        try writeClaims(changes.newClaims)
        try writeUnlinks(changes.newUnlinks)
        try writeSuspensions(changes.newSuspensions)
        try writePledges(changes.pledges, naming: names.pledges)
        try writeOvertaken(changes.overtaken)
        try writeAmbassadors(changes.ambassadors.map(\.row), former: changes.formerAmbassadors)
        try VoiceWriter(database: database).write(changes)
        let sums = SumWriter(database: database)
        for (key, change) in changes.tallies { try sums.add(change, to: key) }
        try sums.add(changes.totals)
    }

    /// Buckets whose rows changed.
    static func touch(_ buckets: some Sequence<UInt16>, in database: Database) throws {
        let touch = try DirectStatement(
            database,
            """
            INSERT INTO state_buckets (bucket, version) VALUES (?, 1)
            ON CONFLICT (bucket) DO UPDATE SET version = version + 1
            """)
        for bucket in buckets { try touch.run { $0.add(Int64(bucket)) } }
    }

    private func statement(_ sql: String) throws -> DirectStatement { try DirectStatement(database, sql) }

    // MARK: Rows

    private enum Saving {
        /// Takes number, id, registers, external id.
        case insert(DirectStatement)
        /// Takes registers, number: ids never change, and their indexes are left alone.
        case update(DirectStatement)
    }

    private func save(
        _ number: Int64, _ id: some FixedBytes, naming names: [Int64: ToldNames.Name], by saving: Saving,
        _ addRegisters: (inout DirectStatement.Arguments) -> Void
    ) throws {
        switch saving {
        case .insert(let statement):
            let name = names[number]
            try statement.run { values in
                values.add(number)
                values.add(id)
                addRegisters(&values)
                values.add(name)
            }
        case .update(let statement):
            try statement.run { values in
                addRegisters(&values)
                values.add(number)
            }
        }
    }

    private func writePeople(
        _ changes: [FoldChanges.Change<PersonRow>], naming names: [PersonNumber: ToldNames.Name]
    ) throws {
        let insert = try statement(
            "INSERT INTO state_people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let update = try statement(
            """
            UPDATE state_people SET joined_at = ?, joined_time = ?, joined_log = ?, joined_position = ?, own_code = ?,
                member_id = ?, winner = ?, pledges = ?, qualifying = ?, winner_log = ?, winner_position = ?, marks = ?,
                witnesses = ?
            WHERE number = ?
            """)
        for change in changes {
            let row = change.row
            let witnesses = row.witnesses.entries.isEmpty ? nil : try row.witnesses.stored(parties, in: database)
            let saving: Saving = change.isNew ? .insert(insert) : .update(update)
            try save(row.number, row.id, naming: names, by: saving) { values in
                values.add(row.joinedAt)
                values.add(row.joinedStamp)
                values.add(row.hasOwnCode)
                if let member = row.memberID { values.add(member) } else { values.addNull() }
                values.add(row.winner)
                values.add(row.pledges)
                values.add(row.qualifyingPayments)
                values.add(row.winningClaim?.log)
                values.add(bits: row.winningClaim?.position)
                values.add(row.marks.rawValue)
                values.add(witnesses)
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
        let insert = try statement("INSERT INTO state_claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            let member = try row.recorder.map { try parties.number(of: $0.member.raw, in: database) }
            let recorder = try row.recorder.map { try parties.number(of: $0.person.raw, in: database) }
            try insert.run { values in
                values.add(row.person)
                values.add(row.place.log)
                values.add(bits: row.place.position)
                values.add(row.code)
                values.add(Int64(row.place.period))
                values.add(row.place.at)
                values.add(row.isImported)
                values.add(member)
                values.add(recorder)
            }
        }
    }

    private func writeUnlinks(_ rows: [UnlinkRow]) throws {
        let insert = try statement("INSERT INTO state_unlinks VALUES (?, ?, ?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.person)
                values.add(row.place)
                if let member = row.member { values.add(member) } else { values.addNull() }
            }
        }
    }

    private func writeSuspensions(_ rows: [SuspensionRow]) throws {
        let insert = try statement("INSERT INTO state_suspensions VALUES (?, ?, ?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.person)
                values.add(row.place)
                values.add(row.isLifted)
            }
        }
    }

    private func writePledges(
        _ changes: [FoldChanges.Change<PledgeRow>], naming names: [PledgeNumber: ToldNames.Name]
    ) throws {
        let insert = try statement(
            "INSERT INTO state_pledges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let update = try statement(
            """
            UPDATE state_pledges SET backer = ?, at = ?, amount = ?, currency = ?, code = ?, visibility = ?, paid = ?,
                refunded = ?, state = ?, qualifying = ?, first_touch = ?, last_touch = ?, shares = ?,
                writers = ?, money = ?, flags = ?
            WHERE number = ?
            """)
        for change in changes {
            let row = change.row
            let saving: Saving = change.isNew ? .insert(insert) : .update(update)
            try save(row.number, row.id, naming: names, by: saving) { values in
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
                values.add(Share.stored(first: row.firstShare, last: row.lastShare))
                values.add(row.writers.stored)
                values.add(row.money.stored(of: row))
                values.add(Int64(row.flags.rawValue))
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

    private func writeOvertaken(_ rows: [OvertakenRegistration]) throws {
        let insert = try statement("INSERT INTO state_overtaken_codes VALUES (?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.code)
                values.add(row.place.log)
                values.add(bits: row.place.position)
                values.add(row.registrant)
                values.add(row.written)
                values.add(Int64(row.place.period))
                values.add(row.place.at)
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
}

extension DirectStatement.Arguments {
    /// Four columns: log, position, period, at.
    mutating func add(_ place: Place) {
        add(place.log)
        add(bits: place.position)
        add(Int64(place.period))
        add(place.at)
    }

    /// Three columns: time, log, position.
    mutating func add(_ stamp: Stamp?) {
        add(bits: stamp?.time.rawValue)
        add(stamp?.log)
        add(bits: stamp?.position)
    }
}
