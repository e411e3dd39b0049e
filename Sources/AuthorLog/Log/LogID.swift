package import Identity

/// One log: a member key and one of its incarnations. Ordered by member, then incarnation.
package struct LogID: Hashable, Comparable, Sendable {
    package let member: MemberKey
    package let incarnation: Incarnation

    package init(member: MemberKey, incarnation: Incarnation) {
        self.member = member
        self.incarnation = incarnation
    }

    /// The log id of 2-log.md, which is where the frontier's tree has its row. Computed anew each time.
    package var hash: Hash256 {
        var bytes = member.bytes
        incarnation.append(to: &bytes)
        return BLAKE2b.hash256(bytes, personal: .log)
    }

    package static func < (left: LogID, right: LogID) -> Bool {
        (left.member, left.incarnation) < (right.member, right.incarnation)
    }
}

extension LogID: CustomStringConvertible {
    package var description: String { "\(member)/\(incarnation)" }
}
