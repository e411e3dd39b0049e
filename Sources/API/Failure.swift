/// Why a call was not done: a stable code, what happened, and what to type next.
package struct Failure: Error, Codable, Hashable, Sendable {
    package var code: Code
    package var message: String
    package var hint: String

    /// - Parameter hint: What to do about it; the code's own advice unless given.
    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint ?? code.hint
    }

    package var exit: ExitStatus { code.exit }

    /// How it is printed and sent: `{"error":{"code","message","hint"}}`.
    package struct Envelope: Codable, Hashable, Sendable {
        package var error: Failure

        package init(_ error: Failure) {
            self.error = error
        }
    }
}

/// What `grapevine` answers to the shell.
package enum ExitStatus: Int32, Codable, Sendable {
    case ok = 0
    /// The command or a value in it is not understood.
    case usage = 2
    case daemonDown = 3
    case notFound = 4
    /// The community's rules, or the state of the record, say no.
    case refused = 5
    /// Rejected rows; `verify` with problems.
    case partly = 6
    /// Storage or the program itself failed (`EX_SOFTWARE`).
    case failed = 70
}
