import ArgumentParser

/// What `Tools/bench` cannot measure or make from outside.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grapevine-bench", abstract: "Measures signatures and broadcasts, and makes large records.",
        subcommands: [SignatureRate.self, MeasureBroadcast.self, MakeRecord.self])
}
