import Foundation

/// A child process with three descriptors of its own.
///
/// Foundation's `Process` keeps descriptors open for every child that ever was, and crashes once they are over a thousand.
final class Child: @unchecked Sendable {
    let processID: pid_t
    private let lock = NSLock()
    private var ending: Int32?

    init(
        _ program: URL, _ arguments: [String], in folder: URL? = nil, input: Int32, output: Int32, errors: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        // Threads of the test library block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        // `env` becomes the program, in another directory.
        let words = (folder.map { ["/usr/bin/env", "-C", $0.path] } ?? []) + [program.path] + arguments
        var strings = words.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var number: pid_t = 0
        let failure = Channel.making.withLock {
            posix_spawn(&number, words[0], &actions, &attributes, &strings, environ)
        }
        guard failure == 0 else { throw SystemFailure(doing: "starting \(program.path)", number: failure) }
        processID = number
    }

    /// The exit status, or 128 and the signal that ended it; nil while it runs.
    var status: Int32? {
        lock.withLock {
            if let ending { return ending }
            var word: Int32 = 0
            guard waitpid(processID, &word, WNOHANG) == processID else { return nil }
            let signal = word & 0x7F
            ending = signal == 0 ? (word >> 8) & 0xFF : 128 + signal
            return ending
        }
    }

    /// Does nothing once it has ended.
    func signal(_ number: Int32) {
        if status == nil { kill(processID, number) }
    }

    /// - Returns: Its status; nil if it still runs after `seconds`.
    func wait(seconds: Double) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            if let status { return status }
            if Date() >= deadline { return nil }
            usleep(2_000)
        }
    }

    /// At once, and it is gone when this returns.
    func end() {
        signal(SIGKILL)
        _ = wait(seconds: 10)
    }
}

/// Two ends of a pipe that no other child inherits.
struct Channel {
    let reading: Int32
    let writing: Int32

    /// Held from a pipe's making until it is marked, and while a child starts: `pipe2` is not to be had here.
    fileprivate static let making = NSLock()

    init() throws {
        var ends: [Int32] = [0, 0]
        let isMade = Self.making.withLock {
            pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else { throw SystemFailure(doing: "making a pipe", number: errno) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// What is there, after at most `seconds`.
    ///
    /// - Returns: Empty at its end; nil where nothing came in time.
    static func read(_ descriptor: Int32, seconds: Double) -> [UInt8]? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(max(0, seconds) * 1_000)) > 0 else { return nil }
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(descriptor, &block, block.count)
        return Array(block.prefix(max(0, count)))
    }
}

struct SystemFailure: Error, CustomStringConvertible {
    let doing: String
    let number: Int32
    var description: String { "\(doing): \(String(cString: strerror(number)))" }
}
