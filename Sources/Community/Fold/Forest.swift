/// Who brought whom among the owners of codes, with reach and depth: the tree's inner nodes.
///
/// Persons without a code have nobody below them, so they are counted (``Node/brought``) and not held. Both ways of settling
/// give the same figures: walking up where few things changed, one linear pass otherwise (design §6).
package struct Forest: Sendable {
    package struct Node: Equatable, Sendable {
        /// Who brought this ambassador, and where the winning claim stands.
        package var parent: PersonNumber?
        package var edge: Place?
        package var brought: Int64 = 0
        package var reach: Int64 = 0
        package var depth: Int64 = 0
        package var isCut = false
        /// Ambassadors among those brought.
        var innerChildren: Int64 = 0
        package init() {}
    }

    private var nodes: [PersonNumber: Node] = [:]
    private var isStructureStale = false
    private var broughtChanges: [PersonNumber: Int64] = [:]

    package init() {}

    package var count: Int { nodes.count }

    package subscript(person: PersonNumber) -> Node? { nodes[person] }

    /// Adds an owner of a code, with everybody whom that code brought so far.
    package mutating func insert(_ person: PersonNumber, parent: PersonNumber?, edge: Place?, brought: Int64) {
        var node = Node()
        node.parent = parent
        node.edge = edge
        node.brought = brought
        nodes[person] = node
        isStructureStale = true
    }

    package mutating func remove(_ person: PersonNumber) {
        nodes[person] = nil
        broughtChanges[person] = nil
        isStructureStale = true
    }

    /// The winning claim of a person changed; persons without a code only count.
    package mutating func moved(_ person: PersonNumber, to parent: PersonNumber?, edge: Place?) {
        guard let node = nodes[person], node.parent != parent || node.edge != edge else { return }
        nodes[person]?.parent = parent
        nodes[person]?.edge = edge
        isStructureStale = true
    }

    package mutating func brought(by person: PersonNumber, change: Int64) {
        guard nodes[person] != nil else { return }
        broughtChanges[person, default: 0] += change
    }

    /// Works out reach, depth and cuts.
    ///
    /// - Parameter order: Compares places.
    /// - Returns: The persons whose node changed since the last call, ascending.
    package mutating func settle(order: LogOrder) -> [PersonNumber] {
        let changes = broughtChanges.filter { $0.value != 0 }
        broughtChanges = [:]
        guard isStructureStale || !changes.isEmpty else { return [] }
        let canWalk = !isStructureStale && changes.count <= Limits.walkLimit && changes.values.allSatisfy { $0 > 0 }
        if canWalk, let touched = walkUp(changes) { return touched }
        isStructureStale = false
        let before = nodes
        for (person, change) in changes { nodes[person]?.brought += change }
        recompute(order: order)
        return nodes.keys.filter { nodes[$0] != before[$0] }.sorted()
    }

    /// Adds what came in below to everybody above. Only for growth: depth never shrinks by it.
    ///
    /// - Returns: nil, with nothing changed, where a path is longer than ``Limits/walkLimit``.
    private mutating func walkUp(_ changes: [PersonNumber: Int64]) -> [PersonNumber]? {
        var touched: Set<PersonNumber> = []
        var paths: [(path: [PersonNumber], change: Int64)] = []
        for person in changes.keys.sorted() {
            var path: [PersonNumber] = []
            var next: PersonNumber? = person
            while let current = next, let node = nodes[current] {
                path.append(current)
                guard path.count <= Limits.walkLimit else { return nil }
                next = node.isCut ? nil : node.parent
            }
            paths.append((path, changes[person] ?? 0))
        }
        for (path, change) in paths {
            var height: Int64 = 1
            for (index, person) in path.enumerated() {
                guard var node = nodes[person] else { continue }
                if index == 0 { node.brought += change }
                node.reach += change
                node.depth = max(node.depth, height)
                height = node.depth + 1
                nodes[person] = node
                touched.insert(person)
            }
        }
        return touched.sorted()
    }

    /// One linear pass: cut the cycles, then add up from the leaves.
    private mutating func recompute(order: LogOrder) {
        for person in nodes.keys {
            nodes[person]?.isCut = false
            nodes[person]?.innerChildren = 0
        }
        for person in cycleCuts(order: order) { nodes[person]?.isCut = true }
        var waiting: [PersonNumber: Int] = [:]
        var cutChildren: [PersonNumber: Int64] = [:]
        for node in nodes.values {
            guard let parent = node.parent, nodes[parent] != nil else { continue }
            nodes[parent]?.innerChildren += 1
            if node.isCut { cutChildren[parent, default: 0] += 1 } else { waiting[parent, default: 0] += 1 }
        }
        for (person, node) in nodes {
            nodes[person]?.reach = node.brought - (cutChildren[person] ?? 0)
            nodes[person]?.depth = node.brought > node.innerChildren ? 1 : 0
        }
        var ready = nodes.keys.filter { waiting[$0] == nil }
        while let person = ready.popLast() {
            guard let node = nodes[person], !node.isCut else { continue }
            guard let parent = node.parent, nodes[parent] != nil else { continue }
            nodes[parent]?.reach += node.reach
            let depth = max(nodes[parent]?.depth ?? 0, node.depth + 1)
            nodes[parent]?.depth = depth
            waiting[parent]? -= 1
            if waiting[parent] == 0 { ready.append(parent) }
        }
    }

    /// In each cycle the person whose edge has the highest place.
    private func cycleCuts(order: LogOrder) -> [PersonNumber] {
        var seenInWalk: [PersonNumber: PersonNumber] = [:]  // person → the walk's first person
        var cuts: [PersonNumber] = []
        for start in nodes.keys {
            var current = start
            while seenInWalk[current] == nil {
                seenInWalk[current] = start
                guard let parent = nodes[current]?.parent, nodes[parent] != nil else { break }
                current = parent
            }
            // Only a walk that meets itself closed a cycle that nobody saw before.
            guard seenInWalk[current] == start else { continue }
            guard let parent = nodes[current]?.parent, nodes[parent] != nil else { continue }
            if let cut = highestEdge(onCycleOf: current, order: order) { cuts.append(cut) }
        }
        return cuts
    }

    /// - Returns: nil where `person` is not on a cycle after all.
    private func highestEdge(onCycleOf person: PersonNumber, order: LogOrder) -> PersonNumber? {
        var highest = person
        var current = person
        var steps = 0
        repeat {
            guard let node = nodes[current], let parent = node.parent, steps <= nodes.count else { return nil }
            if let edge = node.edge, let best = nodes[highest]?.edge, order.isEarlier(best, than: edge) {
                highest = current
            }
            current = parent
            steps += 1
        } while current != person
        return highest
    }
}
