import API
import ArgumentParser

/// A question whose answer holds a table: it also takes `--csv`.
protocol Tabling: Asking {
    associatedtype Row

    var table: TableOptions { get }

    static var columns: [Table<Row>.Column] { get }

    func rows(_ answer: Question.Answer) -> [Row]
}

extension Tabling {
    mutating func run() async throws {
        guard !(common.json && table.csv) else { throw Failure(.usage, "--json and --csv exclude each other") }
        let answer = try await answer()
        if common.json {
            try Console.show(json: answer)
        } else if table.csv {
            Console.show(bytes: Table(columns: Self.columns).csv(rows(answer)))
        } else {
            Console.show(lines(answer))
        }
        let status = exit(answer)
        if status != .ok { throw PartlyDone(exit: status) }
    }
}
