import Glibc

/// A file descriptor that closes itself, and what we ask of one. Errors name the path it was opened by.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32
    let path: String

    /// Takes over what `open` returned.
    init(_ number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit {
        close(number)
    }

    func status() throws(FoundingError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .system("look at", path, errno) }
        return status
    }

    /// - Returns: How many bytes there were, at most `buffer.count`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FoundingError) -> Int {
        var count = 0
        while count < buffer.count {
            let got = pread(number, buffer.baseAddress! + count, buffer.count - count, off_t(count))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system("read", path, errno) }
            guard got > 0 else { break }
            count += got
        }
        return count
    }

    /// What is there from the start, at most `limit` bytes.
    func read(limit: Int) throws(FoundingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FoundingError) in
            try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return Array(bytes.prefix(count))
    }

    func write(_ content: FileContent, at offset: Int = 0) throws(FoundingError) {
        try content.withUnsafeBytes { (bytes) throws(FoundingError) in try write(bytes, at: offset) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FoundingError) {
        var count = 0
        while count < bytes.count {
            let put = pwrite(number, bytes.baseAddress! + count, bytes.count - count, off_t(offset + count))
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw .system("write", path, put < 0 ? errno : EIO) }
            count += put
        }
    }

    /// Durable, with the file's size and times.
    func synchronize() throws(FoundingError) {
        guard fsync(number) == 0 else { throw .system("make durable", path, errno) }
    }

    /// Durable; enough where the size stays.
    func synchronizeData() throws(FoundingError) {
        guard fdatasync(number) == 0 else { throw .system("make durable", path, errno) }
    }
}
