import API
import FoundationEssentials
import Glibc

/// The daemon's socket, before anybody writes to it.
enum ControlSocket {
    static func path(home: String) throws(Failure) -> String {
        let runtimeDirectory = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        guard let path = SocketPath.path(home: home, runtimeDirectory: runtimeDirectory) else {
            throw Failure(.homePath, "\(home) is too long for a socket beside it")
        }
        return path
    }

    /// Whoever listens there gets what we send: it has to be our own user's socket.
    ///
    /// - Throws: `E-DAEMON-DOWN` where there is none, and `E-NO-COMMUNITY` where there is no home either, so that nobody is sent
    ///   to start what cannot start; `E-HOME-UNSAFE` where it is somebody else's.
    static func check(_ path: String, home: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            try FoundingBridge.checkCommunity(in: home)
            throw Failure(.daemonDown, "the daemon is not running")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else {
            throw Failure(.homeUnsafe, "\(path) is not a socket of yours")
        }
    }
}
