import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Writes what private parts tell: external ids, names and contacts. They decide nothing and are in no digest.
///
/// An external id is believed only where it hashes to the id it stands beside. Of rival names a steward's counts, then the
/// latest (design §6).
struct DetailWriter {
    enum Field: Int64 {
        case name = 1
        case contact = 2
    }

    let database: Database
    let rules: FoldRules
    let order: LogOrder

    func write(_ parts: [Told]) throws {
        for part in parts {
            guard let told = RecordPrivate(decoding: part.bytes) else { continue }
            if let person = part.person {
                try write(told, of: person, in: part)
            }
            if let pledge = part.pledge, !told.pledgeExternalID.isEmpty,
                rules.pseudonyms.pledge(source: part.source, externalID: told.pledgeExternalID) == pledge.id
            {
                try run(
                    "INSERT OR IGNORE INTO detail_pledges VALUES (?, ?, ?)",
                    [pledge.number, part.source, told.pledgeExternalID])
            }
        }
    }

    private func write(_ told: RecordPrivate, of person: (id: PersonID, number: PersonNumber), in part: Told) throws {
        if !told.externalID.isEmpty,
            rules.pseudonyms.person(source: part.source, externalID: told.externalID) == person.id
        {
            try run(
                "INSERT OR IGNORE INTO detail_people VALUES (?, ?, ?)", [person.number, part.source, told.externalID])
        }
        try write(told.name, as: .name, of: person.number, stamp: part.stamp, isSteward: part.isSteward)
        try write(told.contact, as: .contact, of: person.number, stamp: part.stamp, isSteward: part.isSteward)
    }

    private func write(
        _ value: String, as field: Field, of person: PersonNumber, stamp: Stamp, isSteward: Bool
    ) throws {
        guard !value.isEmpty else { return }
        let known = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT steward, time, log, position FROM detail_fields WHERE person = ? AND field = ?"),
            arguments: [person, field.rawValue])
        if let known {
            let knownStamp = Stamp(
                time: HybridTime(databaseInteger: known[1]), log: known[2], position: UInt64(bitPattern: known[3]))
            let knownSteward: Bool = known[0]
            if knownSteward != isSteward ? knownSteward : !order.isEarlier(knownStamp, than: stamp) { return }
        }
        try run(
            "INSERT OR REPLACE INTO detail_fields VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                person, field.rawValue, value, isSteward, stamp.time.databaseInteger, stamp.log,
                Int64(bitPattern: stamp.position),
            ])
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
