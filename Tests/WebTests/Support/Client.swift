import Foundation
import Glibc

/// A client of the local socket that can also misbehave. Blocking, so on threads of its own.
final class Client: Sendable {
    let descriptor: Int32

    /// Nil, with `errno`, where the socket does not let us.
    init?(_ path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafeBytes(of: &address) {
            connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        guard status == 0 else { return nil }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: False once the other side does not listen any more.
    @discardableResult
    func send(_ text: some StringProtocol) -> Bool {
        send(Array(text.utf8))
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What comes next, empty at the end.
    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    func receiveToEnd() -> String {
        var bytes: [UInt8] = []
        while case let part = receive(), !part.isEmpty { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }
}

/// What a client got.
struct Reply: Sendable {
    /// 0 where nothing came.
    let status: Int
    let head: String
    let body: String

    init(_ text: String) {
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        head = String(parts.first ?? "")
        body = parts.count > 1 ? String(parts[1]) : ""
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

/// Runs what blocks outside of Swift's own threads, which the server needs.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}

/// Sends bytes, reads to the end.
func exchange(_ path: String, _ bytes: [UInt8]) async -> Reply {
    await blocking {
        guard let client = Client(path) else { return Reply("") }
        client.send(bytes)
        return Reply(client.receiveToEnd())
    }
}

func exchange(_ path: String, _ text: String) async -> Reply {
    await exchange(path, Array(text.utf8))
}

func post(_ path: String, _ call: String, _ body: String, fields: String = "") async -> Reply {
    await exchange(
        path,
        "POST \(call) HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
}
