import API
import ArgumentParser
import Glibc

@main
enum Program {
    static func main() async {
        let arguments = ArgumentOrder.commandFirst(Array(CommandLine.arguments.dropFirst()))
        exit(await run(arguments).rawValue)
    }

    /// Parses, does, and says what came of it.
    static func run(_ arguments: [String]) async -> ExitStatus {
        let asJSON = arguments.prefix { $0 != "--" }.contains("--json")
        do {
            var command = try Grapevine.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .ok
        } catch let outcome as PartlyDone {
            return outcome.exit
        } catch let failure as Failure {
            Console.show(failure, asJSON: asJSON)
            return failure.exit
        } catch {
            return explain(error, arguments, asJSON: asJSON)
        }
    }

    /// What the parser has to say: help that was asked for, or what it did not understand.
    private static func explain(_ error: any Error, _ arguments: [String], asJSON: Bool) -> ExitStatus {
        let text = Grapevine.fullMessage(for: error)
        let suggestion = Suggestion.line(for: arguments)
        switch Grapevine.exitCode(for: error) {
        case .success:
            Console.show(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            return .ok
        case .validationFailure where asJSON:
            Console.show(Failure(.usage, Grapevine.message(for: error), hint: suggestion), asJSON: true)
            return .usage
        case .validationFailure:
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) { Console.remark(String(line)) }
            if let suggestion { Console.remark("  \(suggestion)") }
            return .usage
        default:
            Console.show(Failure(.internalError, Grapevine.message(for: error)), asJSON: asJSON)
            return .failed
        }
    }
}

/// Ends a command whose answer has been printed and is not an unmixed success.
struct PartlyDone: Error {
    var exit = ExitStatus.partly
}
