/// What a broadcast costs, as Leitao, Pereira, Rodrigues measure it (SRDS 2007, section 5).
package struct BroadcastFigures: Sendable {
    package enum Senders: String, CaseIterable, Sendable {
        case one = "one-sender"
        case random = "random-senders"
        case burst
    }

    package struct Round: Sendable {
        /// Receptions that did not happen.
        package var missed: Int
        /// Links that the message which went furthest has gone.
        package var lastHop: Int
        /// Relative message redundancy: payloads received for each needed, less one.
        package var redundancy: Double
        /// To the last reception, in 10 ms.
        package var milliseconds: UInt64
        package var counts: Network.Counts
    }

    package var rounds: [Round] = []

    package var missed: Int { rounds.map(\.missed).reduce(0, +) }
    package var lastHop: Double { Double(rounds.map(\.lastHop).reduce(0, +)) / Double(rounds.count) }
    package var redundancy: Double { rounds.map(\.redundancy).reduce(0, +) / Double(rounds.count) }
    package var milliseconds: UInt64 { rounds.map(\.milliseconds).reduce(0, +) / UInt64(rounds.count) }

    /// - Parameter burst: How many nodes, drawn at random, write at once in a burst.
    package init(_ senders: Senders, rounds count: Int, burst: Int, in network: Network) {
        var network = network
        let one = network.randomNode()
        for _ in 0..<count {
            let writers: [Int] =
                switch senders {
                case .one: [one]
                case .random: [network.randomNode()]
                case .burst: Array(network.nodes.indices.shuffled(using: &network.dice).prefix(burst))
                }
            rounds.append(Self.round(of: writers, in: &network))
        }
    }

    private static func round(of writers: [Int], in network: inout Network) -> Round {
        let wanted = writers.count * (network.nodes.count - 1)
        network.reset()
        let start = network.now
        for writer in writers { network.write(writer) }
        _ = network.run(until: { $0.counts.delivered == wanted }, limit: 10_000)
        let took = network.now - start
        let delivered = network.counts.delivered
        // What is still under way is redundant, and of this round.
        network.run(for: 1_000)
        let counts = network.counts
        return Round(
            missed: wanted - delivered, lastHop: Int(counts.lastHop),
            redundancy: Double(counts.payloads) / Double(max(delivered, 1)) - 1, milliseconds: took, counts: counts)
    }
}

extension BroadcastFigures: CustomStringConvertible {
    /// Two decimals, without Foundation.
    private func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }

    /// Missed, last hop, redundancy, milliseconds.
    package var description: String {
        "\(missed) \(decimal(lastHop)) \(decimal(redundancy)) \(milliseconds)"
    }
}
