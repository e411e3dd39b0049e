import AuthorLog
import Foundation
import Testing

struct HybridClockTests {
    @Test func `the vectors' skewed nodes read the clock as the paper says`() throws {
        let file = try #require(
            try JSONSerialization.jsonObject(with: VectorFile.data("hlc/hlc.json")) as? [String: Any])
        let runs = try #require(file["runs"] as? [[String: Any]])
        var (steps, refused) = (0, 0)
        for run in runs {
            let lead = try #require(run["max_drift_ms"] as? UInt64)
            var clocks = (0..<4).map { _ in HybridClock(last: .zero, leadMilliseconds: lead) }
            for step in try #require(run["steps"] as? [[String: Any]]) {
                let node = try #require(step["node"] as? Int)
                let wall = try #require(step["pt"] as? UInt64)
                let before = clocks[node].last
                steps += 1
                if step["op"] as? String == "local" {
                    _ = try clocks[node].tick(wallMilliseconds: wall)
                } else {
                    let milliseconds = try #require(step["ml"] as? UInt64)
                    let counter = try #require(step["mc"] as? UInt64)
                    let seen = HybridTime(rawValue: milliseconds << 16 | counter)
                    if step["reject"] != nil {
                        refused += 1
                        #expect(throws: HybridClockError.future(seen, wallMilliseconds: wall)) {
                            try clocks[node].observe(seen, wallMilliseconds: wall)
                        }
                        #expect(clocks[node].last == before)
                        continue
                    }
                    try clocks[node].observe(seen, wallMilliseconds: wall)
                }
                #expect(clocks[node].last.milliseconds == step["l"] as? UInt64)
                #expect(UInt64(clocks[node].last.counter) == step["c"] as? UInt64)
            }
        }
        #expect(steps == 1_200)
        #expect(refused > 0)
    }

    @Test func `a full counter carries into the milliseconds`() throws {
        var clock = HybridClock(last: HybridTime(rawValue: 1_000 << 16 | 65_535))
        #expect(try clock.tick(wallMilliseconds: 900) == HybridTime(rawValue: 1_001 << 16))
    }

    @Test func `past the 48 bits it fails, and the clock stays`() throws {
        var clock = HybridClock(last: HybridTime(rawValue: .max))
        #expect(throws: HybridClockError.endOfTime) { try clock.tick(wallMilliseconds: 0) }
        #expect(throws: HybridClockError.endOfTime) { try clock.tick(wallMilliseconds: 1 << 48) }
        #expect(throws: HybridClockError.endOfTime) { try clock.observe(.zero, wallMilliseconds: .max) }
        #expect(clock.last == HybridTime(rawValue: .max))
    }

    @Test func `five minutes ahead is believed, a millisecond more is not`() throws {
        var clock = HybridClock(last: .zero)
        let limit = try #require(HybridTime(milliseconds: 1_300_000))
        try clock.observe(limit, wallMilliseconds: 1_000_000)
        #expect(clock.last == limit.next)
        let future = try #require(HybridTime(milliseconds: 1_300_001))
        #expect(throws: HybridClockError.future(future, wallMilliseconds: 1_000_000)) {
            try clock.observe(future, wallMilliseconds: 1_000_000)
        }
    }

    @Test func `whatever the wall does, the clock only goes forward`() throws {
        var dice = Dice()
        var clock = HybridClock(last: .zero)
        var last = clock.last
        for _ in 0..<10_000 {
            let wall = UInt64.random(in: 1_000_000...1_000_100, using: &dice)
            let next = try clock.tick(wallMilliseconds: wall)
            #expect(next > last)
            last = next
        }
    }
}
