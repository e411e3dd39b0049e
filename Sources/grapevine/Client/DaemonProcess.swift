import API
import FoundationEssentials
import Glibc

/// `grapevined` as a process of the background.
struct DaemonProcess {
    let pid: pid_t

    /// Starts it in a session of its own, so that it outlives us and our terminal. Both its streams go to the log.
    ///
    /// - Parameter log: An open file; the caller closes it.
    static func spawn(_ arguments: [String], log: Int32) throws(Failure) -> DaemonProcess {
        let program = executable()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, newSession)

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let outcome = posix_spawnp(&pid, program, &actions, &attributes, &words, environ)
        guard outcome == 0 else {
            let reason = String(cString: strerror(outcome))
            throw Failure(
                .daemonStart, "could not start \(program): \(reason)",
                hint: "put grapevined beside grapevine, or in PATH")
        }
        return DaemonProcess(pid: pid)
    }

    /// - Returns: How a child of ours ended, once it has: its exit code, or 128 + the signal.
    func ended() -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    /// It runs, whoever's child it is. One that has ended and waits for its parent to notice does not.
    var isRunning: Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let afterName = line.lastIndex(of: ")")
        else { return true }
        return !line[afterName...].hasPrefix(") Z") && !line[afterName...].hasPrefix(") X")
    }

    /// Beside ourselves, else wherever PATH says.
    private static func executable() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBufferPointer { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        guard count > 0 else { return "grapevined" }
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = String(own[...(own.lastIndex(of: "/") ?? own.startIndex)]) + "grapevined"
        return access(beside, X_OK) == 0 ? beside : "grapevined"
    }

    /// glibc's `POSIX_SPAWN_SETSID`, which its Swift module leaves out.
    private static let newSession: Int16 = 0x80
}
