import API
import ArgumentParser

/// A command that prints a list, a page at a time.
protocol Listing: AsyncParsableCommand {
    associatedtype Question: PagedRequest

    var common: CommonOptions { get }
    var table: TableOptions { get }
    var page: PageOptions { get }

    static var columns: [Table<Question.Row>.Column] { get }
    /// What people read where there are no rows.
    var emptyLine: String { get }

    func question() throws(Failure) -> Question
}

extension Listing {
    func validate() throws {
        guard !(common.json && table.csv) else { throw ValidationError("--json and --csv exclude each other.") }
    }

    mutating func run() async throws {
        let question = try question()
        try await DaemonClient.with(home: try common.homePath()) { daemon in
            var pages = Pages(question, page)
            if common.json {
                let all = try await pages.all(from: daemon)
                try Console.show(json: Marked(all, missing: pages.missing))
            } else {
                try await show(&pages, from: daemon)
            }
        }
    }

    /// Page after page, so that a long list begins at once and is never held whole.
    private func show(_ pages: inout Pages<Question>, from daemon: DaemonClient) async throws {
        let format = Table(columns: Self.columns)
        var isFirst = true
        var next: String?
        while let page = try await pages.next(from: daemon) {
            if table.csv {
                Console.show(bytes: format.csv(page.rows, header: isFirst))
            } else if page.rows.isEmpty && isFirst {
                Console.show([emptyLine])
            } else {
                Console.show(Array(format.lines(page.rows).dropFirst(isFirst ? 0 : 1)))
            }
            isFirst = false
            next = page.next
        }
        if table.csv {
            for line in Words.partial(pages.missing) { Console.remark(line) }
        } else {
            Console.show(Words.partial(pages.missing))
        }
        if let next { Console.remark("more: --after \(next)") }
    }
}

/// The pages of a list, until there are as many rows as somebody wants.
struct Pages<Question: PagedRequest> {
    private var question: Question
    /// Nil: all there are.
    private var wanted: Int?
    private var hasMore = true
    /// The most that an answer did not count; nil: each counted all that is known.
    private(set) var missing: Int?

    init(_ question: Question, _ options: PageOptions) {
        self.question = question
        self.question.after = options.after
        wanted = options.limit == 0 ? nil : options.limit
    }

    /// - Returns: nil once there is nothing more, or nothing more is wanted.
    mutating func next(from daemon: DaemonClient) async throws -> Page<Question.Row>? {
        guard hasMore else { return nil }
        question.limit = min(wanted ?? Limits.pageRowsCeiling, Limits.pageRowsCeiling)
        let marked = try await daemon.askMarked(question)
        let page = marked.answer
        missing = marked.missing(with: missing)
        wanted = wanted.map { max(0, $0 - page.rows.count) }
        question.after = page.next
        hasMore = page.next != nil && wanted != 0
        return page
    }

    mutating func all(from daemon: DaemonClient) async throws -> Page<Question.Row> {
        var whole = Page<Question.Row>(rows: [])
        while let page = try await next(from: daemon) {
            whole.rows += page.rows
            whole.next = page.next
        }
        return whole
    }
}
