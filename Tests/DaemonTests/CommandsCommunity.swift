import API
import AuthorLog
import Daemon
import Foundation
import Founding
import Logging
import Metrics

/// A community of one node, which runs while a test asks it.
enum CommandsCommunity {
    /// - Parameter role: Of the member whose node it is; whoever is no steward was invited by one, and is alone since.
    static func with(
        _ role: Role = .steward, peers: [String] = [], qualifyingMinor: Int64 = 0,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        _ body: (Node) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grapevine-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover does no harm
        let options = FoundingOptions(
            title: "Test", currency: "USD", qualifyingMinor: qualifyingMinor, rootKeyPath: folder + "/root-key")
        let home = try found(home: folder + "/steward", options: options, nowMilliseconds: now).home
        guard role != .steward else { return try await run(home, peers: peers, metrics: metrics, body) }
        var ticket = ""
        try await run(home) { node in
            let name = RoleName(rawValue: role.name) ?? .observer
            ticket = try await node.answer(MakeInvite(role: name, uses: 1, validSeconds: 3_600)).ticket
        }
        try await run(try join(home: folder + "/member", ticketText: ticket, nowMilliseconds: now).home, body)
    }

    /// Two nodes of one community, each on its own port: a steward, and a member who was invited and calls.
    static func withTwo(
        metrics: any MetricsFactory, _ body: (_ steward: Node, _ member: Node) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grapevine-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover does no harm
        let options = FoundingOptions(title: "Test", currency: "USD", rootKeyPath: folder + "/root-key")
        let home = try found(home: folder + "/steward", options: options, nowMilliseconds: now).home
        try await run(home, metrics: metrics) { steward in
            let ticket = try await steward.answer(MakeInvite(role: .observer, uses: 1, validSeconds: 3_600)).ticket
            let joined = try join(home: folder + "/member", ticketText: ticket, nowMilliseconds: now).home
            try await run(joined) { member in try await body(steward, member) }
        }
    }

    private static func run(
        _ path: String, peers: [String] = [], metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        _ body: (Node) async throws -> Void
    ) async throws {
        let home = try Home.open(at: path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try await Node(
            home: home, lock: try home.lock(), options: Node.Options(listen: "127.0.0.1:0", peers: peers),
            logger: logger,
            metrics: metrics)
        async let running: Void = node.run()
        do {
            try await body(node)
        } catch {
            await node.stop()
            try await running
            throw error
        }
        await node.stop()
        try await running
    }

    private static var now: UInt64 { Clocks().wallMilliseconds }
}
