import Identity

/// Which of two accepted connections between the same two members stays.
enum DuplicateRule {
    enum Verdict: Equatable, Sendable {
        case closeOlder, closeNewer, keepBoth
    }

    /// Both sides judge alike, whatever the order in which they accepted: the connection stays whose initiator has the lower
    /// member key. Two by the same initiator are his to judge (the older one may be half dead); the responder keeps both.
    static func judge(own: MemberKey, other: MemberKey, olderIsOurs: Bool, newerIsOurs: Bool) -> Verdict {
        switch (olderIsOurs, newerIsOurs) {
        case (true, true): .closeOlder
        case (false, false): .keepBoth
        case (true, false): own < other ? .closeNewer : .closeOlder
        case (false, true): own < other ? .closeOlder : .closeNewer
        }
    }
}
