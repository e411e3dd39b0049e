import Synchronization
import Testing

@testable import Daemon

/// How many are inside at once, and how many are through.
private final class Counters: Sendable {
    private let inside = Mutex(0)
    private let through = Mutex(0)

    var finished: Int { through.withLock { $0 } }

    func enter() -> Int {
        inside.withLock {
            $0 += 1
            return $0
        }
    }

    func leave() { inside.withLock { $0 -= 1 } }

    func finish() { through.withLock { $0 += 1 } }
}

struct CommandsTurnTests {
    @Test func `one caller at a time, and a failure hands the turn on`() async throws {
        struct Nothing: Error {}
        let turn = Turn()
        let counters = Counters()
        await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await turn.take {
                            #expect(
                                counters.enter() == 1)
                            await Task.yield()
                            counters.leave()
                            if number.isMultiple(of: 3) { throw Nothing() }
                        }
                    } catch {
                        #expect(error is Nothing)
                    }
                    counters.finish()
                }
            }
        }
        #expect(counters.finished == 200)
    }
}
