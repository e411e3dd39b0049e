import Storage
import Synchronization

/// How far a verification is, for whoever asks meanwhile. Of two at a time, the one that spoke last.
final class VerifyWatch: Sendable {
    private let state = Mutex<(running: Int, progress: VerificationProgress)>((0, VerificationProgress()))

    /// Nil while nothing is verified.
    var progress: VerificationProgress? { state.withLock { $0.running > 0 ? $0.progress : nil } }

    func begin() {
        state.withLock { state in
            if state.running == 0 { state.progress = VerificationProgress() }
            state.running += 1
        }
    }

    func note(_ progress: VerificationProgress) { state.withLock { $0.progress = progress } }

    func end() { state.withLock { $0.running -= 1 } }
}
