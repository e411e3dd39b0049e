import Community
import GRDB
import Testing

@testable import AuthorLog
@testable import Storage

@Suite struct LaneSpoolTests {
    private func heading(_ log: LogNumber, at position: UInt64, count: UInt64) -> LaneSpool.Heading {
        LaneSpool.Heading(
            log: log, position: position, end: position + count, time: HybridTime(rawValue: position),
            isPresent: position == 0)
    }

    @Test func `every operation comes back in its lane, in the order in which it came`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var dice = SplitMix(state: seed)
        let laneCount = 5
        var expected = Array(repeating: [String](), count: laneCount)
        var found = expected
        let queue = try DatabaseQueue()
        try queue.read { database in
            let spool = try LaneSpool(lanes: laneCount, beside: database)
            for number in 0..<400 {
                let operations = (0..<Int.random(in: 1...20, using: &dice)).map { _ in
                    let publicPart = (0..<Int.random(in: 1...3_000, using: &dice)).map { _ in
                        UInt8.random(in: 0...255, using: &dice)
                    }
                    return Operation(publicPart: publicPart)
                }
                let heading = heading(Int64(number % 7), at: UInt64(number) * 32, count: UInt64(operations.count))
                for (index, operation) in operations.enumerated() {
                    let lane = Int.random(in: 0..<laneCount, using: &dice)
                    expected[lane].append("\(heading) \(heading.position + UInt64(index)) \(operation.stored)")
                    try operation.stored.withUnsafeBytes {
                        try spool.append($0, index: index, of: heading, to: lane)
                    }
                }
            }
            for lane in 0..<laneCount {
                try spool.forEach(in: lane, reading: { Array($0.bytes) }) { heading, operations in
                    found[lane] += operations.map { "\(heading) \($0.position) \($0.operation)" }
                }
            }
        }
        #expect(found == expected)
    }

    @Test func `an operation larger than a chunk has one of its own`() throws {
        let large = Operation(publicPart: [UInt8](repeating: 7, count: StorageLimits.spoolChunkBytes + 1))
        try DatabaseQueue().read { database in
            let spool = try LaneSpool(lanes: 1, beside: database)
            for index in 0..<3 {
                try large.stored.withUnsafeBytes {
                    try spool.append($0, index: index, of: heading(1, at: 9, count: 3), to: 0)
                }
            }
            var positions: [UInt64] = []
            try spool.forEach(in: 0, reading: { Array($0.publicPart) }) { _, operations in
                #expect(operations.allSatisfy { $0.operation == large.publicPart })
                positions += operations.map(\.position)
            }
            #expect(positions == [9, 10, 11])
        }
    }
}

extension Operation {
    /// As in the body of a bundle.
    fileprivate var stored: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }
}
