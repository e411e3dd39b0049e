import NIOCore

/// An IPv4 or IPv6 address. IPv4 in IPv6's clothes (`::ffff:1.2.3.4`, as a socket for both sees it) is IPv4.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    private enum Value: Hashable { case v4(UInt32), v6(UInt64, UInt64) }

    private let value: Value

    package init(v4 bits: UInt32) {
        value = .v4(bits)
    }

    package init(v6 high: UInt64, _ low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xffff
        value = isMapped ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high, low)
    }

    /// Nil for a name, or an address with a zone.
    package init?(parsing text: String) {
        // Why it failed is not asked here.
        guard !text.contains("%"), let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        self.init(address)
    }

    /// Nil for a Unix socket.
    init?(_ address: SocketAddress) {
        let ip = address.withSockAddr { pointer, _ in
            IPAddress(socketAddress: UnsafeRawPointer(pointer), family: Int32(address.protocol.rawValue))
        }
        guard let ip else { return nil }
        self = ip
    }

    /// What one customer has: an IPv4 address, an IPv6 /64.
    package var host: IPAddress {
        switch value {
        case .v4: self
        case .v6(let high, _): IPAddress(v6: high, 0)
        }
    }

    /// What one network has: an IPv4 /24, an IPv6 /48.
    package var network: IPAddress {
        switch value {
        case .v4(let bits): IPAddress(v4: bits & 0xffff_ff00)
        case .v6(let high, _): IPAddress(v6: high & 0xffff_ffff_ffff_0000, 0)
        }
    }

    /// False for unspecified, multicast, link-local, reserved and broadcast addresses.
    package var isDialable: Bool {
        switch value {
        case .v4(let bits): bits >> 24 != 0 && bits >> 28 < 0xe && bits >> 16 != 0xa9fe
        case .v6(let high, let low): (high, low) != (0, 0) && high >> 56 != 0xff && high >> 54 != 0x3fa
        }
    }

    package var description: String {
        switch value {
        case .v4(let bits):
            return "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
        case .v6(let high, let low):
            var bytes = ByteBuffer()
            bytes.writeInteger(high)
            bytes.writeInteger(low)
            let address = try? SocketAddress(packedIPAddress: bytes, port: 0)  // 16 bytes are an address
            return address?.ipAddress ?? ""
        }
    }
}
