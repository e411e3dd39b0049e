/// A log that says two things at once, and which of them counts.
package struct ForkRow: Codable, Hashable, Sendable {
    package struct Branch: Codable, Hashable, Sendable {
        /// `A` or `B`.
        package var name: String
        /// Of its first bundle, 64 hex digits.
        package var head: String
        /// Where its first bundle ends, and how far its proof shows it.
        package var length: Int
        package var shown: Int
        /// When its first bundle was written, by its author's clock.
        package var at: Timestamp
        package var stands: Bool

        package init(name: String, head: String, length: Int, shown: Int, at: Timestamp, stands: Bool) {
            self.name = name
            self.head = head
            self.length = length
            self.shown = shown
            self.at = at
            self.stands = stands
        }
    }

    /// 64 hex digits.
    package var fork: String
    package var member: String
    package var incarnation: Int
    /// 20 hex digits.
    package var log: String
    /// Length of what the branches share.
    package var position: Int
    package var branches: [Branch]
    /// Who chose: `root` or keys.
    package var chosenBy: [String]

    enum CodingKeys: String, CodingKey {
        case fork, member, incarnation, log, position, branches
        case chosenBy = "chosen_by"
    }

    package init(
        fork: String, member: String, incarnation: Int, log: String, position: Int, branches: [Branch],
        chosenBy: [String]
    ) {
        self.fork = fork
        self.member = member
        self.incarnation = incarnation
        self.log = log
        self.position = position
        self.branches = branches
        self.chosenBy = chosenBy
    }
}

package struct ListForks: PagedRequest {
    package static let path = "fork/list"

    package typealias Answer = Page<ForkRow>
    package typealias Row = ForkRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

/// Says with which branch a forked log goes on.
package struct ChooseBranch: Request {
    package static let path = "fork/choose"

    /// A member, or a log as `KEY/LOG`.
    package var log: String
    /// Needed only where there are several: the first 8 or more of its digits.
    package var fork: String?
    /// `A`, `B`, or the first 8 or more digits of a branch's head.
    package var branch: String

    package init(log: String, fork: String? = nil, branch: String) {
        self.log = log
        self.fork = fork
        self.branch = branch
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var fork: String
        package var member: String
        package var branch: String
        package var head: String
        /// False where the choice was made before.
        package var written: Bool
        package var cuts: [CutRow]

        package init(fork: String, member: String, branch: String, head: String, written: Bool, cuts: [CutRow]) {
            self.fork = fork
            self.member = member
            self.branch = branch
            self.head = head
            self.written = written
            self.cuts = cuts
        }
    }
}
