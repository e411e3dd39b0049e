import Identity

@testable import Noise

/// An initiator of XXpsk0 written out by hand, who knows the network key and may show any key as his own.
struct SlyInitiator: ~Copyable {
    private var symmetric: SymmetricState
    private let ephemeral = AgreementKey.generate()

    init() {
        symmetric = SymmetricState(protocolName: HandshakePattern.xxpsk0.protocolName)
        symmetric.mixHash(Village.prologue)
    }

    /// psk, e
    mutating func first(showing point: [UInt8]? = nil) throws -> [UInt8] {
        let point = point ?? ephemeral.publicKey.bytes
        Village.networkKey.withUnsafeBytes { symmetric.mixKeyAndHash($0) }
        symmetric.mixHash(point)
        point.withUnsafeBytes { symmetric.mixKey($0) }
        return point + (try symmetric.encryptAndHash([]))
    }

    /// e, ee, s, es
    mutating func read(second message: [UInt8]) throws {
        let remote = try key(Array(message.prefix(32)))
        symmetric.mixHash(remote.bytes)
        remote.withUnsafeBytes { symmetric.mixKey($0) }
        try ephemeral.agree(with: remote).withUnsafeBytes { symmetric.mixKey($0) }
        let remoteStatic = try key(try symmetric.decryptAndHash(Array(message[32..<80])))
        try ephemeral.agree(with: remoteStatic).withUnsafeBytes { symmetric.mixKey($0) }
        _ = try symmetric.decryptAndHash(Array(message[80...]))
    }

    /// s, se, where the agreement is all zeros, as it would be with a point of low order.
    mutating func third(showing point: [UInt8]) throws -> [UInt8] {
        let shown = try symmetric.encryptAndHash(point)
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { symmetric.mixKey($0) }
        return shown + (try symmetric.encryptAndHash([]))
    }

    private func key(_ bytes: [UInt8]) throws(KeyError) -> NoiseKey {
        guard let key = NoiseKey(bytes) else { throw .wrongLength(expected: 32, actual: bytes.count) }
        return key
    }
}

/// A responder who shows a point of low order as his ephemeral key, and guesses the agreement that follows from it.
struct SlyResponder: ~Copyable {
    private var symmetric: SymmetricState

    init() {
        symmetric = SymmetricState(protocolName: HandshakePattern.xxpsk0.protocolName)
        symmetric.mixHash(Village.prologue)
    }

    mutating func answer(_ first: [UInt8], showing point: [UInt8]) throws -> [UInt8] {
        Village.networkKey.withUnsafeBytes { symmetric.mixKeyAndHash($0) }
        symmetric.mixHash(Array(first.prefix(32)))
        Array(first.prefix(32)).withUnsafeBytes { symmetric.mixKey($0) }
        _ = try symmetric.decryptAndHash(Array(first[32...]))
        symmetric.mixHash(point)
        point.withUnsafeBytes { symmetric.mixKey($0) }
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { symmetric.mixKey($0) }
        let shown = try symmetric.encryptAndHash(point)
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { symmetric.mixKey($0) }
        return point + shown + (try symmetric.encryptAndHash([]))
    }
}

/// The points of low order on Curve25519, and those that are the same modulo 2^255 - 19.
///
/// Source: cr.yp.to/ecdh.html, *Validate*.
let lowOrderPoints: [[UInt8]] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map { text in
    (0..<32).map { index in
        let start = text.index(text.startIndex, offsetBy: 2 * index)
        return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16) ?? 0
    }
}
