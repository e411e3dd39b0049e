import API
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Web

struct Echo: API.Request {
    static let path = "test/echo"

    var text: String
    var amount: Int?

    struct Answer: Codable, Sendable {
        var text: String
        var amount: Int?
    }
}

struct Fail: API.Request {
    static let path = "test/fail"

    /// A code of `Failure`, or none for an error that nobody expected.
    var code: String?

    struct Answer: Codable, Sendable {}
}

/// Answered from figures that are not all.
struct Count: API.Request {
    static let path = "test/count"
    static let missing = 7

    struct Answer: Codable, Sendable {
        var count: Int
    }
}

struct Wait: API.Request {
    static let path = "test/wait"

    var milliseconds: Int

    struct Answer: Codable, Sendable {
        var waited: Bool
    }
}

private struct Unexpected: Error {
    let secret = "the-secret-detail"
}

/// How long each `Wait` that has begun in this process is to take.
private let begun = Mutex<[Int]>([])

/// Until a `Wait` of that length has begun.
func waitHasBegun(milliseconds: Int) async throws {
    while !begun.withLock({ $0.contains(milliseconds) }) { try await Task.sleep(for: .milliseconds(10)) }
}

/// Runs a server in a directory of its own, and stops it gracefully.
func withServer<Result: Sendable>(
    _ body: @Sendable (_ path: String, _ stop: @escaping @Sendable () async -> Void) async throws -> Result
) async throws -> Result {
    let scratch = Scratch()
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    var routes = Routes { Count.missing }
    routes.query(Count.self) { _ in Count.Answer(count: 3) }
    routes.add(Echo.self) { Echo.Answer(text: $0.text, amount: $0.amount) }
    routes.add(Fail.self) { call in
        guard let code = call.code.flatMap(Failure.Code.init(rawValue:)) else { throw Unexpected() }
        throw Failure(code, "no")
    }
    routes.add(Wait.self) { call in
        begun.withLock { $0.append(call.milliseconds) }
        try await Task.sleep(for: .milliseconds(call.milliseconds))
        return Wait.Answer(waited: true)
    }
    routes.addRaw("test/raw") { call in
        ["bytes": "\(call.body.count)", "source": call.field("x-import-source") ?? "none"]
    }
    let server = try LocalServer(path: scratch("api.sock"), routes: routes, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result = try await body(server.path) { await group.triggerGracefulShutdown() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        withExtendedLifetime(scratch) {}
        return result
    }
}
