import CPlatform
import Glibc

/// The one process that may write to a home: an advisory lock, held until the value goes or the process ends.
package final class HomeLock: Sendable {
    private let descriptor: Descriptor

    /// - Throws: `E-HOME-LOCKED` while another one holds it.
    init(_ folder: Folder) throws(FoundingError) {
        let file = try folder.openOrCreate(Home.File.lock.rawValue)
        let failure = platform_lock(file.number)
        guard failure == 0 else {
            guard failure == EWOULDBLOCK else { throw .system("lock", file.path, failure) }
            throw .locked(folder.path, by: try Self.holder(in: file).map { "process \($0)" } ?? "another process")
        }
        // For people and for `grapevine stop`; the lock itself is the kernel's.
        guard ftruncate(file.number, 0) == 0 else { throw .system("write", file.path, errno) }
        try file.write(.plain(Array("\(getpid())\n".utf8)))
        descriptor = file
    }

    /// The process that says it holds the lock.
    static func holder(in file: borrowing Descriptor) throws(FoundingError) -> pid_t? {
        let digits = try file.read(limit: 16).prefix { $0 != UInt8(ascii: "\n") }
        return pid_t(String(decoding: digits, as: UTF8.self))
    }
}
