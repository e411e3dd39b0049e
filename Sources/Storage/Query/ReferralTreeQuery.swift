package import Community
package import GRDB

/// A person and those whom their codes brought, generation by generation: of each person a page, and how many are left out.
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
        /// In the order of ``ChildKey``.
        package var children: [Node] = []
        /// Of the generation below, those that are not among ``children``; on a later page those of earlier ones, too.
        package var leftOut = 0
        /// Where the page behind ``children`` begins, in this person's own tree. Nil with no children, for then it is the first one,
        /// and where nobody comes any more.
        package var next: String?
    }

    package var person: PersonNumber
    /// Generations below the person, 0 for none.
    package var depth: Int
    /// Of the person's own children; of everybody else's the first page, as long as there is room for it.
    package var page: PageRequest

    package init(person: PersonNumber, depth: Int, page: PageRequest) {
        self.person = person
        self.depth = depth
        self.page = page
    }

    /// - Returns: nil where there is no such person.
    package func run(_ database: Database) throws -> Node? {
        let after = try page.after.map { (cursor) throws(QueryError) in try ChildKey(cursor: cursor) }
        guard let root = try node(person, database) else { return nil }
        var branches = try ReferralBranches(database)
        var shown = [Shown(parent: 0, number: person, node: root)]
        shown[0].node.leftOut = branches.childCount(of: person, brought: root.brought)
        var room = min(page.limit * QueryLimits.treePages, QueryLimits.treeNodes)
        var generation = shown.indices
        // Breadth first: what a cap takes away is the farthest from the root.
        for level in 0..<max(depth, 0) where !generation.isEmpty {
            for parent in generation where shown[parent].node.leftOut > 0 && room > 0 {
                let found = try branches.children(
                    of: shown[parent].number, count: shown[parent].node.leftOut,
                    page: level == 0 ? .own(after: after, limit: page.limit) : .first(limit: min(page.limit, room)))
                for child in found.children {
                    guard var node = try node(child, database) else {
                        throw StorageError.stateIsDamaged("ambassador \(child) is no person")
                    }
                    node.leftOut = branches.childCount(of: child, brought: node.brought)
                    shown.append(Shown(parent: parent, number: child, node: node))
                }
                shown[parent].node.leftOut -= found.children.count
                shown[parent].node.next = found.next?.cursor
                room -= found.children.count
            }
            generation = generation.upperBound..<shown.count
        }
        return Self.assembled(shown)
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

    private func node(_ person: PersonNumber, _ database: Database) throws -> Node? {
        let sql = """
            SELECT p.person, p.external, f.value, a.code, coalesce(a.brought, 0), coalesce(a.reach, 0),
                coalesce(a.depth, 0)
            FROM state_people p LEFT JOIN state_ambassadors a ON a.person = p.number
                \(SharedSQL.name(of: "p.number"))
            WHERE p.number = ?
            """
        return try database.firstRow(sql, [person]) { row in
            Node(
                person: try row.personName(0), displayName: row[2], code: row[3], brought: row[4], reach: row[5],
                depth: row[6])
        }
    }
}
