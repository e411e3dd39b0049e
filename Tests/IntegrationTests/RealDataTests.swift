import Foundation
import Testing

/// Communities that nobody here wrote, with figures that were computed by another program.
@Suite(.serialized, .enabled(if: Program.hasSharedData, "needs ../shared/data"))
struct RealDataTests {
    static let communities = ["marathons-2009-2014", "vouch-tree"]
    static let kinds = ["ambassadors", "backers", "pledges"]

    private func file(_ kind: String, of community: String) -> URL? {
        let file = Program.sharedData.appending(path: "\(community)/\(kind).csv.gz")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    private func check(_ cluster: Cluster, _ community: String) throws {
        let expected = try Expected(Program.sharedData.appending(path: "\(community)/expected.json"))
        for node in cluster.nodes { try expected.check(node) }
        try cluster.expectClean()
    }

    @Test(arguments: communities)
    func `imported on one of three nodes, the figures are everywhere those computed elsewhere`(
        community: String
    ) throws {
        let cluster = try Cluster()
        try cluster.join()
        try cluster.join()
        for kind in Self.kinds {
            if let file = file(kind, of: community) { try cluster.nodes[0].importing(kind, file) }
        }
        try cluster.agree(updates: 1_000)
        try check(cluster, community)
    }

    @Test(arguments: communities)
    func `split over three nodes that import at the same moment, the figures are the same`(
        community: String
    ) throws {
        let cluster = try Cluster()
        try cluster.join()
        try cluster.join()
        let parts = try Self.kinds.compactMap { kind in
            try file(kind, of: community).map { (kind, try split($0, into: 3, in: cluster.folder)) }
        }
        try atOnce(cluster.nodes.count) { index in
            for (kind, files) in parts { try cluster.nodes[index].importing(kind, files[index]) }
        }
        try cluster.agree(updates: 1_000)
        try check(cluster, community)
    }

    @Test(arguments: communities)
    func `imported whole on two nodes at once, everything counts once`(community: String) throws {
        let cluster = try Cluster()
        try cluster.join()
        try cluster.join()
        let files = Self.kinds.compactMap { kind in file(kind, of: community).map { (kind, $0) } }
        try atOnce(2) { index in
            for (kind, file) in files { try cluster.nodes[index].importing(kind, file) }
        }
        try cluster.agree(updates: 1_000)
        try check(cluster, community)
    }

    /// Every n-th row into the n-th file, each with the header.
    private func split(_ file: URL, into count: Int, in folder: URL) throws -> [URL] {
        let text = try run(URL(filePath: "/bin/zcat"), [file.path]).output
        var lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        let header = lines.removeFirst()
        return try (0..<count).map { part in
            let rows = lines.indices.filter { $0 % count == part }.map { lines[$0] }
            let url = folder.appending(path: "\(file.lastPathComponent)-\(part).csv")
            try ([header] + rows).joined(separator: "\n").appending("\n").write(
                to: url, atomically: false, encoding: .utf8)
            return url
        }
    }
}
