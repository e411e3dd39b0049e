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
        let marked = try await answer()
        let answer = marked.answer
        if common.json {
            try Console.show(json: marked)
        } else if table.csv {
            Console.show(bytes: Table(columns: Self.columns).csv(rows(answer)))
            for line in Words.partial(marked.missing) { Console.remark(line) }
        } else {
            Console.show(lines(answer) + Words.partial(marked.missing))
        }
        let status = exit(answer)
        if status != .ok { throw PartlyDone(exit: status) }
    }
}
