package import Identity

/// Makes the record's 16-byte ids out of what a community calls its people and pledges.
///
/// Keyed with the person key, which every member holds and nobody else: a pseudonym, not an anonym.
/// Source: Protocol/3-community.md, *Persons* and *Pledges and codes*.
package struct Pseudonyms: Sendable {
    private let key: SecretBytes
    private let contactSalt: Bytes16

    /// - Parameter personKey: 32 bytes, made with the community.
    package init(personKey: SecretBytes) {
        key = personKey
        contactSalt = personKey.withUnsafeBytes { BLAKE2b.hash128(Array($0), personal: Personal.contact) }
    }

    package func person(source: String, externalID: String) -> PersonID {
        PersonID(raw: keyed(Personal.person, Self.sourced(source, externalID)))
    }

    package func person(of member: MemberID) -> PersonID {
        PersonID(raw: keyed(Personal.person, [2] + member.bytes))
    }

    /// Takes about a millisecond: Argon2id, so that a list of contacts cannot be tried fast by those who hold the key.
    package func person(contact: String) -> PersonID {
        PersonID(raw: Argon2id.hash128(password: Array(contact.utf8), salt: contactSalt))
    }

    package func pledge(source: String, externalID: String) -> PledgeID {
        PledgeID(raw: keyed(Personal.pledge, Self.sourced(source, externalID)))
    }

    /// The id of a pledge without an external id; whoever states the nonce proves to be the member who made it.
    ///
    /// - Parameter nonce: 16 random bytes, new for each pledge.
    package func pledge(by member: MemberID, nonce: Bytes16) -> PledgeID {
        PledgeID(raw: keyed(Personal.pledge, [2] + member.bytes + nonce.bytes))
    }

    /// Trims spaces off an external id or source, as both are compared byte for byte afterwards.
    package static func trimmed(_ text: String) -> String {
        var bytes = Array(text.utf8)[...]
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The normal form of a contact: trimmed, ASCII lower case.
    package static func normalContact(_ text: String) -> String {
        String(
            decoding: trimmed(text).utf8.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 },
            as: UTF8.self)
    }

    private func keyed(_ personal: BLAKE2b.Personal, _ content: [UInt8]) -> Bytes16 {
        BLAKE2b.hash128(content, personal: personal, key: key)
    }

    private static func sourced(_ source: String, _ externalID: String) -> [UInt8] {
        let name = source.utf8.prefix(Limits.externalIDByteLimit)
        let nameCount = name.count
        var content: [UInt8] = []
        content.reserveCapacity(2 + nameCount + externalID.utf8.count)
        content.append(1)
        content.append(UInt8(nameCount))
        content.append(contentsOf: name)
        content.append(contentsOf: externalID.utf8)
        return content
    }
}
