import AuthorLog
import Community
import GRDB
import Glibc

/// Operations sorted by lanes, in a file without a name that is gone with the process; of each lane one chunk is in memory.
///
/// So the log is read once, and not once for each lane.
final class LaneSpool {
    /// Of which bundle operations are.
    struct Heading: Equatable {
        let log: LogNumber
        let position: UInt64
        /// Length of the log with the bundle.
        let end: UInt64
        let time: HybridTime
        /// The bundle presents a right.
        let isPresent: Bool
    }

    fileprivate struct Lane {
        /// Headings of five words, each before its operations; of these each has its index in the bundle before it.
        var chunk: [UInt8] = []
        /// The last one, and where in the chunk it counts its operations.
        var heading: Heading?
        var count = 0
        var stored: [(offset: Int, byteCount: Int)] = []
    }

    private let file: CInt
    private var byteCount = 0
    private var lanes: [Lane]

    /// - Parameter database: The file lies beside it, on the disk that has room for its log.
    init(lanes count: Int, beside database: Database) throws {
        let path = try String.fetchOne(database, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'")
        var name = Array("\(path ?? "").fold.XXXXXX".utf8CString)
        file = mkstemp(&name)
        lanes = Array(repeating: Lane(), count: count)
        guard file >= 0 else { throw Self.failure }
        unlink(name)
    }

    deinit { close(file) }

    // MARK: Writing

    /// - Parameters:
    ///   - operation: As in the bundle's body.
    ///   - index: Its place in the bundle.
    func append(_ operation: UnsafeRawBufferPointer, index: Int, of heading: Heading, to number: Int) throws {
        if lanes[number].chunk.count + operation.count > StorageLimits.spoolChunkBytes { try store(number) }
        lanes[number].append(operation, index: index, of: heading)
    }

    private func store(_ number: Int) throws {
        let chunk = lanes[number].chunk
        var done = 0
        while done < chunk.count {
            let written = chunk.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(done))
                return pwrite(file, rest.baseAddress, rest.count, off_t(byteCount + done))
            }
            guard written > 0 else { throw Self.failure }
            done += written
        }
        lanes[number].stored.append((byteCount, done))
        byteCount += done
        lanes[number].chunk.removeAll(keepingCapacity: true)
        lanes[number].heading = nil
    }

    // MARK: Reading

    /// Calls `body` with each bundle of a lane, and the operations of it that are in the lane, in the order in which they came.
    ///
    /// - Parameter read: What is made of an operation, whose bytes are gone afterwards.
    func forEach<Value>(
        in number: Int, reading read: (LyingOperation) -> Value,
        _ body: (Heading, [(position: UInt64, operation: Value)]) throws -> Void
    ) throws {
        try store(number)
        for (offset, byteCount) in lanes[number].stored {
            let chunk = try [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
                while count < byteCount {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let got = pread(file, rest.baseAddress, rest.count, off_t(offset + count))
                    guard got > 0 else { throw Self.failure }
                    count += got
                }
            }
            try chunk.withUnsafeBytes { try Self.forEach(in: $0, reading: read, body) }
        }
    }

    private static func forEach<Value>(
        in chunk: UnsafeRawBufferPointer, reading read: (LyingOperation) -> Value,
        _ body: (Heading, [(position: UInt64, operation: Value)]) throws -> Void
    ) throws {
        var offset = 0
        func word() -> UInt64 {
            defer { offset += 8 }
            return chunk.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        while offset < chunk.count {
            let heading = Heading(
                log: LogNumber(bitPattern: word()), position: word(), end: word(), time: HybridTime(rawValue: word()),
                isPresent: word() != 0)
            let operations = try (0..<word()).map { _ in
                let position = heading.position &+ word()
                let operation = try LyingOperation(firstIn: UnsafeRawBufferPointer(rebasing: chunk[offset...]))
                offset += operation.bytes.count
                return (position: position, operation: read(operation))
            }
            try body(heading, operations)
        }
    }

    private static var failure: StorageError {
        errno == ENOSPC ? .diskIsFull : .disk("sorting operations by lanes: \(String(cString: strerror(errno)))")
    }
}

extension LaneSpool.Lane {
    mutating func append(
        _ operation: UnsafeRawBufferPointer, index: Int, of heading: LaneSpool.Heading
    ) {
        if heading != self.heading {
            self.heading = heading
            for word in [
                UInt64(bitPattern: heading.log), heading.position, heading.end, heading.time.rawValue,
                heading.isPresent ? 1 : 0, 0,
            ] { append(word) }
            count = chunk.count - 8
        }
        chunk.withUnsafeMutableBytes { bytes in
            let before = bytes.loadUnaligned(fromByteOffset: count, as: UInt64.self)
            bytes.storeBytes(of: before + 1, toByteOffset: count, as: UInt64.self)
        }
        append(UInt64(index))
        chunk.append(contentsOf: operation)
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word) { chunk.append(contentsOf: $0) }
    }
}
