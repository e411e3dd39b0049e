import API
import FoundationEssentials
import Glibc

/// Where a signed order comes from.
enum OrderArgument {
    /// - Parameter argument: A file (`@FILE` too), or `-`.
    static func text(_ argument: String) throws(Failure) -> String {
        if argument == "-" { return try read(STDIN_FILENO, named: "standard input") }
        let path = argument.hasPrefix("@") ? String(argument.dropFirst()) : argument
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(.file, "could not open \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        return try read(file, named: path)
    }

    private static func read(_ file: Int32, named name: String) throws(Failure) -> String {
        var bytes = [UInt8](repeating: 0, count: byteLimit + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw Failure(.file, "could not read \(name): \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            count += got
        }
        guard count <= byteLimit else { throw Failure(.orderMalformed, "\(name) is far longer than an order") }
        guard count > 0 else { throw Failure(.orderMalformed, "there is no order in \(name)") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The longest order is some kilobytes.
    private static let byteLimit = 32 << 10
}
