/// What was appended and is not folded yet, as more comes at once than is worth folding piece by piece.
///
/// It delays what a node shows, and changes nothing of what it comes to.
struct Backlog {
    /// So long nothing more came: then it is folded.
    private static let rest = Duration.milliseconds(100)
    /// After so long what there is is folded, though more comes: a first sync over a slow line shows something, too.
    private static let patience = Duration.seconds(20)

    private var began: ContinuousClock.Instant?
    private var grew: ContinuousClock.Instant?

    var isEmpty: Bool { began == nil }

    mutating func grow() {
        let now = ContinuousClock.now
        began = began ?? now
        grew = now
    }

    /// How long until it is to be folded.
    ///
    /// - Parameter isGrowing: More is in hand, and being verified.
    func wait(isGrowing: Bool = false) -> Duration {
        guard let began, let grew else { return .zero }
        let now = ContinuousClock.now
        let due = min(began + Self.patience, (isGrowing ? now : grew) + Self.rest)
        return max(.zero, now.duration(to: due))
    }
}
