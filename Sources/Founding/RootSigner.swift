package import AuthorLog
package import Identity

/// Whoever keeps a root key, and signs orders with it: away from every node, which never sees the key.
package struct RootSigner: Sendable {
    /// Whose orders these are.
    package let key: RootKey
    private let secret: SigningKey
    private let charter: Charter

    /// Reads a key file that `init`, or an earlier succession, wrote. It is checked like the keys of a home, and lies in none.
    ///
    /// - Parameters:
    ///   - home: May not contain it.
    ///   - announced: Hashes of root keys that successions have announced, besides the charter's.
    /// - Throws: `E-ROOT-KEY-MALFORMED`, `E-ROOT-KEY-INSIDE`, `E-ROOT-KEY-FOREIGN`; `E-HOME-UNSAFE` for a file that others may read.
    package init(keyFile path: String, charter: Charter, home: Home?, announced: [Hash256] = []) throws(FoundingError) {
        let (directory, name) = Path.split(path)
        let folder = try Folder(directory)
        try home.map { home throws(FoundingError) in try Self.refuse(folder, name, inside: home) }
        secret = try Self.key(name, in: folder)
        key = secret.publicKey()
        self.charter = charter
        let hash = Charter.hash(ofSuccessor: key)
        guard key == charter.rootKey || hash == charter.successorKeyHash || announced.contains(hash) else {
            throw FoundingError(
                code: "E-ROOT-KEY-FOREIGN",
                message: "\(folder.path(of: name)) is no root key of \"\(charter.title)\" (\(charter.id.short))",
                hint: "give the root key of this community", outcome: .refused)
        }
    }

    package func sign(
        _ content: RootOrder.Content, serial: UInt64, nowMilliseconds: UInt64
    ) throws(AuthorityFormError) -> SignedRootOrder {
        guard let time = HybridTime(milliseconds: nowMilliseconds) else { throw .outOfRange(field: "time") }
        // The charter's root need not name itself.
        let rootKey = key == charter.rootKey ? nil : key
        return try RootOrder(content, serial: serial, time: time, rootKey: rootKey)
            .signed(by: secret, community: charter.id)
    }

    /// Makes the key of the next successor, in a new file.
    ///
    /// - Returns: Where it is, absolute, and the hash that announces it. Durable.
    /// - Throws: `E-ROOT-KEY-EXISTS`, `E-ROOT-KEY-INSIDE`.
    package static func makeSuccessor(
        at path: String, home: Home?
    ) throws(FoundingError) -> (path: String, keyHash: Hash256) {
        let (directory, name) = Path.split(path)
        guard !name.isEmpty, name != ".", name != ".." else { throw .notAFile(path) }
        let folder = try Folder(directory)
        try home.map { home throws(FoundingError) in try refuse(folder, name, inside: home) }
        let key = SigningKey.generate()
        let path = folder.path(of: name)
        guard try folder.create(name, .secret(KeyFile.text(.successor, key.seed))) else { throw .rootKeyExists(path) }
        do throws(FoundingError) {
            try folder.synchronize()
        } catch {
            folder.remove(name)
            throw error
        }
        return (path, Charter.hash(ofSuccessor: key.publicKey()))
    }

    /// Takes back a successor's key that nobody was told of.
    package static func removeSuccessor(at path: String) {
        let (directory, name) = Path.split(path)
        // What cannot be removed is a key that no order names.
        if let folder = try? Folder(directory) { folder.remove(name) }
    }

    private static func key(_ name: String, in folder: Folder) throws(FoundingError) -> SigningKey {
        let path = folder.path(of: name)
        guard let text = try folder.readSecret(name, limit: Limits.keyFileByteLimit) else {
            throw FoundingError(
                code: "E-FILE", message: "there is no file \(path)", hint: "give the root key's file", outcome: .failed)
        }
        for kind in [KeyFile.Kind.root, .successor] {
            do throws(KeyFile.ReadingError) {
                let seed = try KeyFile.secret(kind, in: text)
                if let key = try? SigningKey(seed: seed) { return key }  // 32 bytes are a seed
            } catch {
                switch error {
                case .otherKind: continue
                case .damaged: throw .rootKeyMalformed(path, "is damaged: its checksum is wrong")
                }
            }
        }
        throw .rootKeyMalformed(path, "is not a root key file")
    }

    private static func refuse(_ folder: Folder, _ name: String, inside home: Home) throws(FoundingError) {
        if folder.path == home.path || folder.path.hasPrefix(Path.join(home.path, "")) {
            throw .holdsRootKey(folder.path(of: name))
        }
    }
}

extension FoundingError {
    fileprivate static func rootKeyMalformed(_ path: String, _ reason: String) -> FoundingError {
        FoundingError(
            code: "E-ROOT-KEY-MALFORMED", message: "\(path) \(reason)",
            hint: "give the file that `grapevine init` wrote, or its successor's", outcome: .usage)
    }

    fileprivate static func notAFile(_ path: String) -> FoundingError {
        FoundingError(
            code: "E-FILE", message: "\(path) names no file", hint: "name the file itself", outcome: .usage)
    }
}

/// - Throws: `E-TICKET-…`. An expired ticket tells its community's charter like any other.
package func charter(ticketText: String) throws(FoundingError) -> Charter {
    try ticket(in: ticketText).charter
}
