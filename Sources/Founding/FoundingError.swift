import AuthorLog
import Glibc

/// Why a home was not made, joined or opened: a stable code, what happened, and what to do. Never holds a secret.
package struct FoundingError: Error, Equatable, Sendable {
    /// What kind of no it is, for the exit code.
    package enum Outcome: Sendable {
        case usage, notFound, refused, failed
    }

    /// `E-…`
    package let code: String
    package let message: String
    package let hint: String
    package let outcome: Outcome
}

extension FoundingError {
    static func noCommunity(at path: String) -> FoundingError {
        FoundingError(
            code: "E-NO-COMMUNITY", message: "there is no community in \(path)",
            hint: "found one with `grapevine init`, or join one with `grapevine join`", outcome: .notFound)
    }

    static func homeExists(_ path: String, holds charter: Charter) -> FoundingError {
        FoundingError(
            code: "E-HOME-EXISTS",
            message: "\(path) already holds the community \"\(charter.title)\" (\(charter.id))",
            hint: "choose another --home for another community", outcome: .refused)
    }

    static func notEmpty(_ path: String, _ name: String) -> FoundingError {
        FoundingError(
            code: "E-HOME-EXISTS", message: "\(path) is not empty: it holds \(name)",
            hint: "choose another --home", outcome: .refused)
    }

    static func unsafe(_ path: String, _ reason: String, hint: String) -> FoundingError {
        FoundingError(code: "E-HOME-UNSAFE", message: "\(path) \(reason)", hint: hint, outcome: .refused)
    }

    static func locked(_ path: String, by holder: String) -> FoundingError {
        FoundingError(
            code: "E-HOME-LOCKED", message: "already running: \(holder) holds \(path)",
            hint: "stop it first with `grapevine stop`", outcome: .refused)
    }

    static func holdsRootKey(_ path: String) -> FoundingError {
        FoundingError(
            code: "E-ROOT-KEY-INSIDE", message: "\(path) is a root key, and a node never holds one",
            hint: "move it to a medium you keep offline", outcome: .refused)
    }

    static func rootKeyExists(_ path: String) -> FoundingError {
        FoundingError(
            code: "E-ROOT-KEY-EXISTS", message: "\(path) exists, and a key file is never overwritten",
            hint: "choose another file with --root-key", outcome: .refused)
    }

    /// A file of the home that is not what we wrote there.
    static func damaged(_ path: String, _ reason: String) -> FoundingError {
        FoundingError(
            code: "E-HOME-DAMAGED", message: "\(path) \(reason)", hint: "restore it from a backup of the home",
            outcome: .failed)
    }

    private static let diskFull = "E-DISK-FULL"
    package var isDiskFull: Bool { code == Self.diskFull }

    /// - Parameter doing: What we were about, like `read`.
    static func system(_ doing: String, _ path: String, _ number: Int32) -> FoundingError {
        FoundingError(
            code: number == ENOSPC || number == EDQUOT ? diskFull : "E-FILE",
            message: "could not \(doing) \(path): \(String(cString: strerror(number)))",
            hint: "check the path, its permissions and the space left", outcome: .failed)
    }
}
