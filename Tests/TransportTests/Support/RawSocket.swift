import Dispatch
import Glibc
import Transport

struct SocketFailure: Error {
    let call: String
    let code = errno
}

/// A blocking socket, as an attacker has it.
final class RawSocket: @unchecked Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects, or throws.
    init(from source: String = "127.66.0.1", to address: Address) throws {
        descriptor = try Self.make()
        let local = Self.ipv4(source, port: 0)
        try Self.check("bind", Self.with(local) { bind(descriptor, $0, $1) })
        let remote = Self.ipv4(address.host, port: address.port)
        try Self.check("connect", Self.with(remote) { connect(descriptor, $0, $1) })
    }

    static func listening(on host: String = "127.66.0.1") throws -> RawSocket {
        let socket = RawSocket(descriptor: try make())
        let local = ipv4(host, port: 0)
        try check("bind", with(local) { bind(socket.descriptor, $0, $1) })
        try check("listen", listen(socket.descriptor, 16))
        return socket
    }

    func accepted() throws -> RawSocket {
        let descriptor = accept(descriptor, nil, nil)
        try Self.check("accept", descriptor)
        return RawSocket(descriptor: descriptor)
    }

    var localAddress: Address {
        get throws {
            var address = Self.ipv4("0.0.0.0", port: 0)
            var size = socklen_t(address.count)
            let status = address.withUnsafeMutableBytes {
                getsockname(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
            try Self.check("getsockname", status)
            let host = address[4..<8].map(String.init).joined(separator: ".")
            return try Address(parsing: "\(host):\(Int(address[2]) << 8 | Int(address[3]))")
        }
    }

    /// - Returns: False when the other side is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(frame: [UInt8]) -> Bool {
        write([UInt8(frame.count >> 8), UInt8(frame.count & 0xff)] + frame)
    }

    /// What came until there were `count` bytes, or the end, or `seconds` without any.
    func read(_ count: Int, seconds: Double = 5) -> [UInt8] {
        setTimeout(seconds)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < count {
            let got = recv(descriptor, &chunk, min(chunk.count, count - bytes.count), 0)
            guard got > 0 else { break }
            bytes += chunk.prefix(got)
        }
        return bytes
    }

    /// Nil at the end.
    func readFrame(seconds: Double = 5) -> [UInt8]? {
        let length = read(2, seconds: seconds)
        guard length.count == 2 else { return nil }
        let count = Int(length[0]) << 8 | Int(length[1])
        let frame = read(count, seconds: seconds)
        return frame.count == count ? frame : nil
    }

    /// - Returns: What came, and whether the other side closed.
    func readToEnd(seconds: Double) -> (bytes: [UInt8], isClosed: Bool) {
        setTimeout(seconds)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = recv(descriptor, &chunk, chunk.count, 0)
            if got > 0 {
                bytes += chunk.prefix(got)
            } else {
                return (bytes, got == 0 || (errno != EAGAIN && errno != EINTR))
            }
        }
    }

    /// Without waiting.
    var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        let got = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
    }

    /// Wakes whoever reads.
    func shut() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func setTimeout(_ seconds: Double) {
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func make() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try check("socket", descriptor)
        return descriptor
    }

    /// `sockaddr_in`, byte for byte: which module owns its fields depends on who else is imported.
    private static func ipv4(_ host: String, port: UInt16) -> [UInt8] {
        let family = withUnsafeBytes(of: sa_family_t(AF_INET)) { Array($0) }
        let numbers = host.split(separator: ".").compactMap { UInt8($0) }
        precondition(numbers.count == 4, "\(host) is not an IPv4 address")
        return family + [UInt8(port >> 8), UInt8(port & 0xff)] + numbers + [UInt8](repeating: 0, count: 8)
    }

    private static func with(_ address: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        address.withUnsafeBytes { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return body(pointer, socklen_t(bytes.count))
        }
    }

    private static func check(_ call: String, _ status: Int32) throws {
        if status < 0 { throw SocketFailure(call: call) }
    }
}

/// Runs what blocks where it blocks nobody else.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Swift.Result(catching: body))
        }
    }
}
