package enum AddressError: Error, Equatable, Sendable, CustomStringConvertible {
    case portMissing(String)
    case portNotANumber(String)
    case bracketsMissing(String)
    case bracketNotClosed(String)
    case notAnIPv6Address(String)
    case notAnIPv4Address(String)
    case notAHostName(String)

    package var description: String {
        switch self {
        case .portMissing(let text): "“\(text)” has no port: write host:port"
        case .portNotANumber(let text): "“\(text)” is not a port: write a number from 0 to 65535"
        case .bracketsMissing(let text): "“\(text)” has several colons: write an IPv6 address as [address]:port"
        case .bracketNotClosed(let text): "“\(text)” opens a bracket and does not close it: write [address]:port"
        case .notAnIPv6Address(let text): "“\(text)” is not an IPv6 address"
        case .notAnIPv4Address(let text):
            "“\(text)” ends like an IPv4 address and is none: write four numbers from 0 to 255"
        case .notAHostName(let text): "“\(text)” is neither a host name nor an IP address"
        }
    }
}

/// Where to listen or dial: `host:port`, `1.2.3.4:port` or `[v6]:port`.
///
/// Only what has one meaning: no `127.1` or `0x7f000001`, which resolvers take for addresses, no zones, no names of services.
package struct Address: Hashable, Sendable, CustomStringConvertible {
    /// A name, or an IP address without brackets.
    package let host: String
    package let port: UInt16
    /// Nil for a name.
    package let ip: IPAddress?

    package init(parsing text: String) throws(AddressError) {
        let (host, port) = try Self.split(text)
        self.port = port
        self.host = host.text
        switch host {
        case .bracketed(let text):
            guard let ip = IPAddress(parsing: text), text.contains(":") else { throw .notAnIPv6Address(text) }
            self.ip = ip
        case .bare(let text):
            ip = try Self.checked(text)
        }
    }

    package init(ip: IPAddress, port: UInt16) {
        self.host = ip.description
        self.port = port
        self.ip = ip
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// False where a dial would reach nobody, everybody, or what only this machine's network knows. Of a name it is known
    /// when it has been resolved.
    package var isDialable: Bool { port != 0 && ip?.isDialable != false }

    private enum Host {
        case bracketed(String), bare(String)

        var text: String {
            switch self {
            case .bracketed(let text), .bare(let text): text
            }
        }
    }

    private static func split(_ text: String) throws(AddressError) -> (Host, UInt16) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .bracketNotClosed(text) }
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":") else { throw .portMissing(text) }
            return (.bracketed(String(text.dropFirst().prefix(upTo: end))), try port(rest.dropFirst()))
        }
        guard let colon = text.lastIndex(of: ":") else { throw .portMissing(text) }
        let host = text[..<colon]
        guard !host.contains(":") else { throw .bracketsMissing(text) }
        return (.bare(String(host)), try port(text[text.index(after: colon)...]))
    }

    private static func port(_ text: Substring) throws(AddressError) -> UInt16 {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(isDigit), let port = UInt16(text) else {
            throw .portNotANumber(String(text))
        }
        return port
    }

    /// - Returns: The address, or nil for a name.
    private static func checked(_ host: String) throws(AddressError) -> IPAddress? {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName =
            host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy {
                        isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
        guard isName, let last = labels.last else { throw .notAHostName(host) }
        let looksNumeric = last.allSatisfy(isDigit) || last.starts(with: "0x".utf8) || last.starts(with: "0X".utf8)
        guard looksNumeric else { return nil }
        guard let ip = IPAddress(parsing: host) else { throw .notAnIPv4Address(host) }
        return ip
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
