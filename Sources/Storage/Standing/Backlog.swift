/// What was appended and is not folded yet, as more comes at once than is worth folding piece by piece.
///
/// It delays what a node shows, and changes nothing of what it comes to.
struct Backlog {
    /// So long nothing more came: then it is folded.
    private static let rest = Duration.milliseconds(100)
    /// After so long what there is is folded, though more comes: a first sync over a slow line shows something, too.
    private static let patience = Duration.seconds(10)

    private var began: ContinuousClock.Instant?
    private var grew: ContinuousClock.Instant?

    var isEmpty: Bool { began == nil }

    mutating func grow() {
        let now = ContinuousClock.now
        began = began ?? now
        grew = now
    }

    /// How long until it is to be folded.
    var wait: Duration {
        guard let began, let grew else { return .zero }
        let due = min(began + Self.patience, grew + Self.rest)
        return max(.zero, ContinuousClock.now.duration(to: due))
    }
}
