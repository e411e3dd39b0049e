package import Community
package import GRDB

/// A person and those whom their codes brought, generation by generation.
///
/// Follows winning claims only. Who is cut off a cycle is a root of their own, and below nobody.
package struct ReferralTreeQuery: Sendable {
    package struct Node: Hashable, Sendable {
        package var person: PersonName
        package var displayName: String?
        /// nil for those who own none, and so brought nobody.
        package var code: String?
        package var brought: Int
        package var reach: Int
        /// Of the whole tree below, shown or not.
        package var depth: Int
        /// By reach, then brought, both descending, then by the code's bytes; those without a code last, by their id.
        package var children: [Node] = []
    }

    package struct Answer: Hashable, Sendable {
        package var root: Node
        /// There are more than ``QueryLimits/treeNodes``: the last generations shown are not whole.
        package var isTruncated: Bool
    }

    package var person: PersonNumber
    /// Generations below the person, 0 for none.
    package var depth: Int

    package init(person: PersonNumber, depth: Int) {
        self.person = person
        self.depth = depth
    }

    /// - Returns: nil where there is no such person.
    package func run(_ database: Database) throws -> Answer? {
        guard let root = try root(database) else { return nil }
        var shown = [Shown(parent: 0, number: person, node: root)]
        var isTruncated = false
        var generation = shown.indices
        // Breadth first: what a cap takes away is the farthest from the root.
        for _ in 0..<max(depth, 0) where !generation.isEmpty {
            for parent in generation where shown[parent].node.brought > 0 {
                let room = QueryLimits.treeNodes - shown.count
                let children = try children(of: shown[parent].number, limit: room + 1, database)
                isTruncated = isTruncated || children.count > room
                for (number, node) in children.prefix(room) {
                    shown.append(Shown(parent: parent, number: number, node: node))
                }
            }
            generation = generation.upperBound..<shown.count
        }
        return Answer(root: Self.assembled(shown), isTruncated: isTruncated)
    }

    /// A node of the tree while it is still a list.
    private struct Shown {
        /// Index of the node above; the root's own.
        var parent: Int
        var number: PersonNumber
        var node: Node
    }

    /// Children stand behind their parent, so whoever is reached from the end is complete.
    private static func assembled(_ shown: [Shown]) -> Node {
        var shown = shown
        for index in shown.indices.dropFirst().reversed() {
            shown[index].node.children.reverse()
            shown[shown[index].parent].node.children.append(shown[index].node)
        }
        shown[0].node.children.reverse()
        return shown[0].node
    }

    private static let columns = """
        p.number, p.person, d.external, f.value, a.code, coalesce(a.brought, 0), coalesce(a.reach, 0),
            coalesce(a.depth, 0)
        """

    private static let sources = """
        state_people p LEFT JOIN state_ambassadors a ON a.person = p.number
            LEFT JOIN detail_people d ON d.person = p.number
            \(SharedSQL.name(of: "p.number"))
        """

    private func root(_ database: Database) throws -> Node? {
        let sql = "SELECT \(Self.columns) FROM \(Self.sources) WHERE p.number = ?"
        return try database.firstRow(sql, [person], Self.node)
    }

    /// Whoever a person brought has a claim on a code of theirs, and those are found by index.
    private func children(
        of parent: PersonNumber, limit: Int, _ database: Database
    ) throws -> [(number: PersonNumber, node: Node)] {
        let sql = """
            SELECT \(Self.columns) FROM \(Self.sources)
            WHERE p.number IN
                (SELECT c.person FROM state_codes k CROSS JOIN state_claims c ON c.code = k.number WHERE k.owner = ?)
                AND p.winner = ? AND coalesce(a.cut, 0) = 0
            ORDER BY coalesce(a.reach, 0) DESC, coalesce(a.brought, 0) DESC, a.code IS NULL, a.code, p.person
            LIMIT ?
            """
        return try database.rows(sql, [parent, parent, limit]) { ($0[0], try Self.node($0)) }
    }

    private static func node(_ row: Row) throws -> Node {
        Node(
            person: try row.personName(1), displayName: row[3], code: row[4], brought: row[5], reach: row[6],
            depth: row[7])
    }
}
