import API
import Glibc

/// Bytes from front to back, a block at a time.
protocol ByteSource: AnyObject {
    /// Appends at least a byte, or says that there are no more.
    func read(into buffer: inout [UInt8]) throws(Failure) -> Bool
}

/// A file as it lies there, or standard input.
final class FileSource: ByteSource {
    /// Bytes in the file; nil where nobody can know, as in a pipe.
    let size: Int?
    private(set) var bytesRead = 0
    private let name: String
    private let file: Int32
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSource.blockBytes, alignment: 8)
    /// Read ahead, to look at the beginning.
    private var ahead: [UInt8] = []

    /// - Parameter path: `-` for standard input.
    init(path: String) throws(Failure) {
        name = path == "-" ? "standard input" : path
        file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(.file, "could not open \(path): \(String(cString: strerror(errno)))") }
        var status = stat()
        let isRegular = fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int(status.st_size) : nil
    }

    deinit {
        if file > STDIN_FILENO { close(file) }
        block.deallocate()
    }

    /// Whether it begins with gzip's two bytes, whatever it is called.
    func isGzip() throws(Failure) -> Bool {
        while ahead.count < 2, try readBlock(into: &ahead) {}
        return ahead.starts(with: [0x1F, 0x8B])
    }

    func read(into buffer: inout [UInt8]) throws(Failure) -> Bool {
        guard ahead.isEmpty else {
            buffer += ahead
            ahead = []
            return true
        }
        return try readBlock(into: &buffer)
    }

    private func readBlock(into buffer: inout [UInt8]) throws(Failure) -> Bool {
        var count: Int
        repeat { count = Glibc.read(file, block.baseAddress, block.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Failure(.file, "could not read \(name): \(String(cString: strerror(errno)))") }
        buffer.append(contentsOf: block[..<count])
        bytesRead += count
        return count > 0
    }

    /// Big enough that calls cost nothing, small beside a part. A guess.
    static let blockBytes = 256 << 10
}
