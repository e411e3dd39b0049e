import API
import ArgumentParser

struct Verify: Asking {
    static let configuration = CommandConfiguration(
        abstract: "Check every chain, signature and figure against the log.",
        discussion: """
            Examples:
              grapevine verify
              grapevine verify --json | jq .problems

            Exits with 6 if there are problems.
            """)

    @OptionGroup var common: CommonOptions

    var patience: Duration { .seconds(86_400) }

    func question() -> VerifyRecord { VerifyRecord() }

    func answer() async throws -> Marked<VerifyRecord.Answer> {
        let question = question()
        let patience = patience
        return try await DaemonClient.with(home: try common.homePath()) { daemon in
            guard Console.hasProgress else { return try await daemon.askMarked(question, patience: patience) }
            async let _ = VerifyProgress.show(of: daemon)  // until the answer is there
            return try await daemon.askMarked(question, patience: patience)
        }
    }

    func lines(_ answer: VerifyRecord.Answer) -> [String] {
        let read = """
            \(Words.count(answer.operations, "operation")) in \(Words.count(answer.bundles, "bundle")), \
            \(Words.count(answer.signatures, "signature"))
            """
        guard !answer.ok else { return ["All is well: \(read)."] }
        return ["\(Words.count(answer.problems.count, "problem")) in \(read):"] + answer.problems.map { "  \($0)" }
            + ["Next: grapevine rebuild, if only figures are wrong"]
    }

    func exit(_ answer: VerifyRecord.Answer) -> ExitStatus {
        answer.ok ? .ok : .partly
    }
}

struct Rebuild: Asking {
    static let configuration = CommandConfiguration(
        abstract: "Fold all figures anew from the log.",
        discussion: """
            Examples:
              grapevine rebuild
            """)

    @OptionGroup var common: CommonOptions

    var patience: Duration { .seconds(86_400) }

    func question() -> RebuildState { RebuildState() }

    func lines(_ answer: RebuildState.Answer) -> [String] {
        ["Folded \(Words.count(answer.operations, "operation")) anew."]
            + (answer.state.map { ["State \($0)"] } ?? [])
    }
}
