import Community
import GRDB

/// External ids that a batch tells, by the number of the row that each names: of several for one row the first.
struct ToldNames {
    struct Name: Equatable {
        /// Of `detail_sources`.
        let source: Int64
        let external: String
    }

    var people: [PersonNumber: Name] = [:]
    var pledges: [PledgeNumber: Name] = [:]

    /// - Parameter database: Where sources that are new get their numbers.
    init(_ parts: [Told], _ database: Database) throws {
        var sources = try SourceNumbers(database)
        people.reserveCapacity(parts.count)
        pledges.reserveCapacity(parts.count)
        for part in parts {
            if let person = part.person, !part.told.externalID.isEmpty, people[person] == nil {
                people[person] = Name(source: try sources.number(of: part.source), external: part.told.externalID)
            }
            if let pledge = part.pledge, pledges[pledge] == nil {
                pledges[pledge] = Name(
                    source: try sources.number(of: part.source), external: part.told.pledgeExternalID)
            }
        }
    }
}

extension ToldNames {
    /// Leaves the rows that were there before: every new one has a higher number.
    mutating func forgetNew(_ changes: FoldChanges) {
        let newPerson = changes.people.first(where: \.isNew)?.row.number ?? .max
        people = people.filter { $0.key < newPerson }
        let newPledge = changes.pledges.first(where: \.isNew)?.row.number ?? .max
        pledges = pledges.filter { $0.key < newPledge }
    }
}

/// The numbers that sources of external ids are stored as.
private struct SourceNumbers {
    private let database: Database
    private let select: DirectStatement
    private let insert: DirectStatement
    /// By their bytes, as ids are hashes of them and SQLite compares them: texts may be equal that are not the same.
    private var known: [[UInt8]: Int64] = [:]

    init(_ database: Database) throws {
        self.database = database
        select = try DirectStatement(database, "SELECT number FROM detail_sources WHERE source = ?")
        insert = try DirectStatement(database, "INSERT INTO detail_sources (source) VALUES (?)")
    }

    mutating func number(of source: String) throws -> Int64 {
        let bytes = Array(source.utf8)
        if let number = known[bytes] { return number }
        if let number = try select.first({ $0.add(source) }, { $0.int(0) }) {
            known[bytes] = number
            return number
        }
        try insert.run { $0.add(source) }
        let number = database.lastInsertedRowID
        known[bytes] = number
        return number
    }
}

extension DirectStatement.Arguments {
    /// Two columns: source, external.
    mutating func add(_ name: ToldNames.Name?) {
        add(name?.source)
        add(name?.external)
    }
}
