import Identity
import Simulation

/// Figures that need no node.
///
///     grapevine-bench                       Ed25519 signatures that one thread verifies in a second: one whole number
///     grapevine-bench broadcast N [BURST [SEED]]
///                                           what a broadcast among N simulated nodes costs; in a burst BURST of them write
///                                           at once (all): a line each for one sender, random senders and the burst, with
///                                           missed receptions, links to the last node, redundancy, and milliseconds
@main
struct Program {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.first == "broadcast" else { return ed25519() }
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard let count = numbers.first, count > 1, numbers.count == arguments.count - 1 else {
            return print("use: grapevine-bench broadcast N [BURST [SEED]]")
        }
        let rest = numbers.dropFirst()
        broadcast(count, burst: rest.first ?? count, seed: UInt64(clamping: rest.dropFirst().first ?? 1))
    }

    /// As many rounds as iroh-gossip's own gates have.
    private static func broadcast(_ count: Int, burst: Int, seed: UInt64) {
        var network = Network(seed: seed)
        network.grow(to: count)
        for senders in BroadcastFigures.Senders.allCases {
            let rounds = senders == .burst ? 5 : 20
            print(senders.rawValue, BroadcastFigures(senders, rounds: rounds, burst: burst, in: network))
        }
    }

    /// The ruler for every other figure.
    private static func ed25519() {
        let key = SigningKey.generate()
        let publicKey = key.publicKey(as: MemberKey.self)
        // Different messages, so that no cache of one answer helps.
        let signed = (0..<256).map { index in
            let message = [UInt8](repeating: UInt8(index), count: messageByteCount)
            return (message: message, signature: key.sign(message))
        }
        let clock = ContinuousClock()
        /// Verifies for `duration`, then answers how many a second.
        func rate(for duration: Duration) -> Double {
            let start = clock.now
            var verified = 0
            var elapsed = Duration.zero
            while elapsed < duration {
                for (message, signature) in signed {
                    precondition(publicKey.verify(signature, of: message), "a good signature does not verify")
                }
                verified += signed.count
                elapsed = clock.now - start
            }
            return Double(verified) / (elapsed / .seconds(1))
        }
        _ = rate(for: .milliseconds(200))  // the processor wakes up
        print(Int(rate(for: .seconds(2))))
    }

    /// About a header with its domain tag.
    private static let messageByteCount = 200
}
