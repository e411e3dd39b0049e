/// An ambassador was suspended, or no longer is.
package struct SuspensionRow: Equatable, Sendable {
    package var person: PersonNumber
    package var place: Place
    package var isLifted: Bool

    package init(person: PersonNumber, place: Place, isLifted: Bool) {
        self.person = person
        self.place = place
        self.isLifted = isLifted
    }
}

extension [SuspensionRow] {
    /// Of one person: whether they are suspended after all of this.
    package func isSuspended(order: LogOrder) -> Bool { latest(order: order) { _ in true } }

    /// Whether they are suspended where a claim stands.
    package func isSuspended(at place: Place, order: LogOrder) -> Bool {
        latest(order: order) { order.isEarlier($0.place, than: place) }
    }

    /// Whether they are suspended at a time: from its millisecond on a suspension holds.
    package func isSuspended(at milliseconds: Int64, order: LogOrder) -> Bool {
        latest(order: order) { $0.place.at <= milliseconds }
    }

    private func latest(order: LogOrder, _ counts: (SuspensionRow) -> Bool) -> Bool {
        var latest: SuspensionRow?
        for row in self where counts(row) {
            if let known = latest, order.isEarlier(row.place, than: known.place) { continue }
            latest = row
        }
        return latest.map { !$0.isLifted } ?? false
    }
}
