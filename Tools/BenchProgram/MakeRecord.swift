import ArgumentParser
import AuthorLog
import Founding
import Identity
import Storage

/// Founds a community and fills its founder's home with a record by many authors.
struct MakeRecord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Found a community with a large record by many authors.",
        discussion: """
            Of the updates 40 % are backers with their claim, 60 % pledges with their payment,
            one operation each. Prints how many operations were written in all, those by which
            the authors came in included.
            """)

    @Argument(help: "A new folder: home and root-key appear in it.")
    var folder: String
    @Option(help: "Updates.")
    var updates = 1_000_000
    @Option(help: "Author logs; a few write most.")
    var logs = 2_000
    @Option(help: "Of all dice.")
    var seed: UInt64 = 1
    @Flag(help: "Each update is a bundle of its own, signed alone.")
    var alone = false

    func validate() throws {
        guard updates >= 5, (1...10_000).contains(logs) else {
            throw ValidationError("at least 5 updates, and 1 to 10,000 logs")
        }
    }

    func run() async throws {
        var community = try BenchCommunity(folder: folder, seed: seed)
        let store = try ReplicaStore(
            path: community.home.path(of: .database), charter: community.charter, personKey: community.personKey)
        let (now, content) = (community.now, community.content)
        var authors = try community.authors(logs, updates: updates)
        var written = try await Self.ingest(community.authority, into: store, now)
        // By turns, as people write: a log's bundles do not lie side by side.
        for round in 0..<rounds {
            for start in stride(from: 0, to: authors.count, by: authorsAtOnce) {
                let range = start..<min(start + authorsAtOnce, authors.count)
                var runs: [[UInt8]] = []
                try await withThrowingTaskGroup(of: (Int, BenchAuthor, [[UInt8]]).self) { group in
                    for index in range {
                        group.addTask { [alone, rounds, before = authors[index]] in
                            var author = before
                            let runs = try author.write(
                                round: round, of: rounds, atOnce: alone ? 1 : operationsPerBundle, content)
                            return (index, author, runs)
                        }
                    }
                    for try await (index, author, more) in group {
                        authors[index] = author
                        runs += more
                    }
                }
                written += try await Self.ingest(runs, into: store, now)
            }
        }
        _ = try await store.settle(wallMilliseconds: now)
        try store.close()
        print(written)
    }

    /// - Returns: How many operations.
    static func ingest(_ runs: [[UInt8]], into store: ReplicaStore, _ now: UInt64) async throws -> Int {
        let (outcomes, _) = try await store.ingest(
            runs.map { Arrival(source: 1, part: $0) }, wallMilliseconds: now)
        return try outcomes.reduce(0) { sum, outcome in
            guard case .appended(let count) = outcome else { throw BenchError.notTaken("\(outcome)") }
            return sum + count
        }
    }

    private var rounds: Int { 16 }
    private var authorsAtOnce: Int { 250 }
}

/// As a treasurer's import or an evening's work makes them.
private let operationsPerBundle = 200

enum BenchError: Error {
    /// The record was not taken as written.
    case notTaken(String)
}
