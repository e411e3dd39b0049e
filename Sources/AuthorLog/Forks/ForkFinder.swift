/// Finds where two branches of a log part, by halving: at which of our bundle ends does the other side show the same head?
///
/// Where the branches agree they have the same bundle ends, so "no bundle of mine ends there" is an answer, too: no.
package struct ForkFinder: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// Choose the own bundle end that is nearest to `position` among those above `above` and below `below`, ask for the
        /// other side's head there, and call ``ForkFinder/answered(at:isCommon:)``; without such an end,
        /// ``ForkFinder/noEndBetween()``.
        case ask(position: UInt64, above: UInt64, below: UInt64)
        /// The branches share this length, and no own bundle more.
        case found(common: UInt64)
    }

    private var common: UInt64
    private var different: UInt64

    /// - Parameters:
    ///   - common: A length that both are known to share, 0 if none is.
    ///   - different: An own bundle end at which the other side shows another head, or none.
    package init(common: UInt64 = 0, different: UInt64) {
        self.common = common
        self.different = max(common, different)
    }

    package var step: Step {
        guard different > common, different - common > 1 else { return .found(common: common) }
        return .ask(position: common + (different - common) / 2, above: common, below: different)
    }

    /// - Parameter position: Between the bounds of ``step``; any other is ignored.
    package mutating func answered(at position: UInt64, isCommon: Bool) {
        guard position > common, position < different else { return }
        if isCommon { common = position } else { different = position }
    }

    package mutating func noEndBetween() {
        different = common
    }
}
