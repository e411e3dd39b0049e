import Foundation
import Testing

/// Kills, restored backups and late joiners: nothing acknowledged is lost, and nobody forks.
@Suite(.serialized)
struct DurabilityTests {
    /// Rows of a made-up community; the same for the same seed.
    private func pledges(_ count: Int, in cluster: Cluster) throws -> URL {
        let file = cluster.folder.appending(path: "pledges.csv")
        var text = "pledge,backer,amount,currency,pledged_at,status,code\n"
        for index in 0..<count {
            let second = index % 50 + 10
            text += "p\(index),b\(index % 997),\(index % 50 + 1).00,USD,2026-01-01T00:00:\(second)Z,paid,\n"
        }
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file
    }

    private func pledgeCount(_ node: Node) throws -> Int {
        try #require(try node.json(["totals"])["pledges"] as? Int)
    }

    @Test func `killed five times in the middle of an import, a node keeps what it acknowledged and its log`() throws {
        let cluster = try Cluster()
        try cluster.join()
        let node = cluster.nodes[0]
        let rows = 150_000
        let file = try pledges(rows, in: cluster)
        var acknowledged = 0
        var interruptions = 0
        for round in 1...5 {
            let importing = Background { try node.call(["import", "pledges", file.path, "--json"], seconds: 300) }
            // Between 20 % and 80 % of what is still missing.
            let goal = acknowledged + (rows - acknowledged) / 5
            try eventually("a fifth of the rest in round \(round)", seconds: 120) {
                importing.hasEnded || (try? pledgeCount(node)) ?? 0 >= goal
            }
            node.kill()
            let ended = try importing.value()
            if ended.status == 3 {
                interruptions += 1
                let error = try #require(try ended.json["error"] as? [String: Any])
                let count = error["acknowledged_rows"] as? Int
                acknowledged = max(acknowledged, try #require(count, "\(ended.output)"))
            } else {
                #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
            }
            try node.start()
            #expect(try pledgeCount(node) >= acknowledged, "round \(round)")
            try node.expectClean("after kill \(round)")
        }
        #expect(interruptions >= 3, "too quick a machine: raise the rows")
        try node.importing("pledges", file)
        #expect(try pledgeCount(node) == rows)
        #expect(try node.json(["status"])["logs"] as? Int == 2, "an unclean stop opens no new incarnation")
        try cluster.agree(updates: rows)
    }

    @Test func `a copy of the home put back opens a new incarnation and forks nothing`() throws {
        let cluster = try Cluster()
        try cluster.join()
        let node = cluster.nodes[1]
        _ = try node.json(["backer", "add", "--external", "before"])
        try cluster.agree(updates: 4)
        try node.stop()
        let copy = cluster.folder.appending(path: "copy")
        try copyHome(node.home, to: copy)
        try node.start()
        _ = try node.json(["backer", "add", "--external", "lost-with-the-disk"])
        try cluster.agree(updates: 5)
        try node.stop()
        try FileManager.default.removeItem(at: node.home)
        try copyHome(copy, to: node.home)
        try node.start()
        _ = try node.json(["backer", "add", "--external", "after"])
        // Founder's log; the old incarnation, whole again; the new one with its `present`.
        try cluster.agree(updates: 7)
        for node in cluster.nodes {
            #expect(try node.json(["status"])["logs"] as? Int == 3)
            #expect(try node.json(["totals"])["backers"] as? Int == 3)
            try node.expectClean()
        }
        let notices = try #require(try node.json(["status"])["notices"] as? [String])
        #expect(notices.contains { $0.contains("incarnation 2") }, "\(notices)")
    }

    @Test func `a node whose record is gone writes its next incarnation, where its peers find it`() throws {
        let cluster = try Cluster()
        try cluster.join()
        let node = cluster.nodes[1]
        _ = try node.json(["backer", "add", "--external", "before"])
        try cluster.agree(updates: 4)
        let address = node.listen
        try node.stop()
        try FileManager.default.removeItem(at: node.home.appending(path: "record.sqlite"))
        try node.start()
        #expect(node.listen == address)
        _ = try node.json(["backer", "add", "--external", "after"])
        try cluster.agree(updates: 6)
        let notices = try #require(try node.json(["status"])["notices"] as? [String])
        #expect(notices.contains { $0.contains("incarnation 2") }, "\(notices)")
        for node in cluster.nodes {
            #expect(try node.json(["totals"])["backers"] as? Int == 2)
            try node.expectClean()
        }
    }

    @Test func `a write that is stored and cannot be marked is called stored, and the node ends`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        _ = try node.json(["backer", "add", "--external", "before"])
        try node.stop()
        let mark = node.home.appending(path: "mark")
        let kept = cluster.folder.appending(path: "mark")
        try node.start()
        try FileManager.default.moveItem(at: mark, to: kept)
        try FileManager.default.createDirectory(at: mark, withIntermediateDirectories: false)
        let refused = try node.call(["backer", "add", "--external", "stored", "--json"])
        #expect(refused.status == 70 && refused.output.contains("it is stored"), "\(refused.output)")
        #expect(try node.ended() == 70)
        try FileManager.default.removeItem(at: mark)
        try FileManager.default.moveItem(at: kept, to: mark)
        try node.start()
        #expect(try node.json(["totals"])["backers"] as? Int == 2)
        _ = try node.json(["backer", "add", "--external", "after"])
        try node.expectClean()
    }

    @Test func `a newcomer gets the whole record and prints the same; a stranger gets no byte`() throws {
        let cluster = try Cluster()
        for index in 0..<20 { _ = try cluster.nodes[0].json(["backer", "add", "--external", "b\(index)"]) }
        try cluster.join(role: "observer")
        try cluster.agree(updates: 20)
        #expect(try cluster.nodes[1].json(["totals"])["backers"] as? Int == 20)
        #expect(try bytesSent(to: cluster.nodes[0].listen) == 0)
    }

    /// A stranger with random bytes: how many come back before the node closes.
    private func bytesSent(to address: String) throws -> Int {
        let script = """
            import os, socket, sys
            host, port = sys.argv[1].split(":")
            s = socket.create_connection((host, int(port)), 5)
            s.settimeout(8)
            s.sendall(b"\\x00\\x30" + os.urandom(48))
            got = 0
            try:
                while True:
                    data = s.recv(4096)
                    if not data: break
                    got += len(data)
            except ConnectionResetError:
                pass
            print(got)
            """
        let ended = try run(URL(filePath: "/usr/bin/python3"), ["-c", script, address], seconds: 15)
        return try #require(Int(ended.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(ended.errors)")
    }

    private func copyHome(_ home: URL, to copy: URL) throws {
        let ended = try run(URL(filePath: "/bin/cp"), ["-a", home.path, copy.path])
        try #require(ended.status == 0, "\(ended.errors)")
        try? FileManager.default.removeItem(at: copy.appending(path: "api.sock"))  // cp copies no socket
    }
}
