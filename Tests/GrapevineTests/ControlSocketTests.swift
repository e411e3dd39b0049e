import API
import Foundation
import Testing

@testable import grapevine

struct ControlSocketTests {
    /// The answer to a question asked of this home; none of the tests has a daemon.
    private func refusal(home: String) async throws -> Failure {
        try await #require(throws: Failure.self) {
            try await DaemonClient.with(home: home) { _ = try await $0.ask(GetTotals()) }
        }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gv-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover does no harm
        try await body(folder)
    }

    @Test func `where there is no home, every command says so, and how to get one`() async throws {
        try await withFolder { folder in
            for home in [folder, folder + "/none"] {
                let failure = try await refusal(home: home)
                #expect(failure.code == .noCommunity && failure.exit == .notFound)
                #expect(failure.message.contains(home))
                #expect(failure.hint.contains("grapevine init") && failure.hint.contains("grapevine join"))
            }
        }
    }

    @Test func `where there is a home, the daemon is what is missing`() async throws {
        try await withFolder { folder in
            let home = folder + "/home"
            _ = try FoundingBridge.found(
                home: home, title: "Friends", currency: "USD", attribution: .firstTouch, windowDays: 0, qualifying: nil,
                rootKey: folder + "/root-key")
            let failure = try await refusal(home: home)
            #expect(failure.code == .daemonDown && failure.hint == "grapevine start")
            // One that will not start is not one that is not there.
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: home)
            #expect(try await refusal(home: home).code == .daemonDown)
        }
    }
}
