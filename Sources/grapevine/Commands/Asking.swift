import API
import ArgumentParser

/// A command that is one question to the daemon.
protocol Asking: AsyncParsableCommand {
    associatedtype Question: Request

    var common: CommonOptions { get }
    var patience: Duration { get }

    func question() throws(Failure) -> Question
    func answer() async throws -> Marked<Question.Answer>
    /// For people.
    func lines(_ answer: Question.Answer) -> [String]
    /// Said beside the answer, where something is odd about it.
    func remarks(_ answer: Question.Answer) -> [String]
    /// What the shell is told once the answer is printed.
    func exit(_ answer: Question.Answer) -> ExitStatus
}

extension Asking {
    var patience: Duration { .seconds(120) }

    func exit(_ answer: Question.Answer) -> ExitStatus { .ok }
    func remarks(_ answer: Question.Answer) -> [String] { [] }

    func answer() async throws -> Marked<Question.Answer> {
        let question = try question()
        let patience = patience
        return try await DaemonClient.with(home: try common.homePath()) { daemon in
            try await daemon.askMarked(question, patience: patience)
        }
    }

    mutating func run() async throws {
        let marked = try await answer()
        let answer = marked.answer
        if common.json {
            try Console.show(json: marked)
        } else {
            Console.show(lines(answer) + Words.partial(marked.missing))
        }
        for remark in remarks(answer) { Console.remark(remark) }
        let status = exit(answer)
        if status != .ok { throw PartlyDone(exit: status) }
    }
}
