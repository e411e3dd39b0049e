import API
import FoundationEssentials
import Glibc

/// The daemon's log, where what it prints can be read back.
final class DaemonLog {
    let file: Int32
    private let path: String
    /// Where our daemon's own lines begin.
    private let begin: off_t

    init(home: String) throws(Failure) {
        path = home + "/grapevined.log"
        file = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Failure(.file, "could not open \(path): \(String(cString: strerror(errno)))")
        }
        begin = lseek(file, 0, SEEK_END)
    }

    deinit {
        close(file)
    }

    /// What has been written since it was opened: 64 KiB of it at most.
    func text() -> String {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, begin) }
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}

/// A daemon between its start and its ready line.
struct DaemonStart {
    let daemon: DaemonProcess
    let log: DaemonLog

    /// - Throws: ``Failure``: `E-DAEMON-START`, with the daemon's last words, if it ends first or takes too long.
    func wait() async throws -> ReadyLine {
        let clock = ContinuousClock()
        let start = clock.now
        var isToldToWait = false
        while true {
            if let ready = ReadyLine(in: log.text()) { return ready }
            if let status = daemon.ended() { throw ended(status) }
            let waited = clock.now - start
            guard waited < Self.patience else {
                throw Failure(.daemonStart, "grapevined (process \(daemon.pid)) was not ready within 10 min")
            }
            if waited > Self.usual, !isToldToWait {
                isToldToWait = true
                Console.remark("not ready yet: after an update of Grapevine the whole record is folded anew, once")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func ended(_ status: Int32) -> Failure { Self.failure(status: status, log: log.text()) }

    /// - Parameter log: Events, each a JSON object, and at the end a sentence with what to do in the line after it.
    static func failure(status: Int32, log: String) -> Failure {
        let lines = log.split(separator: "\n")
        var words = lines.filter { !$0.hasPrefix("{") }.map { $0.drop { $0 == " " } }
        guard !words.isEmpty else {
            let last = lines.last.map { ": \($0)" } ?? ""
            return Failure(.daemonStart, "grapevined ended with exit code \(status)\(last)")
        }
        let reason = words.removeFirst()
        return Failure(
            .daemonStart, "grapevined ended with exit code \(status): \(reason)",
            hint: words.isEmpty ? nil : words.joined(separator: " "))
    }

    /// Any start but the first one after an update takes less.
    private static let usual = Duration.seconds(5)
    /// A state of another shape is folded anew first. Measured, 2 busy cores: 118,000 updates take 5 s.
    private static let patience = Duration.seconds(600)
}
