/// What was ever confirmed under one reference, whichever confirmation counts.
package enum ConfirmedAmounts: Equatable, Sendable {
    case nothing
    case one(Amount)
    /// They differ.
    case several

    func adding(_ other: ConfirmedAmounts) -> ConfirmedAmounts {
        switch (self, other) {
        case (.nothing, _): other
        case (_, .nothing): self
        case (.one(let a), .one(let b)) where a == b: self
        case (.one, _), (.several, _): .several
        }
    }
}
