import AuthorLog
import Community
import Foundation
import Testing

@Suite struct FactTests {
    @Test func `the protocol prints the table of roles as it is`() throws {
        let prose = try String(contentsOf: Files.repository.appending(path: "Protocol/3-community.md"), encoding: .utf8)
        let section = try #require(prose.split(separator: "\n## ").first { $0.hasPrefix("Roles\n") })
        let printed = section.split(separator: "\n").filter { $0.hasPrefix("|") }.map(String.init)
        let roles = Role.allCases.filter { $0 != .none }
        let head = "| Kind | Fact | " + roles.map { "\($0)" }.joined(separator: " | ") + " |"
        let rows = Fact.allCases.map { fact in
            let cells = roles.map { fact.roles.contains($0) ? "yes" : "–" }.joined(separator: " | ")
            return "| \(fact.kind.rawValue) \(fact.kind) | \(fact.name) | \(cells) |"
        }
        #expect(printed == [head, "|---|---|---|---|---|---|"] + rows)
    }
}
