import API
import AuthorLog
import Community
import Founding
import Identity
import Storage
import Sync
import Testing
import Transport

@testable import Daemon

/// What a node does because a time has come.
struct NodeTimeTests {
    @Test func `a node with nothing to wait for sleeps until it is woken`() async throws {
        try await CommandsCommunity.with { node in
            try await eventually("asleep") { await node.isAsleepForGood }
            _ = try await node.answer(AddBacker(NewPerson(external: "ana")))
            #expect(try await node.answer(GetTotals()).backers == 1)
            try await eventually("asleep again") { await node.isAsleepForGood }
        }
    }

    /// Dated two seconds later than what is folded at once.
    @Test func `a held bundle is folded when its time has come, without anything else happening`() async throws {
        try await CommandsCommunity.with { node in
            try await eventually("asleep") { await node.isAsleepForGood }
            let due = node.wallMilliseconds + 2_000
            let (log, run) = try await node.strangeRun(at: due + AuthorLog.Limits.clockLeadMilliseconds)
            await node.receive(run, of: log)
            try await eventually("held") { try await node.store.earliestRelease() == due }
            #expect(try await node.answer(GetTotals()).backers == 0)
            try await eventually("the sleep is for it") { await node.heldUntil == due }
            #expect(await node.notices.clockLags)
            try await eventually("folded") { try await node.answer(GetTotals()).backers == 1 }
            #expect(node.wallMilliseconds >= due)
            #expect(try await node.store.earliestRelease() == nil)
            try await eventually("asleep") { await node.isAsleepForGood }
        }
    }

    @Test func `an address where nobody answers is dialled again and again`() async throws {
        // Nobody listens on port 1, and a refusal comes at once.
        try await CommandsCommunity.with(peers: ["127.0.0.1:1"]) { node in
            try await eventually("four dials") { node.transport.counters.dials >= 4 }
            #expect(await node.coreWakeUp != nil)
        }
    }
}

extension Node {
    /// Sleeps, and no time will wake it.
    fileprivate var isAsleepForGood: Bool { sleep.map { $0.until == nil } ?? false }

    /// As a peer would bring it.
    fileprivate func receive(_ run: [UInt8], of log: LogID) {
        ingestQueue.append(PendingPart(connection: ConnectionID(rawValue: 9), pull: 0, log: log, part: run))
        wake(.ingest)
    }

    /// A log in which this member, on another machine, wrote now, and that somebody joined at `milliseconds`.
    fileprivate func strangeRun(at milliseconds: UInt64) throws -> (LogID, [UInt8]) {
        let key = try home.memberKey()
        let log = LogID(member: member, incarnation: Incarnation(number: 77, random: 7))
        var author = try Author(
            state: LogState(log: log, community: charter.id), clock: HybridClock(last: .zero), charter: charter,
            key: key)
        let first = try author.present(presentation, wallMilliseconds: wallMilliseconds)
        var record = Record()
        record.person = store.rules.pseudonyms.person(source: "import", externalID: "eve")
        record.joined = Record.Joined(at: nil)
        let operation = Operation(publicPart: record.encoded(currency: store.rules.currency))
        let second = try author.write([operation], wallMilliseconds: milliseconds)
        let header = first.bundle.header
        var run = RunWriter(
            RunHead(
                community: header.community, log: log, firstPosition: header.position, previous: header.previous))
        for bundle in [first.bundle, second.bundle] { run.append(bundle) }
        return (log, run.bytes)
    }
}
