import Glibc
package import Identity

/// The network keys that came after the one the home was made with: a file each, `network-NUMBER.key`.
extension Home {
    private static let prefix = "network-"
    private static let suffix = ".key"

    /// In ascending order of their numbers. One that does not read is passed over: it is told again.
    package func laterNetworkKeys() throws(FoundingError) -> [(number: UInt64, key: SecretBytes)] {
        var keys: [(number: UInt64, key: SecretBytes)] = []
        for name in try folder.names() {
            guard let number = Self.number(name),
                let text = try folder.readSecret(name, limit: Limits.keyFileByteLimit),
                let key = try? KeyFile.secret(.network, in: text)  // passed over
            else { continue }
            keys.append((number, key))
        }
        return keys.sorted { $0.number < $1.number }
    }

    /// Durable when it returns; what had that number before is replaced, whole or not at all.
    package func keep(networkKey key: SecretBytes, number: UInt64) throws(FoundingError) {
        try keep(key, named: "\(Self.prefix)\(number)\(Self.suffix)")
    }

    /// What a ticket tells a member who missed too many rotations; durable when it returns, and replaces an earlier ticket's.
    func keep(ticketNetworkKey key: SecretBytes) throws(FoundingError) {
        try keep(key, named: File.ticketNetworkKey.rawValue)
    }

    package func dropTicketNetworkKey() {
        folder.remove(File.ticketNetworkKey.rawValue)
    }

    private func keep(_ key: SecretBytes, named name: String) throws(FoundingError) {
        let draft = name + ".new"
        folder.remove(draft)
        guard try folder.create(draft, .secret(KeyFile.text(.network, key))) else {
            throw .system("make", folder.path(of: draft), EEXIST)
        }
        try folder.rename(draft, to: name)
        try folder.synchronize()
    }

    package func dropNetworkKey(number: UInt64) {
        folder.remove("\(Self.prefix)\(number)\(Self.suffix)")
    }

    private static func number(_ name: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard let number = UInt64(digits), String(number) == digits else { return nil }
        return number
    }
}
