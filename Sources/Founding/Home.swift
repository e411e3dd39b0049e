package import AuthorLog
package import Identity

/// One node's directory: keys, charter, record. Opened safely or not at all; what it reads it checks each time.
package struct Home: Sendable {
    package enum File: String, CaseIterable, Sendable {
        case charter
        case presentation
        case memberKey = "member.key"
        case noiseKey = "noise.key"
        case networkKey = "network.key"
        /// Of a ticket that came later; its number is not known yet.
        case ticketNetworkKey = "network-ticket.key"
        case personKey = "person.key"
        case addresses
        case listen
        case mark
        case database = "record.sqlite"
        case reserve
        case socket = "api.sock"
        case lock
        case log = "grapevined.log"

        /// What founding writes beside the charter.
        static let founding: [File] = [.memberKey, .noiseKey, .networkKey, .personKey, .presentation, .addresses]
    }

    /// Absolute, without symbolic links.
    package var path: String { folder.path }
    let folder: Folder

    /// Opens a home that was founded or joined.
    ///
    /// - Throws: `E-NO-COMMUNITY`; `E-HOME-UNSAFE` where another user could read or replace something, naming it and the way out;
    ///   `E-ROOT-KEY-INSIDE` where a root key lies in it.
    package static func open(at path: String) throws(FoundingError) -> Home {
        guard try Path.resolvedIfPresent(path) != nil else { throw .noCommunity(at: path) }
        let folder = try Folder(path)
        try folder.checkPrivate()
        guard try folder.contains(File.charter.rawValue) else { throw .noCommunity(at: path) }
        for name in try folder.names() where try folder.isRootKey(name) {
            throw .holdsRootKey(folder.path(of: name))
        }
        for file in File.founding + [.charter, .mark] {
            _ = try folder.open(file.rawValue)
        }
        return Home(folder: folder)
    }

    init(folder: Folder) {
        self.folder = folder
    }

    package func path(of file: File) -> String {
        folder.path(of: file.rawValue)
    }

    /// - Throws: `E-HOME-LOCKED`, "already running", while another process holds it.
    package func lock() throws(FoundingError) -> HomeLock {
        try HomeLock(folder)
    }

    /// Who wrote himself into the lock file last: only while the lock is held is he running.
    package func lockHolder() throws(FoundingError) -> Int32? {
        guard let file = try folder.open(File.lock.rawValue) else { return nil }
        return try HomeLock.holder(in: file)
    }

    /// - Returns: Nil where the file does not exist.
    package func identity(of file: File) throws(FoundingError) -> FileIdentity? {
        try folder.identity(of: file.rawValue)
    }
}

// MARK: - What founding wrote

extension Home {
    package func charter() throws(FoundingError) -> Charter {
        let bytes = try bytes(of: .charter, limit: Limits.charterByteLimit)
        do throws(CharterError) {
            return try Charter(decoding: bytes)
        } catch {
            throw .damaged(path(of: .charter), "is not a charter: \(error)")
        }
    }

    package func presentation() throws(FoundingError) -> Presentation {
        let bytes = try bytes(of: .presentation, limit: Limits.presentationByteLimit)
        do {
            return try Presentation(decoding: bytes)
        } catch {
            throw .damaged(path(of: .presentation), "is not a chain of grants: \(error)")
        }
    }

    package func memberKey() throws(FoundingError) -> SigningKey {
        let seed = try secret(.member, of: .memberKey)
        do throws(KeyError) {
            return try SigningKey(seed: seed)
        } catch {
            throw .damaged(path(of: .memberKey), "is not a member key")
        }
    }

    package func noiseKey() throws(FoundingError) -> AgreementKey {
        let secret = try secret(.noise, of: .noiseKey)
        do throws(KeyError) {
            return try AgreementKey(secret: secret)
        } catch {
            throw .damaged(path(of: .noiseKey), "is not a Noise key")
        }
    }

    package func networkKey() throws(FoundingError) -> SecretBytes {
        try secret(.network, of: .networkKey)
    }

    /// Nil where no later ticket was used, or its key has got its number since.
    package func ticketNetworkKey() throws(FoundingError) -> SecretBytes? {
        guard try folder.contains(File.ticketNetworkKey.rawValue) else { return nil }
        return try secret(.network, of: .ticketNetworkKey)
    }

    package func personKey() throws(FoundingError) -> SecretBytes {
        try secret(.person, of: .personKey)
    }

    /// `host:port`, from the ticket; none for a founder.
    package func knownAddresses() throws(FoundingError) -> [String] {
        guard let bytes = try folder.read(File.addresses.rawValue, limit: Limits.addressesByteLimit) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    private func bytes(of file: File, limit: Int) throws(FoundingError) -> [UInt8] {
        guard let bytes = try folder.read(file.rawValue, limit: limit) else {
            throw .damaged(path(of: file), "is missing")
        }
        return bytes
    }

    private func secret(_ kind: KeyFile.Kind, of file: File) throws(FoundingError) -> SecretBytes {
        guard let text = try folder.readSecret(file.rawValue, limit: Limits.keyFileByteLimit) else {
            throw .damaged(path(of: file), "is missing")
        }
        do throws(KeyFile.ReadingError) {
            return try KeyFile.secret(kind, in: text)
        } catch {
            switch error {
            case .otherKind: throw .damaged(path(of: file), "is not a \(kind.rawValue) file")
            case .damaged: throw .damaged(path(of: file), "is damaged: its checksum is wrong")
            }
        }
    }
}
