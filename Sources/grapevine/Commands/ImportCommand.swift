import API
import ArgumentParser

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in ambassadors, backers or pledges from a CSV file.",
        discussion: """
            Examples:
              grapevine import ambassadors ambassadors.csv
              grapevine import backers backers.csv.gz --dry-run
              grapevine import pledges pledges.csv.gz --source shop
              zcat dump.gz | grapevine import pledges -

            Columns, named by the first line, in any order; others are ignored:
              ambassadors  ambassador,code,joined_at
              backers      backer,joined_at,code
              pledges      pledge,backer,amount,currency,pledged_at,status,code

            Importing a file twice changes nothing. Wrong rows go to NAME.rejected.csv,
            each with its line, column, value and rule, and the rest goes on (exit
            code 6): mend them there and import that file. It may be stopped at any
            time: what was acknowledged stays.
            """)

    @Argument(help: "ambassadors, backers or pledges.")
    var kind: RecordKind
    @Argument(help: "A CSV file, plain or gzipped; - for standard input.")
    var file: String
    @Option(help: ArgumentHelp("Whose ids these are.", valueName: "source"))
    var source = ImportPart.defaultSource
    @Flag(help: "Judge the rows and write nothing.")
    var dryRun = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let home = try common.homePath()
        let file = try FileSource(path: file)
        let text: any ByteSource = if try file.isGzip() { try GzipSource(file) } else { file }
        let cutter = try PartCutter(text, kind: kind)
        let answer: ImportAnswer
        do {
            answer = try await DaemonClient.with(home: home) { daemon in
                try await run(cutter, from: file, daemon)
            }
        } catch let interrupted as InterruptedImport {
            throw show(interrupted)
        }
        if common.json {
            try Console.show(json: answer)
        } else {
            Console.show(ImportText.lines(answer, dryRun: dryRun))
        }
        if answer.rejected > 0 { throw PartlyDone() }
    }

    private func run(_ cutter: PartCutter, from file: FileSource, _ daemon: DaemonClient) async throws -> ImportAnswer {
        let headers = [
            ImportPart.Field.source: source.percentEncoded,
            ImportPart.Field.dryRun: dryRun ? "true" : "false",
            ImportPart.Field.columns: cutter.header.columns.joined(separator: ","),
        ]
        let kind = kind
        let run = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        var importer = Importer(cutter, rejectedFile: RejectedFile(for: self.file, header: cutter.header)) {
            batch, number in
            let place = [
                ImportPart.Field.firstLine: String(batch.firstLine), ImportPart.Field.run: run,
                ImportPart.Field.part: String(number),
            ]
            return try await daemon.send(part: batch.bytes, of: kind, headers: headers.merging(place) { $1 })
        }
        var progress = ImportProgress(file)
        defer { progress.end() }
        try await importer.run { progress.show(rows: $0) }
        return importer.answer
    }

    /// Says how far it came.
    private func show(_ interrupted: InterruptedImport) -> any Error {
        guard common.json else {
            if interrupted.acknowledgedRows > 0 {
                Console.remark("\(Words.count(interrupted.acknowledgedRows, "row")) done before this; import it again.")
            }
            return interrupted.failure
        }
        do {
            try Console.show(json: interrupted)
        } catch {
            return error
        }
        return PartlyDone(exit: interrupted.failure.exit)
    }
}

extension String {
    /// Fit for a header field: everything but letters, digits and `-._~` as %XX of its UTF-8.
    var percentEncoded: String {
        utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(character) : byte < 16 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
