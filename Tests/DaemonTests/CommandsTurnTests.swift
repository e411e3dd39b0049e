import Identity
import Synchronization
import Testing

@testable import Daemon

/// Who is inside, and how many were at most.
private final class Room: Sendable {
    private struct State {
        var inside: [Turn.Subject] = []
        var most = 0
        var finished = 0
        var notes: [String] = []
    }

    private let state = Mutex(State())

    var mostInside: Int { state.withLock { $0.most } }
    var notes: [String] { state.withLock { $0.notes } }
    var finished: Int { state.withLock { $0.finished } }

    /// - Returns: Those inside that this one should not have met.
    func enter(_ subject: Turn.Subject) -> [Turn.Subject] {
        state.withLock { state in
            let met = state.inside.filter { $0 == .everything || subject == .everything || $0 == subject }
            state.inside.append(subject)
            state.most = max(state.most, state.inside.count)
            return met
        }
    }

    func leave(_ subject: Turn.Subject) {
        state.withLock { state in
            if let index = state.inside.firstIndex(of: subject) { state.inside.remove(at: index) }
        }
    }

    func note(_ text: String) { state.withLock { $0.notes.append(text) } }

    func finish() { state.withLock { $0.finished += 1 } }
}

struct CommandsTurnTests {
    private struct Nothing: Error {}

    @Test func `one caller at a time, and a failure hands the turn on`() async throws {
        let room = Room()
        try await crowd(200, in: room) { _ in .everything }
        #expect(room.finished == 200)
        #expect(room.mostInside == 1)
    }

    @Test func `callers of one pledge one at a time, and nobody beside one who wants everything`() async throws {
        let room = Room()
        try await crowd(400, in: room) { $0.isMultiple(of: 10) ? .everything : Self.pledge($0 % 4) }
        #expect(room.finished == 400)
    }

    @Test(.timeLimit(.minutes(1))) func `one who is let in is beside another, but before nobody and never a third`()
        async throws
    {
        for isThirdThere in [true, false] {
            let turn = Turn()
            let holder = Mutex<Turn.Hold?>(nil)
            // Until all others are there.
            let wait: @Sendable () async -> Void = { while await turn.waitingCount < 2 { await Task.yield() } }
            async let first = turn.take(beside: nil) { hold, isBeside in
                holder.withLock { $0 = hold }
                await wait()
                return isBeside
            }
            while holder.withLock({ $0 }) == nil { await Task.yield() }
            let hold = holder.withLock { $0 }
            async let second = turn.take(beside: isThirdThere ? hold : nil) { _, isBeside in
                if isThirdThere { await wait() }
                return isBeside
            }
            while await turn.heldCount + turn.waitingCount < 2 { await Task.yield() }
            #expect(await turn.heldCount == (isThirdThere ? 2 : 1))
            async let third = turn.take(beside: hold) { _, isBeside in isBeside }
            if isThirdThere { while await turn.waitingCount < 1 { await Task.yield() } }
            async let fourth = turn.take(beside: hold) { _, isBeside in isBeside }
            #expect(try await [first, second, third, fourth] == [false, isThirdThere, false, false])
            #expect(await turn.heldCount == 0)
            #expect(await turn.waitingCount == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `callers of different pledges are inside together`() async throws {
        let turn = Turn()
        let (entered, enters) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup { group in
            // Neither leaves before both are in.
            let (opened, opens) = AsyncStream<Void>.makeStream()
            group.addTask {
                try await turn.take(of: Self.pledge(1)) {
                    enters.finish()
                    for await _ in opened {}
                }
            }
            group.addTask {
                try await turn.take(of: Self.pledge(2)) {
                    for await _ in entered {}
                    opens.finish()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(.timeLimit(.minutes(1))) func `who wants everything is not overtaken`() async throws {
        let turn = Turn()
        let (left, leaves) = AsyncStream<Void>.makeStream()
        let room = Room()
        let first = Task { try await turn.take(of: Self.pledge(1)) { for await _ in left {} } }
        while await turn.heldCount < 1 { await Task.yield() }
        let all = Task { try await turn.take { room.note("all") } }
        while await turn.waitingCount < 1 { await Task.yield() }
        let late = Task { try await turn.take(of: Self.pledge(2)) { room.note("late") } }
        while await turn.waitingCount < 2 { await Task.yield() }
        leaves.finish()
        for task in [first, all, late] { try await task.value }
        #expect(room.notes == ["all", "late"])
    }

    private func crowd(_ count: Int, in room: Room, _ subject: @escaping @Sendable (Int) -> Turn.Subject) async throws {
        let turn = Turn()
        await withTaskGroup { group in
            for number in 0..<count {
                group.addTask {
                    let subject = subject(number)
                    do {
                        try await turn.take(of: subject) {
                            #expect(room.enter(subject) == [])
                            await Task.yield()
                            room.leave(subject)
                            if number.isMultiple(of: 3) { throw Nothing() }
                        }
                    } catch {
                        #expect(error is Nothing)
                    }
                    room.finish()
                }
            }
        }
    }

    private static func pledge(_ number: Int) -> Turn.Subject {
        .pledge(PledgeID(raw: Bytes16((0..<Bytes16.byteCount).map { $0 == 0 ? UInt8(number) : 0 }) ?? .zero))
    }
}
