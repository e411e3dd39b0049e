/// `host:port` as written in tickets, flags and peer records: a name, IPv4, or IPv6 in brackets.
struct NetworkAddress: Equatable, Sendable {
    let host: String
    let port: UInt16

    /// Nil unless it reads as host and port, at most 80 bytes of visible ASCII.
    init?(_ text: String) {
        guard (3...Limits.addressByteLimit).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(where: { $0 == ":" || $0 == "[" || $0 == "]" }) {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.host = host.lowercased()
        self.port = port
    }

    /// Link-local, multicast, unspecified: never dialled, whoever says so. A name is judged by whoever resolves it.
    var isNeverDialled: Bool {
        if let bytes = Self.ipv4(host) { return Self.isNeverDialled(ipv4: bytes) }
        guard host.contains(":") else { return host == "localhost." || host.allSatisfy { $0.isNumber || $0 == "." } }
        guard let words = Self.ipv6(host) else { return true }
        if words.prefix(5).allSatisfy({ $0 == 0 }), words[5] == 0xFFFF || (words[5] == 0 && words[6] != 0) {
            return Self.isNeverDialled(
                ipv4: [UInt8(words[6] >> 8), UInt8(words[6] & 0xFF), UInt8(words[7] >> 8), UInt8(words[7] & 0xFF)])
        }
        let isUnspecified = words.allSatisfy { $0 == 0 }
        return isUnspecified || words[0] & 0xFFC0 == 0xFE80 || words[0] & 0xFF00 == 0xFF00
    }

    /// How far away it can be dialled from.
    enum Scope: Int, Comparable {
        case host, site, world

        static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
    }

    /// A name is taken for one that the world resolves.
    var scope: Scope {
        if let bytes = Self.ipv4(host) {
            switch (bytes[0], bytes[1]) {
            case (127, _): return .host
            case (10, _), (192, 168), (172, 16...31), (100, 64...127): return .site
            default: return .world
            }
        }
        guard let words = Self.ipv6(host), host.contains(":") else { return host == "localhost" ? .host : .world }
        if words.dropLast().allSatisfy({ $0 == 0 }), words[7] == 1 { return .host }
        return words[0] & 0xFE00 == 0xFC00 ? .site : .world
    }

    private static func isNeverDialled(ipv4 bytes: [UInt8]) -> Bool {
        bytes[0] == 0 || (bytes[0] == 169 && bytes[1] == 254) || bytes[0] >= 224
    }

    private static func ipv4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(\.isNumber), let byte = UInt8(part) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Eight words; a zone (`%eth0`) makes it link-local, hence unreadable here.
    private static func ipv6(_ text: String) -> [UInt16]? {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        guard let front = words(halves[0]), let back = halves.count == 2 ? words(halves[1]) : [] else { return nil }
        let missing = 8 - front.count - back.count
        guard halves.count == 2 ? missing >= 1 : missing == 0 else { return nil }
        return front + [UInt16](repeating: 0, count: missing) + back
    }

    private static func words(_ text: String) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var words: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            if let ipv4 = ipv4(String(part)) {
                words.append(UInt16(ipv4[0]) << 8 | UInt16(ipv4[1]))
                words.append(UInt16(ipv4[2]) << 8 | UInt16(ipv4[3]))
            } else {
                guard (1...4).contains(part.count), let word = UInt16(part, radix: 16) else { return nil }
                words.append(word)
            }
        }
        return words
    }
}

extension String {
    /// Foundation's, without Foundation.
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
