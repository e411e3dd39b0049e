import Foundation
import Testing

/// Ten ambassadors' machines that all know a part, and all go on at once.
@Suite(.serialized, .enabled(if: Program.hasSharedData, "needs ../shared/data"))
struct TenNodesTests {
    private static let count = 10
    private static let acts = 1_000

    private struct Table {
        let kind: String
        let header: Substring
        let rows: [Substring]

        init(_ kind: String) throws {
            let file = Program.sharedData.appending(path: "marathons-2009-2014/\(kind).csv.gz")
            var lines = try run(URL(filePath: "/bin/zcat"), [file.path]).output.split(separator: "\n")
            self.kind = kind
            header = lines.removeFirst()
            rows = lines
        }

        func cell(_ column: Int, _ row: Int) -> String {
            String(rows[row].split(separator: ",", omittingEmptySubsequences: false)[column])
        }

        /// A third of the rows, in an order of its own.
        func third(_ part: Int, of order: [Int], dice: inout Dice) -> String {
            let chosen = order.indices.filter { $0 % 3 == part }.map { order[$0] }.shuffled(using: &dice)
            return ([header] + chosen.map { rows[$0] }).joined(separator: "\n") + "\n"
        }
    }

    @Test
    func
        `shuffled thirds on ten nodes, then refunds, unlinks and late claims, end in the state of the second implementation`()
        throws
    {
        let chosen = ProcessInfo.processInfo.environment["GRAPEVINE_SEED"].flatMap { UInt64($0) }
        let seed = chosen ?? UInt64.random(in: 1...1_000_000)
        print("seed \(seed) of ten nodes")
        var dice = Dice(state: seed)
        let cluster = try Cluster()
        for _ in 1..<Self.count { try cluster.join() }
        try importThirds(in: cluster, dice: &dice)
        try actAtRandom(in: cluster, dice: &dice)
        try cluster.agree(updates: 100_000, seconds: 900)

        let status = try cluster.nodes[0].json(["status"])
        let updates = try #require(status["updates"] as? Int)
        let ended = try run(
            Python.url,
            [
                Program.repository.appending(path: "Tools/conformance").path, "join", "-", "--json",
                "--expect-updates", "\(updates)", "--timeout", "900",
            ], input: try cluster.ticket(role: "observer"), seconds: 1_000)
        try #require(ended.status == 0, "\(ended)")
        let reference = try ended.json
        // The ticket was written meanwhile.
        #expect(reference["updates"] as? Int == updates + 1)
        #expect(reference["state"] as? String == status["state"] as? String, "GRAPEVINE_SEED=\(seed)")
        let totals = try #require(reference["totals"] as? [String: Any])
        for node in cluster.nodes {
            let own = try node.json(["totals"])
            for key in ["backers", "attributed_backers", "pledges", "anonymous_pledges"] {
                #expect(own[key] as? Int == totals[key] as? Int, "\(key)")
            }
        }
        try cluster.nodes[Self.count - 1].expectClean()
    }

    private func importThirds(in cluster: Cluster, dice: inout Dice) throws {
        let tables = try ["ambassadors", "backers", "pledges"].map { try Table($0) }
        var files: [[(kind: String, file: URL)]] = []
        let orders = tables.map { Array($0.rows.indices).shuffled(using: &dice) }
        for node in 0..<Self.count {
            var own: [(kind: String, file: URL)] = []
            for (table, order) in zip(tables, orders) {
                let file = cluster.folder.appending(path: "\(table.kind)-\(node).csv")
                try table.third(node % 3, of: order, dice: &dice).write(to: file, atomically: false, encoding: .utf8)
                own.append((table.kind, file))
            }
            files.append(own.shuffled(using: &dice))
        }
        try atOnce(Self.count) { node in
            for (kind, file) in files[node] { try cluster.nodes[node].importing(kind, file) }
        }
    }

    /// Each pledge and person is met once, so that nobody's act depends on whose came first.
    private func actAtRandom(in cluster: Cluster, dice: inout Dice) throws {
        let (people, pledges) = (try Table("backers"), try Table("pledges"))
        let codes = try Table("ambassadors")
        var persons = people.rows.indices.shuffled(using: &dice)[...]
        var paid = pledges.rows.indices.shuffled(using: &dice)[...]
        var acts: [[[String]]] = Array(repeating: [], count: Self.count)
        for number in 0..<Self.acts {
            guard let person = persons.popFirst(), let pledge = paid.popFirst() else { break }
            let name = people.cell(0, person)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: acts[number % Self.count].append(["pledge", "refund", pledges.cell(0, pledge)])
            case 1:
                acts[number % Self.count].append(["pledge", "refund", pledges.cell(0, pledge), "--amount", "0.01"])
            case 2: acts[number % Self.count].append(["referral", "unlink", name])
            default:
                let code = codes.cell(1, Int.random(in: 0..<codes.rows.count, using: &dice))
                let year = 2009 + Int.random(in: 0..<6, using: &dice)
                acts[number % Self.count].append(["referral", "add", name, code, "--at", "\(year)-02-03T04:05:06Z"])
            }
        }
        // Whoever acts knows of it: by then everybody holds everything.
        try cluster.agree(updates: 100_000, seconds: 900)
        try atOnce(Self.count) { node in
            for act in acts[node] {
                let ended = try cluster.nodes[node].call(act + ["--json"])
                // Nobody brings himself, and who was brought by nobody cannot be unlinked.
                let isRefusal = ["E-SELF-REFERRAL", "E-REFERRAL-UNKNOWN"].contains(ended.errorCode)
                #expect(ended.status == 0 || isRefusal, "\(act): \(ended)")
            }
        }
    }
}
