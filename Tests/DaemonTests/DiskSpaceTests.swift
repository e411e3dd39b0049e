import Sync
import Testing

@testable import Daemon

struct DiskSpaceTests {
    private let start = Instant(milliseconds: 1_000)
    private let mebibyte: UInt64 = 1 << 20

    @Test func `a full disk is tried again when somebody made room, or after a while`() {
        var disk = DiskSpace()
        #expect(!disk.isFull)
        let isNews = disk.filled()
        #expect(isNews)
        #expect(disk.isFull)
        disk.settled(free: 5 * mebibyte, at: start)
        #expect(!disk.mayTry(free: 5 * mebibyte, at: start))
        #expect(!disk.mayTry(free: 6 * mebibyte - 1, at: start))
        #expect(disk.mayTry(free: 6 * mebibyte, at: start))
        let later = start + NodeLimits.diskRetry
        #expect(!disk.mayTry(free: 0, at: Instant(milliseconds: later.milliseconds - 1)))
        #expect(disk.mayTry(free: 0, at: later))
        disk.emptied()
        #expect(!disk.isFull)
    }

    @Test func `nothing is tried before what the reserve made room for is done`() {
        var disk = DiskSpace()
        disk.settled(free: 0, at: start)
        #expect(!disk.isFull)
        let answer2 = disk.filled()
        #expect(answer2)
        #expect(!disk.mayTry(free: 100 * mebibyte, at: start + .seconds(3_600)))
    }

    @Test func `a second failure is no news`() {
        var disk = DiskSpace()
        let answer3 = disk.filled()
        #expect(answer3)
        let answer4 = disk.filled()
        #expect(!answer4)
        disk.settled(free: 0, at: start)
        let answer5 = disk.filled()
        #expect(!answer5)
        #expect(disk.mayTry(free: mebibyte, at: start))
    }

    @Test func `no number of free bytes is too large`() {
        var disk = DiskSpace()
        _ = disk.filled()
        disk.settled(free: .max, at: start)
        #expect(!disk.mayTry(free: 0, at: start))
    }
}
