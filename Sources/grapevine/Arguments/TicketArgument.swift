import API
import FoundationEssentials
import Glibc

/// Where a ticket comes from: it is a secret, so a file or standard input rather than the command itself.
enum TicketArgument {
    /// - Returns: The ticket, without blanks around it.
    static func text(_ argument: String) throws(Failure) -> String {
        let text: String
        switch argument.first {
        case "-" where argument.count == 1: text = try read(STDIN_FILENO, named: "standard input")
        case "@": text = try read(file: String(argument.dropFirst()))
        default:
            Console.remark("A ticket is a secret, and this one is now in your shell's history: better @FILE or -")
            text = argument
        }
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        guard !trimmed.isEmpty else { throw Failure(.ticketMalformed, "there is no ticket in it") }
        return String(trimmed)
    }

    private static func read(file path: String) throws(Failure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(.file, "could not open \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        return try read(file, named: path)
    }

    private static func read(_ file: Int32, named name: String) throws(Failure) -> String {
        guard let text = try FileText.read(file, named: name, byteLimit: byteLimit) else {
            throw Failure(.ticketMalformed, "\(name) is far longer than a ticket")
        }
        return text
    }

    /// The longest ticket is a few kilobytes.
    private static let byteLimit = 64 << 10
}
