import API
import AuthorLog
import Daemon
import Foundation
import Founding
import Identity
import Logging
import Storage
import Testing

/// A founder's node and those of members who joined by ticket, on loopback, and the root key beside them.
struct StandingCommunity {
    let founder: Node
    let members: [Node]
    let root: RootSigner
    let successor: RootSigner
    let folder: String
    /// Of the members, in order.
    let homes: [String]
    /// Of the invites by which the members came, in order.
    let invites: [String]

    /// - Parameter roles: Of the members, each by a ticket of its own.
    static func with(_ roles: [RoleName] = [], _ body: (StandingCommunity) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grapevine-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover does no harm
        let options = FoundingOptions(title: "Test", currency: "USD", rootKeyPath: folder + "/root-key")
        let founded = try found(home: folder + "/founder", options: options, nowMilliseconds: now)
        try await run(founded.home) { founder in
            let root = try RootSigner(keyFile: founded.rootKeyFile, charter: founder.charter, home: nil)
            let successor = try RootSigner(keyFile: founded.successorKeyFile, charter: founder.charter, home: nil)
            var homes: [String] = []
            var invites: [String] = []
            for (index, role) in roles.enumerated() {
                let invite = MakeInvite(role: role, uses: 1, validSeconds: 3_600)
                let ticket = try await founder.answer(invite).ticket
                homes.append(try join(home: folder + "/\(index)", ticketText: ticket, nowMilliseconds: now).home)
                invites.append(try describe(ticketText: ticket).inviteKey.hex)
            }
            try await runAll(homes[...], []) { members in
                try await body(
                    StandingCommunity(
                        founder: founder, members: members, root: root, successor: successor, folder: folder,
                        homes: homes,
                        invites: invites))
            }
        }
    }

    /// Until the founder holds what each of these has written, and each of them what the founder has.
    func settle() async throws {
        for member in members {
            try await eventually("the founder hears of all") { try await holds(founder, allOf: member) }
            try await eventually("the member hears of all") { try await holds(member, allOf: founder) }
        }
    }

    private func holds(_ node: Node, allOf other: Node) async throws -> Bool {
        let theirs = try await other.store.logStates(of: other.member)
        let held = try await node.store.logStates(of: other.member)
        return theirs.map(\.head) == held.map(\.head)
    }

    func publish(_ content: RootOrder.Content, by signer: RootSigner? = nil) async throws -> PublishRootOrder.Answer {
        let serial = try await founder.answer(ListRootOrders()).rows.map(\.serial).max() ?? 0
        let order = try (signer ?? root).sign(content, serial: UInt64(serial) + 1, nowMilliseconds: Self.now)
        return try await founder.answer(PublishRootOrder(text: order.text))
    }

    private static func runAll(
        _ homes: ArraySlice<String>, _ running: [Node], _ body: ([Node]) async throws -> Void
    ) async throws {
        guard let home = homes.first else { return try await body(running) }
        try await run(home) { node in try await runAll(homes.dropFirst(), running + [node], body) }
    }

    static func run(_ path: String, _ body: (Node) async throws -> Void) async throws {
        let home = try Home.open(at: path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try await Node(
            home: home, lock: try home.lock(), options: Node.Options(listen: "127.0.0.1:0", peers: []), logger: logger)
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

    static var now: UInt64 { Clocks().wallMilliseconds }
}
