package import Identity

/// What a finished handshake leaves: a cipher for each direction, and what the session is called.
package struct TransportCiphers: ~Copyable, Sendable {
    /// Closed for the responder of a one-way pattern.
    package var sending: CipherState
    /// Closed for the initiator of a one-way pattern.
    package var receiving: CipherState
    /// 64 bytes, the same on both sides and on no other connection: sign it to bind something to this one (section 11.2).
    package let handshakeHash: [UInt8]
    /// The peer has proved that it holds this key. Nil where the pattern does not authenticate it.
    package let remoteStatic: NoiseKey?

    /// 2^20 messages have gone in one direction: make a new connection when convenient.
    package var needsReconnect: Bool { sending.needsReconnect || receiving.needsReconnect }
}
