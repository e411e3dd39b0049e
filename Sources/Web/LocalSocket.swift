import API
import CPlatform
import Glibc

/// Why the local API has no place to listen.
package enum LocalSocketError: Error, Equatable, Sendable {
    case pathTooLong(String, byteLimit: Int)
    /// The directory, or one above it, lets another user put something in the socket's place.
    case directoryUnsafe(String, reason: String)
    /// Neither followed nor deleted.
    case occupied(String)
    case system(String, path: String, errno: Int32)
}

extension LocalSocketError {
    /// Whether somebody has to look at the home before a daemon may start in it.
    package var isUnsafe: Bool {
        switch self {
        case .directoryUnsafe, .occupied: true
        case .pathTooLong, .system: false
        }
    }
}

/// A unix socket that only its owner can reach, bound and listening.
///
/// A socket left by a process that is gone is replaced: the caller holds the home's lock, so that nobody else is using it.
struct LocalSocket: ~Copyable {
    let path: String
    /// Whoever takes it closes it.
    let descriptor: Int32

    init(bindingAt path: String) throws(LocalSocketError) {
        guard path.utf8.count <= SocketPath.byteLimit else {
            throw .pathTooLong(path, byteLimit: SocketPath.byteLimit)
        }
        try Self.prepareDirectory(of: path)
        try Self.removeStaleSocket(at: path)

        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .system("make a socket for", path: path, errno: errno) }
        do throws(LocalSocketError) {
            try Self.bind(descriptor, to: path)
            guard listen(descriptor, Limits.backlog) == 0 else {
                throw .system("listen on", path: path, errno: errno)
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    /// Takes the name away. While the caller holds the home's lock it is ours.
    func removeName() {
        unlink(path)
    }

    private static func bind(_ descriptor: Int32, to path: String) throws(LocalSocketError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        // The mode is the umask's to decide, and it must be right from the first moment on. Other threads' files are at worst
        // closed to others, too.
        let before = umask(0o177)
        let status = withUnsafeBytes(of: &address) {
            Glibc.bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        let failure = errno
        umask(before)
        guard status == 0 else { throw .system("bind", path: path, errno: failure) }
    }

    private static func removeStaleSocket(at path: String) throws(LocalSocketError) {
        guard let status = try status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .occupied(path) }
        guard unlink(path) == 0 else { throw .system("remove", path: path, errno: errno) }
    }

    /// Of the name itself: links are not followed. Nil where nothing has it.
    private static func status(of path: String) throws(LocalSocketError) -> stat? {
        var status = stat()
        if lstat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw .system("look at", path: path, errno: errno) }
        return nil
    }

    // MARK: The directory

    /// Makes it where it is missing (below `XDG_RUNTIME_DIR`), and checks it like a key's.
    private static func prepareDirectory(of path: String) throws(LocalSocketError) {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw .system("make", path: directory, errno: errno)
        }
        guard let real = realpath(directory, nil) else { throw .system("find", path: directory, errno: errno) }
        defer { free(real) }
        var checked = String(cString: real)
        guard let status = try status(of: checked) else { throw .system("find", path: checked, errno: ENOENT) }
        guard status.st_uid == geteuid() else { throw .directoryUnsafe(checked, reason: "belongs to another user") }
        guard status.st_mode & 0o077 == 0 else { throw .directoryUnsafe(checked, reason: "is open to others") }
        while checked != "/" {
            checked = String(checked[..<(checked.lastIndex(of: "/") ?? checked.startIndex)])
            if checked.isEmpty { checked = "/" }
            guard let status = try Self.status(of: checked) else { continue }
            let isOurs = status.st_uid == 0 || status.st_uid == geteuid()
            let isClosed = status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0
            guard isOurs, isClosed else {
                throw .directoryUnsafe(checked, reason: "lets others replace what is in it")
            }
        }
    }
}

/// Who connected, as the kernel says.
enum PeerCredentials {
    /// Whether the other end of a connected unix socket is a process of our own user.
    static func areOurs(_ descriptor: Int32) -> Bool {
        var uid: uid_t = 0
        var pid: pid_t = 0
        return platform_peer_credentials(descriptor, &uid, &pid) == 0 && uid == geteuid()
    }
}

extension LocalSocketError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pathTooLong(let path, let byteLimit): "the socket's path is longer than \(byteLimit) bytes: \(path)"
        case .directoryUnsafe(let path, let reason): "\(path) \(reason)"
        case .occupied(let path): "\(path) is in the way, and is no socket"
        case .system(let doing, let path, let number):
            "could not \(doing) \(path): \(String(cString: strerror(number)))"
        }
    }
}
