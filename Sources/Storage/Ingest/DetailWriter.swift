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

    func write(_ bundles: [FoldBundle]) throws {
        for bundle in bundles where bundle.right.role >= .ambassador {
            for (index, operation) in bundle.operations.enumerated() where operation.kind == Record.kind {
                guard case .held(_, let bytes) = operation.privatePart, let told = RecordPrivate(decoding: bytes) else {
                    continue
                }
                // One that is malformed was skipped by the fold, and tells nothing here either.
                guard let record = try? Record(decoding: operation.body, currency: rules.currency) else { continue }
                let stamp = Stamp(time: bundle.time, log: bundle.log, position: bundle.position + UInt64(index))
                try write(told, of: record, stamp: stamp, isSteward: bundle.right.role == .steward)
            }
        }
    }

    private func write(_ told: RecordPrivate, of record: Record, stamp: Stamp, isSteward: Bool) throws {
        if let id = record.person {
            if !told.externalID.isEmpty, rules.pseudonyms.person(source: record.source, externalID: told.externalID) == id {
                try run(
                    """
                    INSERT OR IGNORE INTO detail_people
                    SELECT number, ?, ? FROM state_people WHERE person = ?
                    """, [record.source, told.externalID, id.data])
            }
            try write(told.name, as: .name, of: id, stamp: stamp, isSteward: isSteward)
            try write(told.contact, as: .contact, of: id, stamp: stamp, isSteward: isSteward)
        }
        if let id = record.paidPledge, !told.pledgeExternalID.isEmpty,
            rules.pseudonyms.pledge(source: record.source, externalID: told.pledgeExternalID) == id
        {
            try run(
                "INSERT OR IGNORE INTO detail_pledges SELECT number, ?, ? FROM state_pledges WHERE pledge = ?",
                [record.source, told.pledgeExternalID, id.data])
        }
    }

    private func write(_ value: String, as field: Field, of id: PersonID, stamp: Stamp, isSteward: Bool) throws {
        guard !value.isEmpty,
            let person = try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT number FROM state_people WHERE person = ?"), arguments: [id.data])
        else { return }
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
