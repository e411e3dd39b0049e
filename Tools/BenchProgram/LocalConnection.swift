import Glibc

/// A connection to a daemon's local API, one question at a time; the daemon closes one that asks nothing. Nothing blocks but ``wait(for:atMost:)``.
final class LocalConnection {
    enum Failure: Error {
        case notConnected(errno: Int32)
        case lost
        case refused(String)
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    /// A question is out.
    private(set) var isBusy = false

    init(socket path: String) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, status == 0 else { throw Failure.notConnected(errno: errno) }
    }

    deinit { close(descriptor) }

    /// - Parameter body: JSON. Small enough for the socket's buffer.
    func ask(_ path: String, _ body: String) throws {
        precondition(!isBusy, "a second question")
        let text = """
            POST /v1/\(path) HTTP/1.1\r
            host: localhost\r
            content-type: application/json\r
            content-length: \(body.utf8.count)\r
            \r
            \(body)
            """
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw Failure.lost }
        isBusy = true
    }

    /// The body of the answer; nil while it is not all here.
    func answer() throws -> String? {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if count > 0 { received += chunk[..<count] }
        guard count > 0 || errno == EAGAIN else { throw Failure.lost }
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound].lowercased()
        guard let field = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
            let length = Int(field.dropFirst(15).trimmingPrefix(" ")), text[end.upperBound...].utf8.count >= length
        else { return nil }
        received = []
        isBusy = false
        guard head.hasPrefix("http/1.1 200") else { throw Failure.refused(String(text[end.upperBound...])) }
        return String(text[end.upperBound...])
    }

    /// Returns when one of them has something to say, or after that long, in whole milliseconds rounded up.
    static func wait(for connections: [LocalConnection], atMost patience: Duration) {
        var polled = connections.filter(\.isBusy).map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        let milliseconds = Int32((max(patience, .zero) / .milliseconds(1)).rounded(.up))
        _ = poll(&polled, nfds_t(polled.count), milliseconds)  // whatever woke us, all are looked at
    }
}
