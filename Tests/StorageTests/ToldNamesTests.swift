import AuthorLog
import GRDB
import Testing

@testable import Community
@testable import Storage

/// Of external ids told for one row the first stays, whatever comes together.
struct ToldNamesTests {
    private let queue: DatabaseQueue
    private let writer: Writer

    init() throws {
        queue = try DatabaseQueue()
        try queue.write { try Schema.create(in: $0) }
        let (charter, rules) = try QueryFixture.community()
        writer = try Writer(charter: charter, rules: rules)
    }

    /// One batch.
    ///
    /// - Parameters:
    ///   - rows: Numbers of persons and pledges that it changes; those that the tables lack are new.
    ///   - told: In its order: of which number, under which source, which external id.
    private func write(_ rows: [Int64], _ told: [(number: Int64, source: String, external: String)]) throws {
        let usd = try #require(Currency("USD"))
        try queue.write { database in
            var changes = FoldChanges()
            for number in rows {
                let isNew =
                    try Row.fetchOne(
                        database, sql: "SELECT 1 FROM state_people WHERE number = ?", arguments: [number]) == nil
                let person = PersonRow(number: number, id: QueryFixture.person(number))
                changes.people.append(.init(row: person, isNew: isNew))
                let pledge = PledgeRow(number: number, id: QueryFixture.pledge(number), currency: usd)
                changes.pledges.append(.init(row: pledge, isNew: isNew))
            }
            for (number, source, external) in told {
                var part = try part(source)
                (part.person, part.told.externalID) = (number, external)
                (part.pledge, part.told.pledgeExternalID) = (number, external.uppercased())
                changes.told.append(part)
            }
            try writer.write(changes, numbers: RowNumbers(), to: database)
        }
    }

    private func part(_ source: String) throws -> Told {
        var record = Record()
        record.source = source
        record.person = QueryFixture.pseudonyms.person(source: source, externalID: "x")
        var told = RecordPrivate()
        told.externalID = "x"
        let kept = told.encoded.withUnsafeBytes { ToldRecord($0, of: record, QueryFixture.pseudonyms) }
        return Told(
            source: source, told: try #require(kept),
            stamp: Stamp(time: HybridTime(rawValue: 1), log: 1, position: 0), isSteward: true)
    }

    /// By number: source and external id of the person, then of the pledge.
    private func held() throws -> [Int64: [String?]] {
        try queue.read { database in
            let sql = """
                SELECT p.number, s.source, p.external, t.source, d.external
                FROM state_people p LEFT JOIN detail_sources s ON s.number = p.source
                    JOIN state_pledges d ON d.number = p.number LEFT JOIN detail_sources t ON t.number = d.source
                """
            return try Row.fetchAll(database, sql: sql).reduce(into: [:]) { held, row in
                held[row[0]] = [row[1], row[2], row[3], row[4]]
            }
        }
    }

    @Test func `the first of one batch stays`() throws {
        try write([1, 2], [(1, "shop", "ann"), (1, "crm", "bea"), (1, "shop", "cy")])
        #expect(try held() == [1: ["shop", "ann", "shop", "ANN"], 2: [nil, nil, nil, nil]])
        try write([], [(2, "crm", "dan"), (2, "shop", "eve")])
        #expect(try held()[2] == ["crm", "dan", "crm", "DAN"])
    }

    @Test func `no later batch replaces it, whether it changes the row or not`() throws {
        try write([1, 2], [(1, "shop", "ann")])
        try write([1], [(1, "crm", "bea")])
        try write([], [(1, "crm", "cy")])
        try write([1, 2], [])
        #expect(try held() == [1: ["shop", "ann", "shop", "ANN"], 2: [nil, nil, nil, nil]])
    }

    @Test func `a row that is there already is named when it is told`() throws {
        try write([1, 2], [])
        try write([1], [(1, "shop", "ann"), (2, "crm", "bea")])
        #expect(try held() == [1: ["shop", "ann", "shop", "ANN"], 2: ["crm", "bea", "crm", "BEA"]])
    }

    @Test func `sources have small numbers from 1 on, by their bytes`() throws {
        try write([1, 2, 3], [(1, "caf\u{E9}", "ann"), (2, "cafe\u{301}", "bea"), (3, "caf\u{E9}", "cy")])
        try write([4], [(4, "cafe\u{301}", "dan")])
        let numbers = try queue.read { database in
            try Int64.fetchAll(database, sql: "SELECT source FROM state_people ORDER BY number")
        }
        #expect(numbers == [1, 2, 1, 2])
        #expect(try held()[4]?[0]?.unicodeScalars.count == 5)
    }
}
