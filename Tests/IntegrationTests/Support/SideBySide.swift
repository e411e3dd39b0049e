import Foundation

/// Work on another thread, and its result.
final class Background<Value: Sendable>: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let lock = NSLock()
    private var result: Result<Value, any Error>?

    init(_ work: @escaping () throws -> Value) {
        let work = Unchecked(work: work)
        DispatchQueue.global().async {
            let result = Result { try work.work() }
            self.lock.withLock { self.result = result }
            self.done.signal()
        }
    }

    private struct Unchecked: @unchecked Sendable {
        let work: () throws -> Value
    }

    var hasEnded: Bool { lock.withLock { result != nil } }

    func value() throws -> Value {
        done.wait()
        guard let result = lock.withLock({ result }) else { preconditionFailure("signalled without a result") }
        return try result.get()
    }
}

/// Runs the same work for several indices side by side; the first failure is thrown.
func atOnce(_ count: Int, _ work: (Int) throws -> Void) throws {
    let failures = Failures()
    withoutActuallyEscaping(work) { work in
        let work = UncheckedWork(work: work)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            do { try work.work(index) } catch { failures.add(error) }
        }
    }
    if let failure = failures.first { throw failure }
}

/// `concurrentPerform` returns before the work can go.
private struct UncheckedWork: @unchecked Sendable {
    let work: (Int) throws -> Void
}

private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [any Error] = []
    func add(_ error: any Error) { lock.withLock { errors.append(error) } }
    var first: (any Error)? { lock.withLock { errors.first } }
}
