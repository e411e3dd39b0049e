import API
import Glibc

/// A file that was not there before: what it holds was made once.
enum NewFile {
    /// - Throws: `E-FILE`, with nothing left, where something has that name or it could not be written.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(.file, "could not write \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        do throws(Failure) {
            try OutputFile.write(bytes, to: file, named: path)
            guard fsync(file) == 0 else {
                throw Failure(.file, "could not write \(path): \(String(cString: strerror(errno)))")
            }
        } catch {
            unlink(path)
            throw error
        }
    }
}
