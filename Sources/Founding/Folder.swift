import AuthorLog
import CPlatform
import Glibc
import Identity

/// An open directory. Its files are reached through it and never by a path, so nobody can swap the directory in between.
///
/// A file in it is ours alone or it is refused: regular, no symbolic link, owned by us, mode 0600 or less, one name.
final class Folder: Sendable {
    /// Absolute, without symbolic links.
    let path: String
    private let descriptor: Descriptor

    /// Follows symbolic links to the directory, then none.
    init(_ path: String) throws(FoundingError) {
        let path = try Path.resolved(path)
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .system("open", path, errno) }
        self.path = path
        descriptor = Descriptor(number, path: path)
    }

    func path(of name: String) -> String {
        Path.join(path, name)
    }

    // MARK: The directory itself

    /// Ours, closed to others, and with nothing above it that another user could put something else in place of.
    func checkPrivate() throws(FoundingError) {
        let status = try descriptor.status()
        guard status.st_uid == geteuid() else {
            throw .unsafe(path, "belongs to user \(status.st_uid)", hint: "the home must be your own")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .unsafe(path, "is open to others (mode \(octal(status.st_mode)))", hint: "chmod 700 '\(path)'")
        }
        try Path.checkAncestors(of: path)
    }

    /// Takes a directory of ours away from all others.
    func closeToOthers() throws(FoundingError) {
        guard try descriptor.status().st_uid == geteuid() else { return try checkPrivate() }
        guard fchmod(descriptor.number, 0o700) == 0 else { throw .system("chmod", path, errno) }
    }

    /// Makes new names durable.
    func synchronize() throws(FoundingError) {
        try descriptor.synchronize()
    }

    /// Bytes that this user may still write on its disk.
    func freeByteCount() throws(FoundingError) -> UInt64 {
        var status = statvfs()
        guard fstatvfs(descriptor.number, &status) == 0 else { throw .system("look at", path, errno) }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Of a file in it that is not to be opened; 0 where there is none.
    ///
    /// Closing any descriptor of a database's file would end the locks that SQLite holds on it.
    func byteCount(of name: String) throws(FoundingError) -> UInt64 {
        var status = stat()
        guard fstatat(descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .system("look at", path(of: name), errno) }
            return 0
        }
        return UInt64(clamping: status.st_size)
    }

    /// The names in it, sorted, without `.` and `..`.
    func names() throws(FoundingError) -> [String] {
        let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0, let stream = fdopendir(number) else { throw .system("list", path, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    // MARK: Files

    /// Whether anything has the name, a dangling link included.
    func contains(_ name: String) throws(FoundingError) -> Bool {
        var status = stat()
        if fstatat(descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return true }
        guard errno == ENOENT else { throw .system("look at", path(of: name), errno) }
        return false
    }

    /// Opens a file that is ours alone.
    ///
    /// - Returns: Nil where nothing has the name.
    func open(_ name: String, writing: Bool = false) throws(FoundingError) -> Descriptor? {
        let path = path(of: name)
        // Without O_NONBLOCK a fifo would hold us here.
        let flags = (writing ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let number = openat(descriptor.number, name, flags)
        guard number >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .unsafe(path, "is a symbolic link", hint: "put the file itself there")
            case ENXIO: throw .unsafe(path, "is not a regular file", hint: "remove it")
            default: throw .system("open", path, errno)
            }
        }
        let file = Descriptor(number, path: path)
        try Self.checkPrivate(try file.status(), path: path)
        return file
    }

    private static func checkPrivate(_ status: stat, path: String) throws(FoundingError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unsafe(path, "is not a regular file", hint: "remove it")
        }
        guard status.st_uid == geteuid() else {
            throw .unsafe(path, "belongs to user \(status.st_uid)", hint: "every file of the home must be your own")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .unsafe(path, "is open to others (mode \(octal(status.st_mode)))", hint: "chmod 600 '\(path)'")
        }
        guard status.st_nlink == 1 else {
            throw .unsafe(path, "has \(status.st_nlink) names (hard links)", hint: "remove the others")
        }
    }

    /// - Returns: Nil where nothing has the name.
    func read(_ name: String, limit: Int) throws(FoundingError) -> [UInt8]? {
        guard let file = try open(name) else { return nil }
        let bytes = try file.read(limit: limit + 1)
        guard bytes.count <= limit else { throw .damaged(path(of: name), "is longer than \(limit) bytes") }
        return bytes
    }

    /// Like ``read(_:limit:)``, and the bytes touch no ordinary memory. Zeros follow where the file is shorter.
    func readSecret(_ name: String, limit: Int) throws(FoundingError) -> SecretBytes? {
        guard let file = try open(name) else { return nil }
        guard try file.status().st_size <= limit else {
            throw .damaged(path(of: name), "is longer than \(limit) bytes")
        }
        return try SecretBytes(byteCount: limit) { (buffer) throws(FoundingError) in _ = try file.read(into: buffer) }
    }

    /// Makes a file of mode 0600, whatever the umask, and makes its bytes durable. The name is durable after ``synchronize()``.
    ///
    /// - Returns: False, with nothing touched, where something has the name.
    func create(_ name: String, _ content: FileContent) throws(FoundingError) -> Bool {
        let path = path(of: name)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = openat(descriptor.number, name, flags, 0o600)
        guard number >= 0 else {
            if errno == EEXIST { return false }
            throw .system("make", path, errno)
        }
        let file = Descriptor(number, path: path)
        do throws(FoundingError) {
            guard fchmod(file.number, 0o600) == 0 else { throw .system("chmod", path, errno) }
            try file.write(content)
            try file.synchronize()
        } catch {
            remove(name)
            throw error
        }
        return true
    }

    func rename(_ name: String, to other: String) throws(FoundingError) {
        guard renameat(descriptor.number, name, descriptor.number, other) == 0 else {
            throw .system("rename", path(of: name), errno)
        }
    }

    /// For undoing; that it fails is not worse than what is being undone.
    func remove(_ name: String) {
        unlinkat(descriptor.number, name, 0)
    }

    /// Opens a file for writing, and makes it where it is missing.
    func openOrCreate(_ name: String) throws(FoundingError) -> Descriptor {
        _ = try create(name, .plain([]))
        guard let file = try open(name, writing: true) else { throw .system("open", path(of: name), ENOENT) }
        return file
    }

    /// - Returns: Nil where nothing has the name.
    func identity(of name: String) throws(FoundingError) -> FileIdentity? {
        var inode: UInt64 = 0
        var birth: UInt64 = 0
        switch platform_file_identity(descriptor.number, name, &inode, &birth) {
        case 0: return FileIdentity(inode: inode, birthNanoseconds: birth)
        case ENOENT: return nil
        case let failure: throw .system("look at", path(of: name), failure)
        }
    }

    /// Whether a file begins like a root secret. Files of other users, links and pipes do not matter here.
    func isRootKey(_ name: String) throws(FoundingError) -> Bool {
        let number = openat(descriptor.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return false }
        let file = Descriptor(number, path: path(of: name))
        guard try file.status().st_mode & S_IFMT == S_IFREG else { return false }
        let start = try SecretBytes(byteCount: Limits.sniffByteCount) { (buffer) throws(FoundingError) in
            _ = try file.read(into: buffer)
        }
        return start.withUnsafeBytes { KeyFile.isRootSecret($0) }
    }
}

func octal(_ mode: mode_t) -> String {
    String(mode & 0o7777, radix: 8)
}
