import API
import ArgumentParser
import FoundationEssentials

/// Where the node lives, and who reads the output: on every command.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The node's home; else GRAPEVINE_HOME, else $XDG_DATA_HOME/grapevine.", valueName: "dir"))
    var home: String?

    @Flag(help: "Print JSON, errors included.")
    var json = false

    /// - Returns: An absolute path.
    func homePath() throws(Failure) -> String {
        let path = HomePath.resolve(
            flag: home, environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath)
        guard let path else { throw Failure(.homePath, "nothing says where the home is", hint: "give --home DIR") }
        return path
    }
}

/// Who reads a table.
struct TableOptions: ParsableArguments {
    @Flag(help: "Print the table as CSV, safe to open in a spreadsheet.")
    var csv = false
}

/// Which rows of a list.
struct PageOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Rows to print; 0 for all.", valueName: "n"))
    var limit = Limits.pageRows

    @Option(help: ArgumentHelp("The `next` of the page before.", valueName: "cursor"))
    var after: String?

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more.") }
    }
}

/// Whose external id it is.
struct SourceOption: ParsableArguments {
    @Option(help: ArgumentHelp("Whose external id it is, where two sources use the same one.", valueName: "source"))
    var source: String?
}

extension RoleName: ExpressibleByArgument {}
extension AttributionName: ExpressibleByArgument {}
extension LeaderboardScore: ExpressibleByArgument {}
extension RecordKind: ExpressibleByArgument {}
