import ArgumentParser
import Simulation

/// What a broadcast among simulated nodes costs.
struct MeasureBroadcast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast", abstract: "Measure broadcasts among simulated nodes.",
        discussion: """
            Prints a line each for one sender, random senders and a burst, with missed receptions,
            links to the last node, redundancy, and milliseconds to the last reception.
            """)

    @Argument(help: "Nodes.")
    var count: Int
    @Option(help: "How many of them write at once in a burst (default: all).")
    var burst: Int?
    @Option(help: "Of all dice.")
    var seed: UInt64 = 1

    func validate() throws {
        guard count > 1 else { throw ValidationError("at least 2 nodes") }
    }

    func run() {
        var network = Network(seed: seed)
        network.grow(to: count)
        for senders in BroadcastFigures.Senders.allCases {
            let rounds = senders == .burst ? Self.bursts : Self.rounds
            print(senders.rawValue, BroadcastFigures(senders, rounds: rounds, burst: burst ?? count, in: network))
        }
    }

    /// As many as iroh-gossip's own gates have.
    private static let rounds = 20
    private static let bursts = 5
}
