import API
import ArgumentParser

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write ambassadors, backers or pledges as import reads them.",
        discussion: """
            Examples:
              grapevine export pledges pledges.csv
              grapevine export backers | gzip > backers.csv.gz
              grapevine export backers --source shop shop.csv

            The file appears once it is whole. Cells are exactly as recorded, to be
            read back: for a spreadsheet take the --csv of the lists.

            Ids of several sources come in one file unless --source picks one; its file
            is read back with the same --source. A row with ids of two is in neither.

            A row says of a pledge one amount and one status: partial payments and
            refunds are in the record, and not in the file.
            """)

    @Argument(help: "ambassadors, backers or pledges.")
    var kind: RecordKind
    @Argument(help: "A new CSV file; standard output unless given, and for -.")
    var file: String?
    @Option(help: ArgumentHelp("Only rows whose ids are all of this source.", valueName: "source"))
    var source: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = file == "-" ? nil : file
        let rows = try await DaemonClient.with(home: try common.homePath()) { daemon in
            guard let path else { return try await write(from: daemon) { Console.show(bytes: $0) } }
            let output = try OutputFile(path)
            let rows = try await write(from: daemon) { try output.write($0) }
            try output.finish()
            return rows
        }
        guard let path else { return }
        if common.json {
            try Console.show(json: ExportAnswer(rows: rows, file: path))
        } else {
            Console.show(["\(Words.count(rows, "row")) in \(path)"])
        }
    }

    /// - Returns: How many rows.
    private func write(from daemon: DaemonClient, _ take: ([UInt8]) throws -> Void) async throws -> Int {
        // Nobody reads a terminal back in: there it is only shown.
        let isShown = (file == nil || file == "-") && Console.isTerminal
        var rows = 0
        var missing: Int?
        var question = ExportRows(kind, source: source, limit: Limits.pageRowsCeiling)
        var bytes: [UInt8] = []
        CSVText.append(kind.columns, to: &bytes)
        repeat {
            let marked = try await daemon.askMarked(question)
            let page = marked.answer
            missing = marked.missing(with: missing)
            guard page.columns == kind.columns else {
                throw Failure(.internalError, "the daemon exports other columns", hint: Failure.Code.request.hint)
            }
            for row in page.rows {
                CSVText.append(isShown ? row.map { display($0) } : row, to: &bytes)
            }
            try take(bytes)
            bytes.removeAll(keepingCapacity: true)
            rows += page.rows.count
            question.after = page.next
        } while question.after != nil
        for line in Words.partial(missing) { Console.remark(line) }
        return rows
    }
}

/// What `export` prints of a file it wrote.
struct ExportAnswer: Encodable {
    let rows: Int
    let file: String
}
