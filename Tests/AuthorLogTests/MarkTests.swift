import AuthorLog
import Identity
import Testing

struct MarkTests {
    private let token = Bytes16(repeatElement(5, count: 16)) ?? .zero
    private let head = Hash256(raw: Bytes32(repeatElement(6, count: 32)) ?? .zero)
    private let database = FileIdentity(inode: 11, birthNanoseconds: 12)
    private let file = FileIdentity(inode: 13, birthNanoseconds: 14)

    private func mark(sequence: UInt64 = 8, length: UInt64 = 100) -> Mark {
        Mark(
            sequence: sequence, incarnation: Incarnation(number: 1, random: 9), token: token, length: length,
            head: length == 0 ? Hash256(raw: .zero) : head, database: database, mark: file)
    }

    private func evidence(
        token: Bytes16? = nil, length: UInt64 = 100, headAtMark: Hash256?? = nil, database: FileIdentity? = nil,
        mark: FileIdentity? = nil
    ) -> Doubt.Evidence {
        Doubt.Evidence(
            token: token ?? self.token, length: length, headAtMark: headAtMark ?? head,
            database: database ?? self.database, mark: mark ?? file)
    }

    @Test func `a slot is 128 bytes and comes back`() {
        let mark = mark()
        #expect(mark.slot.count == 128)
        #expect(Mark(slot: mark.slot) == mark)
        #expect(mark.slot[106..<112].allSatisfy { $0 == 0 })
    }

    @Test func `a slot with any bit wrong is none`() {
        let slot = mark().slot
        for index in slot.indices {
            var torn = slot
            torn[index] ^= 1
            #expect(Mark(slot: torn) == nil)
        }
        #expect(Mark(slot: slot.dropLast()) == nil)
        #expect(Mark(slot: [UInt8](repeating: 0, count: 128)) == nil)
    }

    @Test func `the valid slot of the higher sequence counts, and a torn one falls back`() throws {
        let (older, newer) = (mark(sequence: 8), mark(sequence: 9, length: 101))
        #expect(older.slotOffset == 0)
        #expect(newer.slotOffset == 128)
        #expect(Mark.latest(in: older.slot + newer.slot) == newer)
        #expect(Mark.latest(in: mark(sequence: 10).slot + newer.slot) == mark(sequence: 10))
        for written in 0..<128 {
            let torn = newer.slot.prefix(written) + [UInt8](repeating: 0xEE, count: 128 - written)
            #expect(Mark.latest(in: older.slot + torn) == older)
        }
        #expect(Mark.latest(in: older.slot) == older)
        #expect(Mark.latest(in: []) == nil)
        #expect(Mark.latest(in: [UInt8](repeating: 1, count: 256)) == nil)
    }

    @Test func `a mark goes on with the log, over the older slot`() throws {
        let state = try World().founderAuthor().state
        let next = mark(sequence: 8).advanced(to: state)
        #expect(next.sequence == 9)
        #expect(next.head == state.head)
        #expect(next.length == 1)
        #expect(next.token == token)
        #expect(next.slotOffset == 128)
    }

    @Test func `no doubt where all fits, also when the mark lags`() {
        #expect(Doubt.of(mark(), evidence()) == nil)
        #expect(Doubt.of(mark(), evidence(length: 180)) == nil)
        #expect(Doubt.of(mark(length: 0), evidence(length: 0, headAtMark: .some(nil))) == nil)
        #expect(Doubt.of(mark(), evidence(database: FileIdentity(inode: 0, birthNanoseconds: 0))) == nil)
    }

    @Test func `every reason to doubt is told apart`() {
        #expect(Doubt.of(nil, evidence()) == .noMark)
        #expect(Doubt.of(mark(), evidence(token: .zero)) == .otherToken)
        #expect(Doubt.of(mark(), evidence(length: 99)) == .databaseBehind(marked: 100, held: 99))
        #expect(Doubt.of(mark(), evidence(length: 0)) == .databaseBehind(marked: 100, held: 0))
        #expect(Doubt.of(mark(), evidence(headAtMark: .some(nil))) == .otherHistory(at: 100))
        #expect(Doubt.of(mark(), evidence(headAtMark: Hash256(raw: .zero))) == .otherHistory(at: 100))
        let moved = FileIdentity(inode: 99, birthNanoseconds: 12)
        let copied = FileIdentity(inode: 13, birthNanoseconds: 99)
        #expect(Doubt.of(mark(), evidence(database: moved)) == .otherDatabaseFile)
        #expect(Doubt.of(mark(), evidence(mark: copied)) == .otherMarkFile)
    }
}
