import FoundationEssentials
import GRDB

/// Compares a stored state with one folded from nothing, under natural keys: numbers are each database's own.
///
/// Of each table the sums are compared (``StateSums``); where they differ, the rows are, one by one, so that what differs is named.
struct StateComparison {
    let stored: Database
    let expected: Database

    /// - Parameters:
    ///   - storedSums: Of ``stored``.
    ///   - expectedSums: Of ``expected``.
    func run(storedSums: StateSums, expectedSums: StateSums, _ verification: inout Verification) throws {
        for (index, projection) in StateProjection.all.enumerated()
        where storedSums.tables[index] != expectedSums.tables[index] {
            try compare(projection, &verification)
        }
    }

    private func compare(_ projection: StateProjection, _ verification: inout Verification) throws {
        let left = try Row.fetchCursor(stored, sql: projection.sqlByKey)
        let right = try Row.fetchCursor(expected, sql: projection.sqlByKey)
        var a = try left.next()?.copy()
        var b = try right.next()?.copy()
        while a != nil || b != nil {
            let order = Self.order(a, b, keyColumns: projection.keyColumns)
            switch order {
            case .orderedAscending:
                verification.note("\(projection.name) \(Self.key(a, projection)): is stored but follows from nothing")
                a = try left.next()?.copy()
            case .orderedDescending:
                verification.note("\(projection.name) \(Self.key(b, projection)): is missing")
                b = try right.next()?.copy()
            case .orderedSame:
                if let a, let b, let difference = Self.difference(a, b) {
                    verification.note("\(projection.name) \(Self.key(a, projection)): \(difference)")
                }
                a = try left.next()?.copy()
                b = try right.next()?.copy()
            }
        }
    }

    private static func order(_ a: Row?, _ b: Row?, keyColumns: Int) -> ComparisonResult {
        guard let a else { return .orderedDescending }
        guard let b else { return .orderedAscending }
        for column in 0..<keyColumns {
            let x = text(a, column)
            let y = text(b, column)
            if x.utf8.lexicographicallyPrecedes(y.utf8) { return .orderedAscending }
            if y.utf8.lexicographicallyPrecedes(x.utf8) { return .orderedDescending }
        }
        return .orderedSame
    }

    private static func key(_ row: Row?, _ projection: StateProjection) -> String {
        guard let row else { return "" }
        return (0..<projection.keyColumns).map { text(row, $0) }.joined(separator: " ")
    }

    /// Whatever stands there: what is compared may be damaged.
    private static func text(_ row: Row, _ column: Int) -> String {
        let value: DatabaseValue = row[column]
        return String.fromDatabaseValue(value) ?? "\(value)"
    }

    private static func difference(_ a: Row, _ b: Row) -> String? {
        for (left, right) in zip(a, b) where left.1 != right.1 {
            return "\(left.0) is \(left.1), the log says \(right.1)"
        }
        return nil
    }
}
