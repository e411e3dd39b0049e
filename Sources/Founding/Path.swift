import Glibc

/// Paths as the shell sees them: absolute and without symbolic links, before anything is judged by them.
enum Path {
    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }

    /// - Returns: (`/a/b`, `c`) of `/a/b/c/`; (`.`, `c`) of `c`; (`/`, ``) of `/`.
    static func split(_ path: String) -> (directory: String, name: String) {
        let trimmed = path.reversed().drop { $0 == "/" }.reversed()
        guard let slash = trimmed.lastIndex(of: "/") else {
            return (path.hasPrefix("/") ? "/" : ".", String(trimmed))
        }
        let directory = String(trimmed[..<slash])
        return (directory.isEmpty ? "/" : directory, String(trimmed[trimmed.index(after: slash)...]))
    }

    /// Nil where nothing is there.
    static func resolvedIfPresent(_ path: String) throws(FoundingError) -> String? {
        guard let resolved = realpath(path, nil) else {
            if errno == ENOENT { return nil }
            throw .system("find", path, errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func resolved(_ path: String) throws(FoundingError) -> String {
        guard let resolved = try resolvedIfPresent(path) else { throw .system("find", path, ENOENT) }
        return resolved
    }

    /// Makes the directories that are missing, each 0700 (as the XDG base directory specification wants them).
    static func makeDirectories(_ path: String) throws(FoundingError) {
        guard try resolvedIfPresent(path) == nil else { return }
        try makeDirectories(split(path).directory)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system("make", path, errno) }
    }

    /// Whoever may rename a directory above ours may put another in its place: all of them belong to root or to us, and nobody
    /// else may write to them, unless the sticky bit keeps names safe.
    ///
    /// - Parameter path: Absolute and resolved.
    static func checkAncestors(of path: String) throws(FoundingError) {
        var directory = path
        while directory != "/" {
            directory = split(directory).directory
            var status = stat()
            guard lstat(directory, &status) == 0 else { throw .system("look at", directory, errno) }
            guard status.st_uid == 0 || status.st_uid == geteuid() else {
                throw .unsafe(directory, "belongs to user \(status.st_uid)", hint: "choose another --home")
            }
            guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
                throw .unsafe(
                    directory, "lets others replace what is in it (mode \(octal(status.st_mode)))",
                    hint: "chmod go-w '\(directory)', or choose another --home")
            }
        }
    }
}
