import ArgumentParser

/// What `Tools/bench` cannot measure or make from outside.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grapevine-bench", abstract: "Measures what needs a quick client, and makes large records.",
        subcommands: [
            SignatureRate.self, MeasureBroadcast.self, MeasureWrites.self, MeasureLatency.self, MakeRecord.self,
            GrowRecord.self,
        ])
}
