import API
import Identity
import Storage
import Testing

@testable import Daemon

struct DigestPaceTests {
    /// The ticks, counted from 1, that are for hashing; `grown` are the operations within each.
    private func workingTicks(_ pace: inout DigestPace, _ grown: [UInt64], from start: UInt64 = 0) -> [Int] {
        var updates = start
        return grown.enumerated().compactMap { index, operations in
            updates += operations
            if operations > 0 { pace.stir() }
            return pace.tick(updates: updates) ? index + 1 : nil
        }
    }

    @Test func `what an earlier process left is hashed soon after the start, and then there is rest`() {
        var pace = DigestPace()
        pace.stir()
        #expect(workingTicks(&pace, [9_000, 0, 0, 0, 0, 0, 0], from: 0) == [6, 7])
        pace.rest()
        #expect(workingTicks(&pace, Array(repeating: 0, count: 20), from: 9_000) == [])
    }

    @Test func `while parts of an import come nothing is hashed, and soon after the last it is`() {
        var pace = DigestPace()
        let grown: [UInt64] = [16_384, 0, 0, 16_384, 0, 0, 0, 16_384, 0, 0, 0, 0, 0]
        #expect(workingTicks(&pace, grown) == [13])
    }

    @Test func `while one part takes long nothing is hashed either`() {
        var pace = DigestPace()
        pace.stir()
        let ticks = (1...30).filter { pace.tick(updates: 16_384, isImporting: $0 <= 20) }
        #expect(ticks == Array(25...30))
    }

    @Test func `single writes all the time do not keep buckets from being hashed`() {
        var pace = DigestPace()
        #expect(workingTicks(&pace, Array(repeating: 2, count: 8)) == [5, 6, 7, 8])
    }

    @Test func `soon after an import a node has few buckets left to hash, though nobody asked it`() async throws {
        try await CommandsCommunity.with { node in
            var rows = ""
            for number in 0..<400 { rows += "b\(number),2026-01-01T00:00:00Z,\n" }
            _ = try await node.answer(
                importing: .backers, part: Array(rows.utf8), header: "backer,joined_at,code", firstLine: 2, source: nil,
                dryRun: false)
            let stale = try await node.store.stateDigest()
            #expect(stale.computed.count > 300)
            try await eventually("few buckets are left to hash", seconds: 10) {
                try await node.store.stateDigest().computed.count < NodeLimits.keptBucketHashes
            }
            #expect(try await node.answer(GetStatus()).state == stale.state.hex)
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }
}
