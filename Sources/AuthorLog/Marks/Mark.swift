package import Identity

/// What a file system tells two files apart by. Zero where it does not tell.
package struct FileIdentity: Hashable, Sendable {
    package let inode: UInt64
    package let birthNanoseconds: UInt64

    package init(inode: UInt64, birthNanoseconds: UInt64) {
        self.inode = inode
        self.birthNanoseconds = birthNanoseconds
    }

    /// Zero fits anything.
    func fits(_ recorded: FileIdentity) -> Bool {
        (inode == recorded.inode || inode == 0 || recorded.inode == 0)
            && (birthNanoseconds == recorded.birthNanoseconds || birthNanoseconds == 0
                || recorded.birthNanoseconds == 0)
    }
}

/// How far one's own log was, written beside the key and not into the database: whoever restores an old database is found out.
///
/// A mark is written after each durable commit and before the first byte leaves, so it may lag the database, never lead it.
package struct Mark: Hashable, Sendable {
    package static let slotByteCount = 128
    package static let fileByteCount = 2 * slotByteCount
    private static let hashedByteCount = slotByteCount - Bytes16.byteCount

    package let sequence: UInt64
    package let incarnation: Incarnation
    /// Also in the database.
    package let token: Bytes16
    package let length: UInt64
    package let head: Hash256
    package let database: FileIdentity
    package let mark: FileIdentity

    package init(
        sequence: UInt64, incarnation: Incarnation, token: Bytes16, length: UInt64, head: Hash256,
        database: FileIdentity, mark: FileIdentity
    ) {
        self.sequence = sequence
        self.incarnation = incarnation
        self.token = token
        self.length = length
        self.head = head
        self.database = database
        self.mark = mark
    }

    /// Nil where the slot is torn or was never written.
    package init?(slot: some Collection<UInt8>) {
        let slot = [UInt8](slot)
        guard slot.count == Self.slotByteCount else { return nil }
        let hashed = [UInt8](slot.prefix(Self.hashedByteCount))
        guard BLAKE2b.hash128(hashed, personal: .mark) == Bytes16(slot.suffix(Bytes16.byteCount)) else { return nil }
        var reader = ByteReader(hashed)
        do throws(ByteReaderError) {
            try self.init(fields: &reader)
        } catch {
            return nil
        }
    }

    private init(fields reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            sequence: try reader.u64(), incarnation: try reader.incarnation(), token: try reader.raw(),
            length: try reader.u64(), head: try reader.fixed(),
            database: FileIdentity(inode: try reader.u64(), birthNanoseconds: try reader.u64()),
            mark: FileIdentity(inode: try reader.u64(), birthNanoseconds: try reader.u64()))
    }

    package var slot: [UInt8] {
        var slot: [UInt8] = []
        slot.reserveCapacity(Self.slotByteCount)
        slot.appendBigEndian(sequence)
        incarnation.append(to: &slot)
        token.append(to: &slot)
        slot.appendBigEndian(length)
        head.append(to: &slot)
        for file in [database, mark] {
            slot.appendBigEndian(file.inode)
            slot.appendBigEndian(file.birthNanoseconds)
        }
        slot.append(contentsOf: repeatElement(0, count: Self.hashedByteCount - slot.count))
        BLAKE2b.hash128(slot, personal: .mark).append(to: &slot)
        return slot
    }

    /// Where in the file this mark goes: over the older slot, never over the one before it.
    package var slotOffset: Int {
        sequence.isMultiple(of: 2) ? 0 : Self.slotByteCount
    }

    /// The valid slot of the higher sequence; nil where neither is valid.
    package static func latest(in file: [UInt8]) -> Mark? {
        let slots = [file.prefix(slotByteCount), file.dropFirst(slotByteCount).prefix(slotByteCount)]
        return slots.compactMap { Mark(slot: $0) }.max { $0.sequence < $1.sequence }
    }

    /// The mark to write after a commit.
    package func advanced(to state: LogState) -> Mark {
        Mark(
            sequence: sequence &+ 1, incarnation: state.log.incarnation, token: token, length: state.length,
            head: state.head, database: database, mark: mark)
    }
}
