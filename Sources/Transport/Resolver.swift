import Dispatch
import Glibc

/// Names to addresses, by the system. Not with NIO's, whose late answers come back on an event loop that may be gone.
enum Resolver {
    /// Calls back on another thread, when the system sees fit; without addresses if it has none.
    static func resolve(_ name: String, then: @escaping @Sendable ([IPAddress]) -> Void) {
        DispatchQueue.global().async { then(addresses(of: name)) }
    }

    /// In the system's order of preference.
    private static func addresses(of name: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { info in
            info.flatMap {
                IPAddress(socketAddress: UnsafeRawPointer($0.pointee.ai_addr), family: $0.pointee.ai_family)
            }
        }
    }
}

extension IPAddress {
    /// Nil for families other than IPv4 and IPv6.
    init?(socketAddress: UnsafeRawPointer, family: Int32) {
        switch family {
        case AF_INET:
            // `sockaddr_in`: family, port, then the address.
            self.init(v4: UInt32(bigEndian: socketAddress.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6:
            // `sockaddr_in6`: family, port, flow, then the address.
            self.init(
                v6: UInt64(bigEndian: socketAddress.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: socketAddress.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        default:
            return nil
        }
    }
}
