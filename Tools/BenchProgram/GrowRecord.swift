import ArgumentParser
import AuthorLog
import Foundation
import Founding
import Identity
import Storage

/// One more update in some of the logs of a record that `record` has made.
struct GrowRecord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grow", abstract: "Add one update to each of some logs of a large record.",
        discussion: """
            Prints how many, and the bytes of their runs as a node would serve them. No daemon may
            run there meanwhile.
            """)

    @Argument(help: "The folder that record made.")
    var folder: String
    @Option(help: "Author logs there are.")
    var logs = 10_000
    @Option(help: "Of them, how many grow; spread evenly.")
    var touched = 1_000
    @Option(help: "The record's.")
    var seed: UInt64 = 1
    @Option(help: "How often it has been grown before.")
    var generation = 0

    func validate() throws {
        guard (1...10_000).contains(logs), (1...logs).contains(touched) else {
            throw ValidationError("1 to 10,000 logs, and no more touched than there are")
        }
    }

    func run() async throws {
        let home = try Home.open(at: folder + "/home")
        let (charter, personKey) = (try home.charter(), try home.personKey())
        let now = UInt64(Date().timeIntervalSince1970 * 1_000)
        let content = try BenchContent(
            personKey: personKey, seed: seed, codeCount: BenchCommunity.codeCount, from: now - BenchCommunity.year,
            to: now)
        let store = try ReplicaStore(path: home.path(of: .database), charter: charter, personKey: personKey)
        var runs: [[UInt8]] = []
        for index in 0..<touched {
            let key = try BenchCommunity.key(1 + index * logs / touched, seed)
            guard let state = try await store.logStates(of: key.publicKey()).last else {
                throw BenchError.notTaken("there is no such log")
            }
            var author = try Author(
                state: state, clock: HybridClock(last: state.time), charter: charter, key: key)
            let operation = try content.later(generation * touched + index)
            runs.append(BenchAuthor.run([try author.write([operation], wallMilliseconds: now).bundle]))
        }
        let written = try await MakeRecord.ingest(runs, into: store, now)
        _ = try await store.settle(wallMilliseconds: now)
        try store.close()
        print(written, runs.reduce(0) { $0 + $1.count })
    }
}
