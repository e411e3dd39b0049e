import AuthorLog
import Founding
import Glibc
import Identity
import Testing

@Suite struct MarkTests {
    private func mark(_ sequence: UInt64, _ community: TestCommunity) throws -> Mark {
        Mark(
            sequence: sequence, incarnation: try #require(Incarnation([0, 1] + [UInt8](repeating: 7, count: 8))),
            token: .zero, length: 10 * sequence, head: Hash256(raw: .zero),
            database: FileIdentity(inode: 1, birthNanoseconds: 2), mark: try community.home.prepareMark())
    }

    @Test func `a new home has no mark, and a prepared one has none yet`() throws {
        let community = try TestCommunity()
        #expect(try community.home.readMark() == nil)
        let identity = try community.home.prepareMark()
        #expect(try community.home.readMark() == nil)
        #expect(try community.home.prepareMark() == identity)
        #expect(contents(community.home.path(of: .mark)).count == Mark.fileByteCount)
        #expect(mode(community.home.path(of: .mark)) == 0o600)
    }

    @Test func `marks are written in place, in two slots by turns`() throws {
        let community = try TestCommunity()
        let identity = try community.home.prepareMark()
        for sequence in 1...5 as ClosedRange<UInt64> {
            let mark = try mark(sequence, community)
            try community.home.writeMark(mark)
            #expect(try community.home.readMark() == mark)
            #expect(try community.home.identity(of: .mark) == identity)
        }
        let bytes = contents(community.home.path(of: .mark))
        #expect(bytes.count == Mark.fileByteCount)
        #expect(Mark(slot: bytes.prefix(128))?.sequence == 4)
        #expect(Mark(slot: bytes.suffix(128))?.sequence == 5)
    }

    @Test func `a torn slot leaves the mark before`() throws {
        let community = try TestCommunity()
        let before = try mark(1, community)
        let torn = try mark(2, community)
        for tornByteCount in [0, 1, 60, 112, 127] {
            try community.home.writeMark(before)
            try community.home.writeMark(torn)
            let file = open(community.home.path(of: .mark), O_WRONLY)
            let zeros = [UInt8](repeating: 0xee, count: 128 - tornByteCount)
            pwrite(file, zeros, zeros.count, off_t(torn.slotOffset + tornByteCount))
            close(file)
            #expect(try community.home.readMark() == before)
        }
        let file = open(community.home.path(of: .mark), O_WRONLY)
        pwrite(file, [1, 2, 3], 3, off_t(before.slotOffset))
        close(file)
        #expect(try community.home.readMark() == nil)
    }

    @Test func `a mark is not written to a file that was swapped`() throws {
        let community = try TestCommunity()
        let mark = try mark(1, community)
        unlink(community.home.path(of: .mark))
        #expect(failure { try community.home.writeMark(mark) }?.message.hasSuffix("mark is missing") == true)
        symlink(community.scratch("root"), community.home.path(of: .mark))
        #expect(failure { try community.home.writeMark(mark) }?.code == "E-HOME-UNSAFE")
    }
}
