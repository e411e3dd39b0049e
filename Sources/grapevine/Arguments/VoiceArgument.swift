import API
import Glibc

/// What somebody wants to say: the argument itself, or standard input where it is `-`, for what has several lines.
enum VoiceArgument {
    static func text(_ argument: String) throws(Failure) -> String {
        guard argument == "-" else { return argument }
        guard let text = try FileText.read(STDIN_FILENO, named: "standard input", byteLimit: byteLimit) else {
            throw Failure(.text, "standard input is far longer than a post can be")
        }
        return text
    }

    /// Several times what is kept, so that the daemon can say how much too long it is.
    private static let byteLimit = 64 << 10
}
