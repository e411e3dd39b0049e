import AuthorLog
import Community
import GRDB
import Identity

/// Writes what private parts tell: external ids, names and contacts. They decide nothing and are in no digest.
///
/// Of rival names a steward's counts, then the
/// latest (design §6).
struct DetailWriter {
    enum Field: Int64 {
        case name = 1
        case contact = 2
    }

    private let order: LogOrder
    private let namePerson: DirectStatement
    private let namePledge: DirectStatement
    private let knownField: DirectStatement
    private let writeField: DirectStatement
    private let writeName: DirectStatement

    init(database: Database, order: LogOrder) throws {
        self.order = order
        namePerson = try DirectStatement(
            database, "UPDATE state_people SET source = ?, external = ? WHERE number = ? AND external IS NULL")
        namePledge = try DirectStatement(
            database, "UPDATE state_pledges SET source = ?, external = ? WHERE number = ? AND external IS NULL")
        knownField = try DirectStatement(
            database, "SELECT steward, time, log, position FROM detail_fields WHERE person = ? AND field = ?")
        writeField = try DirectStatement(
            database, "INSERT OR REPLACE INTO detail_fields VALUES (?, ?, ?, ?, ?, ?, ?)")
        writeName = try DirectStatement(database, "INSERT OR REPLACE INTO detail_names VALUES (?, ?, ?)")
    }

    func write(_ parts: [Told]) throws {
        for part in parts {
            guard let person = part.person else { continue }
            let told = part.told
            try write(told.name, as: .name, of: person, stamp: part.stamp, isSteward: part.isSteward)
            try write(told.contact, as: .contact, of: person, stamp: part.stamp, isSteward: part.isSteward)
        }
    }

    /// Names rows that have no external id yet.
    ///
    /// - Parameter names: Of rows that were there before the batch.
    func write(_ names: ToldNames) throws {
        try write(names.people, by: namePerson)
        try write(names.pledges, by: namePledge)
    }

    private func write(_ names: [Int64: ToldNames.Name], by statement: DirectStatement) throws {
        for (number, name) in names.sorted(by: { $0.key < $1.key }) {
            try statement.run { values in
                values.add(name)
                values.add(number)
            }
        }
    }

    private func write(
        _ value: String, as field: Field, of person: PersonNumber, stamp: Stamp, isSteward: Bool
    ) throws {
        guard !value.isEmpty else { return }
        let known = try knownField.first({ values in
            values.add(person)
            values.add(field.rawValue)
        }) { row in (isSteward: row.bool(0), stamp: row.stamp(time: 1, log: 2, position: 3)) }
        if let known {
            let isOutranked =
                known.isSteward == isSteward ? !order.isEarlier(known.stamp, than: stamp) : known.isSteward
            if isOutranked { return }
        }
        try writeField.run { values in
            values.add(person)
            values.add(field.rawValue)
            values.add(value)
            values.add(isSteward)
            values.add(stamp)
        }
        guard field == .name else { return }
        try writeName.run { values in
            values.add(person)
            values.add(Skeleton.of(value))
            values.add(value)
        }
    }
}
