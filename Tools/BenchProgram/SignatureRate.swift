import ArgumentParser
import Identity

/// How many Ed25519 signatures one thread of this machine verifies in a second: the ruler for every other figure.
struct SignatureRate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ed25519", abstract: "Verifications in a second, of one thread: one whole number.")

    func run() {
        let key = SigningKey.generate()
        let publicKey = key.publicKey(as: MemberKey.self)
        // Different messages, so that no cache of one answer helps.
        let signed = (0..<256).map { index in
            let message = [UInt8](repeating: UInt8(index), count: Self.messageByteCount)
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
