import Community
import GRDB
import Identity
import Testing

@testable import Storage

/// Large trees, page by page.
struct ReferralTreePageTests {
    /// People, who brought whom, who owns a code, and who is cut off: a record at random.
    private struct Forest {
        var winners: [Int64: Int64] = [:]
        var codes: [Int64: String] = [:]
        var figures: [Int64: (brought: Int64, reach: Int64)] = [:]
        var cut: Set<Int64> = []
        let count: Int64

        /// The first half of the people may own codes; everybody else is a leaf.
        init(_ dice: inout SplitMix) {
            count = Int64.random(in: 2...60, using: &dice)
            for person in 1...count where person == 1 || person <= count / 2 && Bool.random(using: &dice) {
                codes[person] = "C\(person * 7 % 61)X\(person)"
            }
            let owners = codes.keys.sorted()
            for person in 2...count where Int.random(in: 0..<8, using: &dice) > 0 {
                // Most of them to few: skewed.
                let index = min(
                    Int.random(in: 0..<owners.count, using: &dice), Int.random(in: 0..<owners.count, using: &dice))
                // Upwards, so that there is no cycle; and one further down, who is cut off.
                if owners[index] < person { winners[person] = owners[index] }
            }
            if let closing = winners.filter({ $0.value == 1 && codes[$0.key] != nil }).keys.min() {
                winners[1] = closing
                cut.insert(1)
            }
            for person in owners { figures[person] = (Int64(winners.count { $0.value == person }), reach(of: person)) }
        }

        private func reach(of person: Int64) -> Int64 {
            children(of: person).reduce(0) { $0 + 1 + reach(of: $1) }
        }

        /// In order.
        func children(of person: Int64) -> [Int64] {
            winners.filter { $0.value == person && !cut.contains($0.key) }.keys.sorted { key($0) < key($1) }
        }

        /// As the answers of before were ordered: by reach, brought, code, id.
        private func key(_ person: Int64) -> (Int64, Int64, String, PersonID) {
            let (brought, reach) = figures[person, default: (0, 0)]
            return (-reach, -brought, codes[person] ?? "~", QueryFixture.person(person))
        }

        func fixture() throws -> QueryFixture {
            let fixture = try QueryFixture()
            for person in 1...count {
                try fixture.person(person, winner: winners[person], external: "p\(person)")
                if let code = codes[person] {
                    let (brought, reach) = figures[person, default: (0, 0)]
                    try fixture.code(person, code, registrant: person)
                    try fixture.ambassador(
                        person, code: code, brought: brought, reach: reach, cut: cut.contains(person))
                }
            }
            for (person, winner) in winners {
                try fixture.claim(person, code: winner, position: person)
                try fixture.wins(person, position: person)
                // A claim that lost, on a code of somebody else.
                if winner != 1 { try fixture.claim(person, code: 1, at: 9, position: 1_000 + person) }
            }
            try fixture.execute("UPDATE state_totals SET ambassadors = ?", [codes.count])
            return fixture
        }
    }

    private func page(
        _ fixture: QueryFixture, _ person: Int64, depth: Int = 1, after: String? = nil, limit: Int
    ) throws -> ReferralTreeQuery.Node {
        let query = ReferralTreeQuery(person: person, depth: depth, page: PageRequest(after: after, limit: limit))
        return try #require(try fixture.read { try query.run($0) })
    }

    @Test func `page by page all children come once and in order, and what is left out is counted`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = SplitMix(state: seed)
        for _ in 0..<60 {
            let forest = Forest(&dice)
            let fixture = try forest.fixture()
            for person in forest.codes.keys.sorted() {
                let expected = forest.children(of: person).map { "p\($0)" }
                for limit in [1, 2, 5, 100] {
                    var found: [String] = []
                    var after: String?
                    repeat {
                        let node = try page(fixture, person, after: after, limit: limit)
                        #expect(node.brought == Int(forest.figures[person]?.brought ?? 0), "seed \(seed)")
                        #expect(node.leftOut == expected.count - node.children.count, "seed \(seed)")
                        #expect(node.children.count == min(limit, expected.count - found.count), "seed \(seed)")
                        found += node.children.map(\.person.text)
                        after = node.next
                    } while after != nil && found.count <= expected.count
                    #expect(found == expected, "limit \(limit), seed \(seed)")
                }
            }
        }
    }

    @Test func `every node of an answer says truly what it leaves out, and where that begins`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = SplitMix(state: seed)
        for _ in 0..<60 {
            let forest = Forest(&dice)
            let fixture = try forest.fixture()
            for limit in [1, 2, 3, 100] {
                var below = 0
                func check(_ node: ReferralTreeQuery.Node, _ number: Int64, depth: Int) throws {
                    let expected = forest.children(of: number)
                    #expect(node.children.count + node.leftOut == expected.count, "seed \(seed)")
                    #expect(node.children.count <= limit, "seed \(seed)")
                    #expect(node.children.map(\.person.text) == expected.prefix(node.children.count).map { "p\($0)" })
                    #expect((node.next != nil) == (node.leftOut > 0 && !node.children.isEmpty), "seed \(seed)")
                    if let next = node.next {
                        let rest = try page(fixture, number, after: next, limit: 1)
                        #expect(rest.children.first?.person.text == "p\(expected[node.children.count])", "seed \(seed)")
                    }
                    below += node.children.count
                    for (child, number) in zip(node.children, expected) where depth > 1 {
                        try check(child, number, depth: depth - 1)
                    }
                }
                try check(try page(fixture, 1, depth: 4, limit: limit), 1, depth: 4)
                #expect(below <= limit * QueryLimits.treePages, "seed \(seed)")
                if limit == 100 {
                    #expect(below == min(forest.count - 1, Int64(shown(forest, 1, depth: 4))), "seed \(seed)")
                }
            }
        }
    }

    /// Everybody so many generations below.
    private func shown(_ forest: Forest, _ person: Int64, depth: Int) -> Int {
        guard depth > 0 else { return 0 }
        return forest.children(of: person).reduce(0) { $0 + 1 + shown(forest, $1, depth: depth - 1) }
    }

    @Test(arguments: ["", "zz", "02", "00", "0100", "00000000000000000000"]) func `only a cursor is one`(text: String)
        throws
    {
        var dice = SplitMix(state: 1)
        let fixture = try Forest(&dice).fixture()
        #expect(throws: QueryError.notACursor(text)) {
            try fixture.read {
                try ReferralTreeQuery(person: 1, depth: 1, page: PageRequest(after: text, limit: 1)).run($0)
            }
        }
    }
}
