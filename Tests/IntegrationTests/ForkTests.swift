import Foundation
import Testing

/// A key that writes on twice: by a client that keeps its keys and its log, and says one thing here and another there.
@Suite(.serialized)
struct ForkTests {
    private static let tools = Program.repository.appending(path: "Tools")

    /// Goes on with one log of a member, on one node: as many pledges of an amount as asked for, each in a bundle of its own.
    private static let script = """
        import os, sys, time
        tools, home, incarnation, minor, count, address = sys.argv[1:7]
        sys.path.insert(0, tools)
        from conformance_client import authority, community, log, main
        from conformance_client.author import Author
        end = time.monotonic() + 60
        joining = main.Joining(sys.stdin.read().strip(), main.Keys(home), end)
        joining.connect(main.dial([address], end))
        joining.synchronise()
        author = Author(joining.replica, joining.keys.member_seed, joining.presentation, joining.clock)
        author.incarnation = bytes.fromhex(incarnation)
        start = author.log.length
        if start == 0:
            author.present()
        member = authority.member_id(joining.member)
        for _ in range(int(count)):
            key, nonce = joining.ticket.person_key, os.urandom(16)
            body = community.PLEDGE.encode(
                id=community.own_pledge(key, member, nonce), anonymous=True, at_ms=0,
                amount=community.MONEY.encode(minor=int(minor)))
            author.write([log.Operation(
                bytes([authority.RECORD]) + community.RECORD_SCHEMA.encode(pledge=body, pledge_nonce=nonce))])
        joining.session.push(author.log, start)
        joining.synchronise()
        joining._close(5, "done")
        print(joining.member.hex())
        """

    private func write(
        _ count: Int, of minor: Int, to node: Node, _ ticket: String, home: URL
    ) throws -> String {
        let ended = try run(
            Python.url,
            [
                "-B", "-c", Self.script, Self.tools.path, home.path, "0001000000000000beef", "\(minor)", "\(count)",
                node.listen,
            ], input: ticket, seconds: 90)
        try #require(ended.status == 0, "\(ended)")
        return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func pledged(_ node: Node) throws -> Int? {
        let money = try node.json(["totals"])["money"] as? [[String: Any]]
        return money?.first?["pledged_minor"] as? Int ?? 0
    }

    @Test
    func
        `a log that says two things while two nodes are apart stands to the fork on both, and goes on where a steward says`()
        throws
    {
        let cluster = try Cluster()
        try cluster.join()
        let (one, other) = (cluster.nodes[0], cluster.nodes[1])
        let home = cluster.folder.appending(path: "twice")
        let ticket = try cluster.ticket(role: "ambassador")
        let member = try write(10, of: 1, to: one, ticket, home: home)
        try cluster.agree(updates: 12)
        #expect(try pledged(other) == 10)

        // Apart: a hundred bundles here, more there.
        try other.stop()
        _ = try write(100, of: 100, to: one, ticket, home: home)
        try one.stop()
        try other.start()
        _ = try write(130, of: 10_000, to: other, ticket, home: home)
        #expect(try pledged(other) == 10 + 130 * 10_000)
        try one.start()

        // Nobody is banned; both come to the same proof.
        for node in cluster.nodes {
            try eventually("the fork is known") {
                (try node.json(["forks"])["rows"] as? [Any])?.count == 1
            }
        }
        try cluster.agree(updates: 12)
        let fork = try #require((try one.json(["forks"])["rows"] as? [[String: Any]])?.first)
        #expect(fork["position"] as? Int == 11 && fork["member"] as? String == member)
        try cluster.expectClean()
        let peers = try #require(try one.json(["status"])["peers"] as? [[String: Any]])
        #expect(peers.contains { $0["connected"] as? Bool == true })

        // Which is which nobody knows before it is chosen: one has a hundred, the other more.
        for (branch, sums) in [("A", [10 + 10_000, 10 + 1_300_000]), ("B", [10 + 10_000, 10 + 1_300_000])] {
            let answer = try one.json(["choose", member, "--branch", branch])
            #expect(answer["written"] as? Bool == true)
            try eventually("branch \(branch) goes on everywhere", seconds: 60) {
                let figures = try cluster.nodes.compactMap { try pledged($0) }
                return Set(figures).count == 1 && sums.contains(figures[0])
            }
            try cluster.agree()
            try cluster.expectClean()
        }
    }
}
