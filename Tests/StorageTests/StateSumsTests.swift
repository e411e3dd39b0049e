import Foundation
import GRDB
import Testing

@testable import Storage

/// Two states have the same sums if and only if they have the same rows.
struct StateSumsTests {
    /// Every table with rows, each column with a value that is not null: references lead to persons, pledges and codes.
    ///
    /// - Parameter shift: Added to all numbers of the database's own.
    private func filled(shift: Int64 = 0, isReversed: Bool = false) throws -> DatabaseQueue {
        let queue = try DatabaseQueue()
        try queue.write { database in
            try Schema.create(in: database)
            try database.execute(sql: "DELETE FROM state_totals")
            for row in isReversed ? [3, 2, 1] : [1, 2, 3] as [Int64] {
                try database.execute(
                    sql: "INSERT INTO detail_sources VALUES (?, ?)", arguments: [row + shift, "source \(row)"])
                for projection in StateProjection.all where projection.table != "state_totals" || row == 1 {
                    try insert(row, shift: shift, into: projection, database)
                }
            }
        }
        return queue
    }

    private func insert(_ row: Int64, shift: Int64, into projection: StateProjection, _ database: Database) throws {
        let numbered = ["state_people", "state_pledges", "state_codes"].contains(projection.table)
        var names = projection.columns.map(\.name)
        var values = projection.columns.enumerated().map { index, column -> DatabaseValue in
            switch column.form {
            case .person, .pledge, .code, .source: (row + shift).databaseValue
            case .id, .hex: Data(repeating: UInt8(row * 20 + Int64(index)), count: 16).databaseValue
            case .plain, .text, .place, .party: (row * 100 + Int64(index)).databaseValue
            }
        }
        if projection.table == "state_totals" { values[0] = 1.databaseValue }
        if numbered {
            names.append("number")
            values.append((row + shift).databaseValue)
        }
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        try database.execute(
            sql: "INSERT INTO \(projection.table) (\(names.joined(separator: ", "))) VALUES (\(marks))",
            arguments: StatementArguments(values))
    }

    private func sums(_ queue: DatabaseQueue) throws -> [StateSums.Table] {
        try queue.read { try StateSums($0).tables }
    }

    private func problems(_ a: DatabaseQueue, _ b: DatabaseQueue) throws -> [String] {
        var verification = Verification()
        try a.read { stored in
            try b.read { expected in
                try StateComparison(stored: stored, expected: expected).run(
                    storedSums: StateSums(stored), expectedSums: StateSums(expected), &verification)
            }
        }
        return verification.problems
    }

    @Test func `neither the order of rows nor the databases' own numbers matter`() throws {
        let (a, b) = (try filled(), try filled(shift: 5_000, isReversed: true))
        #expect(try sums(a) == sums(b))
        #expect(try sums(a).allSatisfy { $0.rows > 0 })
        #expect(try problems(a, b) == [])
    }

    @Test(arguments: StateProjection.all.map(\.name))
    func `every column counts, and its row is named`(name: String) throws {
        let projection = try #require(StateProjection.all.first { $0.name == name })
        let index = try #require(StateProjection.all.firstIndex { $0.name == name })
        let whole = try filled()
        let before = try sums(whole)
        for column in projection.columns where projection.table != "state_totals" || column.form != .text {
            let queue = try filled()
            let changed: String =
                switch column.form {
                case .person, .pledge, .code, .source: "1 + \(column.name) % 3"
                case .id, .hex: "zeroblob(16)"
                case .plain, .text, .place, .party: "\(column.name) + 7"
                }
            try queue.write { database in
                try database.execute(
                    sql: """
                        UPDATE OR REPLACE \(projection.table) SET \(column.name) = \(changed)
                        WHERE \(projection.key[0].name) = (SELECT min(\(projection.key[0].name)) FROM \(projection.table))
                        """)
                #expect(database.changesCount == 1)
            }
            #expect(try sums(queue)[index] != before[index], "\(column.name)")
            let problems = try problems(queue, whole)
            #expect(problems.contains { $0.hasPrefix("\(name) ") }, "\(column.name): \(problems)")
        }
    }

    @Test func `a row gone, a row more and a value of another type are found`() throws {
        let whole = try filled()
        for change in [
            "UPDATE state_pledges SET money = NULL WHERE number = 2",
            "UPDATE state_pledges SET amount = 700.5 WHERE number = 1",
            "INSERT INTO detail_names VALUES (77, 'a', 'b')",
            "UPDATE state_people SET source = NULL, external = NULL WHERE number = 2",
            "UPDATE state_pledges SET source = 3 WHERE number = 2",
            "UPDATE state_claims SET code = 99 WHERE person = 1",
        ] {
            let queue = try filled()
            try queue.write { try $0.execute(sql: change) }
            #expect(try problems(queue, whole).count == 1, "\(change)")
        }
    }
}
