package import Identity

/// Whose records have a person join or pledge, and when: as much of it as said claims need.
///
/// Of each member and each stretch of ``ClaimRule/evidenceMilliseconds`` (counted from 1970) the first and the last time. A
/// window of that length is the end of one stretch and the beginning of the next, so a time within it is found by these two; and
/// however often somebody repeats himself, there is one entry a stretch.
package struct Witnesses: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var member: MemberID
        /// Unix milliseconds, both in one stretch.
        package var first: Int64
        package var last: Int64

        package init(member: MemberID, first: Int64, last: Int64) {
            self.member = member
            self.first = first
            self.last = last
        }

        var stretch: Int64 {
            let length = ClaimRule.evidenceMilliseconds
            return first >= 0 ? first / length : (first - length + 1) / length
        }
    }

    /// By stretch, then member.
    package private(set) var entries: [Entry] = []

    package init() {}

    /// - Parameter entries: As ``entries`` were.
    package init(entries: [Entry]) { self.entries = entries }

    package mutating func add(_ member: MemberID, at time: Int64) {
        let new = Entry(member: member, first: time, last: time)
        let index = entries.firstIndex { !Self.precedes($0, new) } ?? entries.count
        if index < entries.count, entries[index].stretch == new.stretch, entries[index].member == member {
            entries[index].first = min(entries[index].first, time)
            entries[index].last = max(entries[index].last, time)
        } else {
            entries.insert(new, at: index)
        }
    }

    /// Whether somebody else than the member bears out what is claimed of a time.
    package func bearOut(claimOf time: Int64, by member: MemberID) -> Bool {
        entries.contains { entry in
            entry.member != member
                && (ClaimRule.isEvidence(at: entry.first, ofClaimAt: time)
                    || ClaimRule.isEvidence(at: entry.last, ofClaimAt: time))
        }
    }

    private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
        a.stretch != b.stretch ? a.stretch < b.stretch : a.member < b.member
    }
}
