import Foundation
import Testing

/// Homes on a small disk of their own: full, they answer and lose nothing; with space again, they go on by themselves.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounting a small disk needs root"))
struct DiskFullTests {
    /// More rows than such a disk holds.
    private func pledges(in cluster: Cluster, count: Int = 40_000) throws -> URL {
        let file = cluster.folder.appending(path: "pledges.csv")
        var text = "pledge,backer,amount,currency,pledged_at,status,code\n"
        for index in 0..<count { text += "p\(index),b\(index),1.00,USD,2026-01-01T00:00:00Z,paid,\n" }
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file
    }

    private func filler(in folder: URL) -> URL { folder.appending(path: "filler") }

    private func fill(_ folder: URL, megabytes: Int) throws -> URL {
        try Data(count: megabytes << 20).write(to: filler(in: folder))
        return filler(in: folder)
    }

    /// To the last byte.
    private func fillUp(_ folder: URL) throws {
        let ended = try run(URL(filePath: "/bin/dd"), ["if=/dev/zero", "of=\(filler(in: folder).path)", "bs=4096"])
        try #require(ended.status == 1 && ended.errors.contains("No space left"), "\(ended)")
    }

    private func reserve(of node: Node) -> URL { node.home.appending(path: "reserve") }

    /// Its size, and whether it is really taken.
    private func hasReserve(_ node: Node) -> Bool {
        var status = stat()
        guard stat(reserve(of: node).path, &status) == 0 else { return false }
        return status.st_size == 1 << 20 && status.st_blocks * 512 >= 1 << 20
    }

    private func saysFull(_ node: Node) throws -> Bool {
        (try node.json(["status"])["notices"] as? [String])?.contains { $0.contains("full") } == true
    }

    @Test func `on a full disk writes are refused and questions answered; with space again writes go on`() throws {
        let cluster = try Cluster(memory: "24m")
        let node = cluster.nodes[0]
        _ = try node.json(["backer", "add", "--external", "before"])
        #expect(hasReserve(node))
        let filler = try fill(node.home, megabytes: 19)
        let file = try pledges(in: cluster)
        let ended = try node.call(["import", "pledges", file.path, "--json"])
        #expect(ended.status == 5 && ended.errorCode == "E-DISK-FULL", "\(ended)")
        let error = try #require(try ended.json["error"] as? [String: Any])
        let acknowledged = try #require(error["acknowledged_rows"] as? Int)
        let totals = try node.json(["totals"])
        #expect(totals["pledges"] as? Int == acknowledged)
        #expect(totals["backers"] as? Int == acknowledged + 1)
        #expect(!hasReserve(node))
        let status = try node.json(["status"])
        #expect((status["notices"] as? [String])?.contains { $0.contains("full") } == true, "\(status)")
        #expect(status["state"] is String && status["degraded"] as? Bool == false)
        let again = try node.call(["import", "pledges", file.path, "--json"])
        #expect(again.status == 5 && again.errorCode == "E-DISK-FULL", "\(again)")

        try FileManager.default.removeItem(at: filler)
        _ = try node.json(["backer", "add", "--external", "after"])
        #expect(try !saysFull(node))
        #expect(hasReserve(node))
        try node.expectClean("after freeing space")
        #expect(try node.json(["totals"])["backers"] as? Int == acknowledged + 2)
        // And over a restart.
        let before = try node.totals()
        try node.stop()
        try node.start()
        #expect(try node.totals() == before)
        #expect(try node.json(["status"])["logs"] as? Int == 1)
    }

    @Test func `a node whose disk is full answers its peers, and catches up once there is space`() throws {
        let cluster = try Cluster()
        let small = try cluster.join(role: "observer", memory: "24m")
        try cluster.agree()
        let filler = try fill(small.home, megabytes: 22)
        try cluster.nodes[0].importing("pledges", try pledges(in: cluster, count: 20_000))
        try eventually("a full disk", seconds: 60) {
            try saysFull(small)
        }
        _ = try small.json(["totals"])
        try FileManager.default.removeItem(at: filler)
        try cluster.agree(updates: 20_000, seconds: 30)
        #expect(try small.totals() == cluster.nodes[0].totals())
        try small.expectClean()
    }

    @Test func `a node of 8 MiB stops and starts while its disk is full, and goes on by itself`() throws {
        let cluster = try Cluster(memory: "8m")
        let node = cluster.nodes[0]
        _ = try node.json(["backer", "add", "--external", "before"])
        try fillUp(node.home)
        for index in 0..<2_000 {
            let ended = try node.call(["backer", "add", "--external", "b\(index)", "--json"])
            guard ended.status != 0 else { continue }
            #expect(ended.status == 5 && ended.errorCode == "E-DISK-FULL", "\(ended)")
            break
        }
        #expect(try saysFull(node))
        let before = try node.totals()
        try node.stop()
        try node.start()
        #expect(try node.totals() == before)

        // Though nobody writes.
        try FileManager.default.removeItem(at: filler(in: node.home))
        try eventually("an end of the full disk", seconds: 30) { try !saysFull(node) }
        #expect(hasReserve(node))
        try node.stop()
        try fillUp(node.home)
        try node.start()
        #expect(try saysFull(node))
        #expect(!hasReserve(node))
        #expect(try node.totals() == before)
        try node.expectRefusal(["backer", "add", "--external", "refused"], 5, "E-DISK-FULL")

        try FileManager.default.removeItem(at: filler(in: node.home))
        _ = try node.json(["backer", "add", "--external", "after"])
        try node.expectClean()
    }
}
