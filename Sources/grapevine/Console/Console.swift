import API
import Glibc

/// The two streams: what was asked for goes to standard output, everything about it to standard error.
enum Console {
    /// Prints lines for people; each goes through ``display(_:width:)``, whoever wrote it.
    static func show(_ lines: [String]) {
        write(lines.map { display($0) + "\n" }.joined(), to: STDOUT_FILENO)
    }

    static func show(json value: some Encodable) throws {
        write(try JSONText.encode(value) + "\n", to: STDOUT_FILENO)
    }

    static func show(bytes: [UInt8]) {
        write(bytes, to: STDOUT_FILENO)
    }

    /// A remark for people, beside the answer.
    static func remark(_ line: String) {
        write(display(line) + "\n", to: STDERR_FILENO)
    }

    /// Replaces the line the cursor is on. Only for a terminal: ``hasProgress``.
    static func progress(_ line: String) {
        write("\r\u{1B}[K" + display(line), to: STDERR_FILENO)
    }

    static var hasProgress: Bool { isatty(STDERR_FILENO) == 1 }
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Prints why it was not done, where the caller looks for it.
    static func show(_ failure: Failure, asJSON: Bool) {
        if asJSON, let json = try? JSONText.encode(Failure.Envelope(failure)) {
            write(json + "\n", to: STDOUT_FILENO)
        } else {
            remark("\(failure.message) (\(failure.code.rawValue))")
            remark("  try: \(failure.hint)")
        }
    }

    private static func write(_ text: String, to file: Int32) {
        write(Array(text.utf8), to: file)
    }

    /// A reader that has gone ends us, as it would end any other tool in a pipe.
    private static func write(_ bytes: [UInt8], to file: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                exit(errno == EPIPE ? 128 + SIGPIPE : ExitStatus.failed.rawValue)
            }
        }
    }
}
