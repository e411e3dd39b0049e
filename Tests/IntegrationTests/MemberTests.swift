import Foundation
import Testing

/// Standing as people change it with the built programs.
@Suite(.serialized)
struct MemberTests {
    private func member(_ node: Node) throws -> String {
        let status = try node.json(["status"])
        return try #require((status["node"] as? [String: Any])?["member"] as? String)
    }

    private func role(_ node: Node) throws -> String? {
        (try node.json(["status"])["node"] as? [String: Any])?["role"] as? String
    }

    @Test func `a key is granted, takes it up, is revoked, and another one succeeds it`() throws {
        let cluster = try Cluster()
        let founder = cluster.nodes[0]
        let second = try cluster.join(role: "observer")
        let third = try cluster.join(role: "observer")
        let (old, new) = (try member(second), try member(third))
        let granted = try founder.json(["member", "grant", old, "--role", "ambassador", "--expires", "90d"])
        #expect(granted["written"] as? Bool == true)
        try eventually("the right is taken up") { try role(second) == "ambassador" }
        _ = try second.json(["backer", "add", "--external", "ana"])
        try cluster.agree(updates: 4)
        let shown = try founder.json(["member", "show", String(old.prefix(8))])
        let code = try #require(shown["code"] as? String)
        #expect(try founder.json(["totals"])["backers"] as? Int == 1)

        let dry = try founder.json(["member", "revoke", old, "--keep", "none", "--dry-run"])
        #expect(dry["written"] as? Bool == false && dry["operations"] as? Int == 3)
        let done = try founder.json(["member", "succeed", old, new])
        #expect(done["written"] as? Bool == true && (done["cuts"] as? [Any])?.isEmpty == true)
        #expect(try founder.json(["member", "succeed", old, new])["written"] as? Bool == false)
        try eventually("the successor takes it up") { try role(third) == "ambassador" }
        #expect(try founder.json(["member", "show", code])["member"] as? String == new)
        try eventually("the revoked one is told by whom nobody listens to it") {
            let notices = try second.json(["status"])["notices"] as? [String] ?? []
            return notices.contains { $0.contains("will not talk to this member: the key is revoked") }
        }
        let late = try founder.call(["member", "revoke", try member(founder), "--json"])
        #expect(late.status == 5 && late.errorCode == "E-RULE", "\(late)")
        #expect(try founder.json(["member", "revoke", old, "--keep", "none"])["operations"] as? Int == 3)
        #expect(try founder.json(["totals"])["backers"] as? Int == 0)
        #expect(try founder.json(["member", "revoke", "--undo", old])["written"] as? Bool == true)
        #expect(try founder.json(["totals"])["backers"] as? Int == 1)
        let rows = try #require(try founder.json(["member", "list", "--limit", "0"])["rows"] as? [[String: Any]])
        #expect(rows.count == 3 && rows.count { $0["revoked"] as? Bool == true } == 1)
        try cluster.expectClean()
    }

    @Test func `what an ambassador says himself counts once somebody else has the person join`() throws {
        let cluster = try Cluster()
        let founder = cluster.nodes[0]
        let ambassador = try cluster.join(role: "ambassador")
        _ = try ambassador.json(["feedback", "add", "hello"])
        let shown = try ambassador.json(["member", "show", try member(ambassador)])
        let code = try #require(shown["code"] as? String)
        _ = try ambassador.json(["backer", "add", "--external", "zoe", "--code", code])
        func updates() throws -> Int? { try founder.json(["status"])["updates"] as? Int }
        func attributed() throws -> Int? { try founder.json(["totals"])["attributed_backers"] as? Int }
        try cluster.agree(updates: 5)
        #expect(try attributed() == 0)
        // His own word again is no other's.
        let before = try updates()
        _ = try ambassador.json(["backer", "add", "--external", "zoe"])
        #expect(try ambassador.json(["status"])["updates"] as? Int == before)
        _ = try founder.json(["backer", "add", "--external", "zoe"])
        #expect(try attributed() == 1)
        let after = try updates()
        _ = try founder.json(["backer", "add", "--external", "zoe"])
        #expect(try updates() == after)
        try cluster.agree()
        #expect(try ambassador.json(["totals"])["attributed_backers"] as? Int == 1)
        try cluster.expectClean()
    }

    @Test func `the root signs away from every node, and its successor takes over`() throws {
        let cluster = try Cluster()
        let founder = cluster.nodes[0]
        let member = try member(try cluster.join(role: "observer"))
        let rootKey = cluster.folder.appending(path: "root-key").path
        let ticket = cluster.folder.appending(path: "ticket").path
        try Data(try cluster.ticket(role: "observer").utf8).write(to: URL(filePath: ticket))
        let order = ["root", "order", "grant", member, "--role", "treasurer"]

        // On a machine without a home.
        let nowhere = cluster.folder.appending(path: "nowhere").path
        func offline(_ arguments: [String]) throws -> Ended {
            try run(Program.url("grapevine"), ["--home", nowhere] + arguments + ["--json"], input: "")
        }
        let unnumbered = try offline(order + ["--root-key", rootKey, "--ticket", "@\(ticket)"])
        #expect(unnumbered.status == 2 && unnumbered.errorCode == "E-ORDER-SERIAL", "\(unnumbered)")
        let file = cluster.folder.appending(path: "order").path
        let signed = try offline(
            order + ["--root-key", rootKey, "--ticket", "@\(ticket)", "--serial", "2", "--out", file])
        #expect(signed.status == 0, "\(signed)")
        let again = try offline(
            order + ["--root-key", rootKey, "--ticket", "@\(ticket)", "--serial", "3", "--out", file])
        #expect(again.status == 2 && again.errorCode == "E-FILE", "\(again)")
        #expect(try founder.json(["root", "publish", file])["new"] as? Bool == true)
        #expect(try founder.json(["root", "publish", file])["new"] as? Bool == false)
        #expect(try founder.json(["member", "show", member])["role"] as? String == "treasurer")

        // A key that waits signs its succession, and nothing else.
        let revoke = ["root", "order", "revoke", member, "--keep", "none", "--root-key", rootKey + ".successor"]
        for way in [["--publish"], ["--out", file + "-early"]] {
            let ahead = try founder.call(revoke + way + ["--json"])
            #expect(ahead.status == 5 && ahead.errorCode == "E-RULE", "\(ahead)")
        }
        #expect(!FileManager.default.fileExists(atPath: file + "-early"))
        // Where no node says whether it waits it is signed, and the node refuses it.
        let blind = try offline(revoke + ["--ticket", "@\(ticket)", "--serial", "3", "--out", file + "-early"])
        #expect(blind.status == 0, "\(blind)")
        let ahead = try founder.call(["root", "publish", file + "-early", "--json"])
        #expect(ahead.status == 5 && ahead.errorCode == "E-RULE", "\(ahead)")
        let foreseen = try founder.json(
            ["root", "order", "revoke", member, "--root-key", rootKey, "--out", file + "-foreseen"])
        #expect(foreseen["counts"] as? Bool == true && (foreseen["cuts"] as? [Any])?.isEmpty == true)
        #expect(try founder.json(["root", "list"])["rows"].map { ($0 as? [Any])?.count } == 2)

        let succeed = ["root", "order", "succession", "--successor", rootKey + ".successor"]
        let dry = try founder.json(succeed + ["--dry-run"])
        #expect((dry["orders"] as? [[String: Any]])?.map { $0["counts"] as? Bool } == [true, true])
        #expect((dry["cuts"] as? [Any])?.isEmpty == true)
        #expect(!FileManager.default.fileExists(atPath: rootKey + ".successor.successor"))
        let succession = try founder.json(succeed + ["--publish"])
        let next = try #require(succession["successor_key_file"] as? String)
        #expect(next == rootKey + ".successor.successor" && FileManager.default.fileExists(atPath: next))
        let retired = try founder.call(order + ["--root-key", rootKey, "--publish", "--json"])
        #expect(retired.status == 5 && retired.errorCode == "E-RULE", "\(retired)")
        let early = try founder.call(order + ["--root-key", next, "--publish", "--json"])
        #expect(early.status == 5 && early.errorCode == "E-RULE", "\(early)")
        let revoked = try founder.json(
            ["root", "order", "revoke", member, "--root-key", rootKey + ".successor", "--publish"])
        #expect(revoked["counts"] as? Bool == true)
        #expect(try founder.json(["member", "show", member])["revoked"] as? Bool == true)
        try founder.expectClean()
    }
}
