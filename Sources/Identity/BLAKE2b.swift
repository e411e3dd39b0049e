import CSodium

/// BLAKE2b (RFC 7693) with zero salt. Python: `hashlib.blake2b(data, digest_size=32, person=b"…", key=…)`.
package enum BLAKE2b {
    package static let blockByteCount = 128
    package static let digestByteLimit = 64
    package static let keyByteLimit = 64

    /// What is being hashed: 16 bytes, one for every kind of hash in the protocol.
    package struct Personal: Sendable {
        let bytes: Bytes16

        /// - Parameter text: 1 to 16 ASCII bytes, padded with zeros.
        package init(_ text: StaticString) {
            bytes = Bytes16(paddedASCII: text)
        }
    }

    /// The parts are hashed as if joined: a caller with parts of changing length writes the lengths, too.
    package static func hash256(_ parts: [UInt8]..., personal: Personal) -> Hash256 {
        guard parts.count == 1 else {
            var stream = Stream(personal: personal, outputByteCount: Bytes32.byteCount)
            for part in parts { stream.update(part) }
            return stream.finish256()
        }
        return parts[0].withUnsafeBytes { hash256($0, personal: personal) }
    }

    package static func hash256(_ bytes: ArraySlice<UInt8>, personal: Personal) -> Hash256 {
        bytes.withUnsafeBytes { hash256($0, personal: personal) }
    }

    package static func hash256(_ bytes: UnsafeRawBufferPointer, personal: Personal) -> Hash256 {
        Hash256(raw: digest(bytes, personal: personal, key: UnsafeRawBufferPointer(start: nil, count: 0)))
    }

    /// - Parameter key: 0 or 16 to 64 bytes.
    package static func hash128(_ bytes: [UInt8], personal: Personal, key: [UInt8] = []) -> Bytes16 {
        bytes.withUnsafeBytes { bytes in
            key.withUnsafeBytes { digest(bytes, personal: personal, key: $0) }
        }
    }

    /// - Parameter key: 16 to 64 bytes.
    package static func hash128(_ bytes: [UInt8], personal: Personal, key: SecretBytes) -> Bytes16 {
        bytes.withUnsafeBytes { bytes in
            key.withUnsafeBytes { digest(bytes, personal: personal, key: $0) }
        }
    }

    /// 64 bytes, no key, no personalisation: HASH of the Noise specification.
    package static func hash512(_ parts: [UInt8]...) -> [UInt8] {
        var stream = Stream(outputByteCount: digestByteLimit)
        for part in parts { stream.update(part) }
        return stream.finish()
    }

    static func checkKey(byteCount: Int) {
        precondition(
            byteCount == 0 || (16...keyByteLimit).contains(byteCount), "a BLAKE2b key of \(byteCount) bytes")
    }

    private static func digest<Raw: RawBytes>(
        _ bytes: UnsafeRawBufferPointer, personal: Personal, key: UnsafeRawBufferPointer
    ) -> Raw {
        Sodium.require()
        checkKey(byteCount: key.count)
        return withUnsafeTemporaryAllocation(byteCount: Raw.byteCount, alignment: 8) { output in
            let status = personal.bytes.withUnsafeBytes { personal in
                crypto_generichash_blake2b_salt_personal(
                    output.octets, output.count, bytes.octets, UInt64(bytes.count), key.octets, key.count, nil,
                    personal.octets)
            }
            guard status == 0, let raw = Raw(output) else { preconditionFailure("BLAKE2b refused its parameters") }
            return raw
        }
    }
}
