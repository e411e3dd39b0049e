import API
import ArgumentParser
import Testing

@testable import grapevine

struct TableTests {
    private struct Person {
        var name: String
        var count: Int
    }

    private let table = Table<Person>(columns: [
        .init("name") { $0.name }, .number("times_seen") { $0.count }, .init("secret", for: .spreadsheets) { _ in "s" },
        .init("mark", for: .people) { _ in "m" },
    ])

    @Test func `columns are aligned by what a terminal shows`() {
        #expect(
            table.lines([Person(name: "李", count: 5), Person(name: "a\u{7}", count: 1_000)]) == [
                "name    times seen  mark", "李               5  m", "a\\u{7}        1000  m",
            ])
    }

    @Test func `CSV has the contract's names, and other columns`() {
        #expect(
            String(decoding: table.csv([Person(name: "a,b", count: 5)]), as: UTF8.self)
                == "name,times_seen,secret\n\"a,b\",5,s\n")
        #expect(String(decoding: table.csv([], header: false), as: UTF8.self) == "")
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    func `a spreadsheet is given no formula`(cell: String) {
        #expect(FormulaGuard.text(cell) == "'" + cell)
        let csv = String(decoding: table.csv([Person(name: cell, count: 1)], header: false), as: UTF8.self)
        #expect(csv.hasPrefix("'") || csv.hasPrefix("\"'"))
    }

    @Test func `a tree is drawn`() {
        func node(_ name: String, _ children: [ReferralNode]) -> ReferralNode {
            ReferralNode(
                ambassador: name, code: children.isEmpty ? nil : name.uppercased(), brought: children.count,
                reach: children.count, depth: children.isEmpty ? 0 : 1, children: children)
        }
        let root = node("a", [node("b", [node("c", [])]), node("d", [])])
        #expect(
            TreeText.lines(root, generations: 2) == [
                "a (A): brought 2, reach 2, depth 1", "├─ b (B): brought 1, reach 1, depth 1", "│  └─ c", "└─ d",
            ])
        var cut = root
        (cut.leftOut, cut.children[0].children, cut.children[0].leftOut) = (9_950, [], 1)
        #expect(
            TreeText.lines(cut, generations: 2).suffix(4)
                == [
                    "├─ b (B): brought 1, reach 1, depth 1", "│  └─ 1 more", "├─ d", "└─ and 9,950 more",
                ])
        #expect(
            TreeText.lines(cut, generations: 1).suffix(3) == [
                "├─ b (B): brought 1, reach 1, depth 1", "├─ d", "└─ and 9,950 more",
            ])
    }

    @Test func `a person is called by name, and told from others of that name`() throws {
        let id = "2f020cca01c49b5ab987ec2902e0774b"
        let row = LeaderboardRow(
            rank: 1, ambassador: id, name: "Ben", code: "BEN-1", brought: 0, reach: 0, depth: 0, creditedMinor: 0,
            creditedPledges: 0)
        let place = Leaderboard.Place(row: row, currency: "USD", exponent: 2)
        let table = Table(columns: Leaderboard.columns)
        #expect(table.lines([place]).last?.contains("Ben 2f020cca01c4…  BEN-1") == true)
        #expect(
            String(decoding: table.csv([place], header: false), as: UTF8.self) == "1,\(id),BEN-1,0,0,0,0.00,USD,0,Ben\n"
        )
        let node = ReferralNode(
            ambassador: "host-1", name: "Ana", code: "ANA", brought: 0, reach: 0, depth: 0, children: [])
        #expect(TreeText.lines(node, generations: 3) == ["Ana host-1 (ANA)"])
        let path = try #require(try ReferralPath.parseAsRoot(["zoe"]) as? ReferralPath)
        #expect(path.lines(.init(path: ["zoe", id], names: [nil, "Ben"])) == ["zoe", "brought by Ben 2f020cca01c4…"])
        #expect(path.lines(.init(path: ["zoe", id])) == ["zoe", "brought by \(id)"])
    }

    @Test func `numbers and durations read well`() {
        #expect([0, 999, 1_000, 1_234_567, -4_200].map(Words.grouped) == ["0", "999", "1,000", "1,234,567", "-4,200"])
        #expect([59, 61, 3_720].map { Words.duration(seconds: $0) } == ["59 s", "1 min 1 s", "1 h 2 min"])
        #expect(Words.count(1, "person", "people") == "1 person" && Words.count(2, "person", "people") == "2 people")
        #expect(
            ImportProgress.line(rows: 50_000, elapsed: .seconds(2), read: 25, size: 100)
                == "25 %, 50,000 rows, 25,000/s, 6 s to go")
        #expect(ImportProgress.line(rows: 10, elapsed: .seconds(1), read: 25, size: nil) == "10 rows, 10/s")
    }

    @Test func `progress of a verification tells what is read, and then what is folded`() {
        func line(_ verified: Int, _ folded: Int, _ total: Int?) -> String? {
            VerifyProgress.line(GetVerifyProgress.Answer(verified: verified, folded: folded, total: total))
        }
        #expect(line(0, 0, nil) == nil)
        #expect(line(1_024, 0, 9_000) == "verified 1,024 of 9,000 operations")
        #expect(line(9_000, 512, 9_000) == "verified; folded anew 512 of 9,000 operations")
        #expect(line(9_000, 9_000, 9_000) == "verified; comparing the state")
    }
}
