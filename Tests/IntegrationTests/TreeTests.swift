import Foundation
import Testing

/// `grapevine referral tree` of the built programs, of somebody who brought more than a page.
@Suite(.serialized)
struct TreeTests {
    @Test func `a tree is shown page by page, and whole where that is asked for`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let codes = cluster.folder.appending(path: "ambassadors.csv")
        try "ambassador,code,joined_at\nann,ANN,2026-01-01T00:00:00Z\n"
            .write(to: codes, atomically: false, encoding: .utf8)
        try node.importing("ambassadors", codes)
        let backers = cluster.folder.appending(path: "backers.csv")
        let rows = (10..<35).map { "b\($0),2026-01-02T00:00:\($0)Z,ANN\n" }
        try ("backer,joined_at,code\n" + rows.joined()).write(to: backers, atomically: false, encoding: .utf8)
        try node.importing("backers", backers)

        func tree(_ options: String...) throws -> (children: Int, leftOut: Int, next: String?) {
            let answer = try node.json(["referral", "tree", "ANN"] + options)
            #expect(answer["brought"] as? Int == 25)
            let children = try #require(answer["children"] as? [Any])
            return (children.count, try #require(answer["left_out"] as? Int), answer["next"] as? String)
        }
        let first = try tree()
        #expect(first.children == 20 && first.leftOut == 5)
        let second = try tree("--after", try #require(first.next))
        #expect(second.children == 5 && second.next == nil)
        let whole = try tree("--limit", "0")
        #expect(whole.children == 25 && whole.leftOut == 0 && whole.next == nil)
        #expect(try tree("--limit", "22").children == 22)
        let drawn = try node.call(["referral", "tree", "ANN", "--limit", "0"]).output
        #expect(drawn.split(separator: "\n").count == 26)
    }
}
