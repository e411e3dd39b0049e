import Foundation
import Testing

/// A second implementation of the protocol, in another language, joins a cluster of ours.
@Suite(.serialized)
struct ConformanceTests {
    private static let tools = Program.repository.appending(path: "Tools")

    private func cluster() throws -> Cluster {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let folder = Program.fixtures.appending(path: "hand-worked")
        for name in ["ambassadors", "ambassadors-2", "backers", "backers-2", "pledges", "pledges-2"] {
            try node.importing(String(name.split(separator: "-")[0]), folder.appending(path: "\(name).csv"))
        }
        _ = try node.json(["backer", "add", "--external", "late", "--code", "ann", "--name", "Late"])
        try cluster.join(role: "treasurer")
        try cluster.agree(updates: 20)
        return cluster
    }

    @Test func `a client written from the specification prints the same figures, and its pledge reaches everybody`()
        throws
    {
        let cluster = try cluster()
        let updates = try #require(try cluster.nodes[0].json(["status"])["updates"] as? Int)
        let ticket = try cluster.ticket(role: "ambassador")
        // Its own log adds what presents its right, and the pledge.
        let ended = try run(
            Python.url,
            [
                Self.tools.appending(path: "conformance").path, "join", "-", "--write-pledge", "--json",
                "--expect-updates", "\(updates + 2)",
            ], input: ticket, seconds: 120)
        try #require(ended.status == 0, "\(ended)")
        let answer = try ended.json
        try cluster.agree(updates: updates + 2)
        for node in cluster.nodes {
            let status = try node.json(["status"])
            for key in ["frontier", "state"] { #expect(answer[key] as? String == status[key] as? String, "\(key)") }
            #expect(answer["updates"] as? Int == status["updates"] as? Int)
            try expectEqual(answer["totals"], try node.json(["totals"]))
            let pledge = try #require(answer["pledge"] as? String)
            let row = try node.json(["pledge", "show", pledge])
            #expect(row["amount_minor"] as? Int == 1_234, "\(row)")
            try node.expectClean()
        }
    }

    /// Every figure that the client prints is printed by the node.
    private func expectEqual(_ client: Any?, _ node: [String: Any]) throws {
        let client = try #require(client as? [String: Any])
        for key in ["backers", "ambassadors", "attributed_backers", "pledges", "anonymous_pledges"] {
            #expect(client[key] as? Int == node[key] as? Int && client[key] is Int, "\(key)")
        }
        let ours = try #require(node["money"] as? [[String: Any]])
        let theirs = try #require(client["money"] as? [[String: Any]])
        #expect(ours.count == theirs.count)
        for row in theirs {
            let match = ours.first { $0["currency"] as? String == row["currency"] as? String }
            for key in ["pledged_minor", "paid_minor", "refunded_minor", "cancelled_minor"] {
                #expect(match?[key] as? Int == row[key] as? Int, "\(row["currency"] ?? "") \(key)")
            }
        }
    }

    /// A member whose program does not refuse such names, as ours does.
    @Test func `a hostile name from another implementation is shown as escapes, and changes no figure`() throws {
        let cluster = try cluster()
        let updates = try #require(try cluster.nodes[0].json(["status"])["updates"] as? Int)
        let ended = try run(
            Python.url,
            [
                "-B", "-c",
                """
                import sys
                tools, count = sys.argv[1:3]
                sys.path.insert(0, tools)
                from conformance_client import community, main
                encode = community.RECORD_PRIVATE.encode
                community.RECORD_PRIVATE.encode = lambda **values: encode(
                    **(values | {"name": "A\\x1b]0;owned\\x07\\x1b[2J\\u202eevil\\u009b\\u2028\\r\\n\\u2066B"}))
                sys.argv = ["conformance", "join", "-", "--write-pledge", "--json", "--expect-updates", count]
                sys.exit(main.main())
                """, Self.tools.path, "\(updates + 2)",
            ], input: try cluster.ticket(role: "ambassador"), seconds: 120)
        try #require(ended.status == 0, "\(ended)")
        let pledge = try #require(try ended.json["pledge"] as? String)
        try cluster.agree(updates: updates + 2)
        let node = cluster.nodes[1]
        let backer = try #require(try node.json(["pledge", "show", pledge])["backer"] as? String)
        let shown = try node.call(["backer", "show", backer])
        #expect(shown.status == 0 && shown.output.contains("A\\u{1B}]0;owned\\u{7}\\u{1B}[2J\\u{202E}evil"), "\(shown)")
        expectHarmless(shown.output)
        for command in [["backer", "list"], ["pledge", "show", pledge], ["referral", "list", backer], ["status"]] {
            let ended = try node.call(command)
            #expect(ended.status == 0, "\(ended)")
            expectHarmless(ended.output + ended.errors)
        }
        // One JSON object a line, whatever is in it.
        for line in node.log.split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)")
        }
        try node.expectClean()
    }
}
