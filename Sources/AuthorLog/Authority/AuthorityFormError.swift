import Identity

/// Why bytes are not a message of `authority.proto`.
package enum AuthorityFormError: Error, Equatable, Sendable {
    case tooLarge(byteCount: Int, limit: Int)
    case notProtobuf
    /// Keys, hashes and signatures have one length each; a missing field has length 0.
    case wrongLength(field: String, byteCount: Int)
    case outOfRange(field: String)
    /// Two fields that must say the same do not.
    case contradiction(field: String)
}

extension FixedBytes {
    init(field: String, _ bytes: some Collection<UInt8>) throws(AuthorityFormError) {
        guard let value = Self(bytes) else { throw .wrongLength(field: field, byteCount: bytes.count) }
        self = value
    }
}

extension Signature {
    init(field: String, _ bytes: some Collection<UInt8>) throws(AuthorityFormError) {
        guard let value = Self(bytes) else { throw .wrongLength(field: field, byteCount: bytes.count) }
        self = value
    }
}

extension UInt64 {
    /// A Unix time in milliseconds: not negative, and not past what hybrid time holds.
    init(field: String, milliseconds: Int64) throws(AuthorityFormError) {
        guard let value = UInt64(exactly: milliseconds), value <= HybridTime.lastMillisecond else {
            throw .outOfRange(field: field)
        }
        self = value
    }
}

extension Signature {
    /// One for each used invite of a chain, which is at most as deep as its people.
    static func all(field: String, _ fields: some Collection<some Collection<UInt8>>) throws(AuthorityFormError)
        -> [Signature]
    {
        guard fields.count <= Limits.chainSubjectLimit else { throw .outOfRange(field: field) }
        var signatures: [Signature] = []
        for bytes in fields { signatures.append(try Signature(field: field, bytes)) }
        return signatures
    }
}
