import API
import Glibc

/// A file that appears whole or not at all.
struct OutputFile: ~Copyable {
    private let path: String
    private let draft: String
    private let file: Int32

    init(_ path: String) throws(Failure) {
        self.path = path
        draft = "\(path).\(getpid()).part"
        file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(.file, "could not write \(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        close(file)
        unlink(draft)
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        try Self.write(bytes, to: file, named: path)
    }

    /// Gives it its name.
    func finish() throws(Failure) {
        guard fsync(file) == 0, rename(draft, path) == 0 else {
            throw Failure(.file, "could not write \(path): \(String(cString: strerror(errno)))")
        }
    }

    static func write(_ bytes: [UInt8], to file: Int32, named name: String) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Failure(.file, "could not write \(name): \(String(cString: strerror(errno)))")
            }
        }
    }
}
