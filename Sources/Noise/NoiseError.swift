package enum NoiseError: Error, Equatable, Sendable {
    /// A handshake's keys: the specification's names.
    package enum KeyName: Equatable, Sendable { case s, e, rs, re }

    // What we were given does not fit the pattern.
    case unknownPattern(String)
    case missingKey(KeyName)
    /// A key the pattern has the peer send, or never uses: pinning it here would have no effect.
    case unexpectedKey(KeyName)
    case wrongPSKCount(expected: Int, actual: Int)
    case wrongPSKLength(Int)

    // What we asked for cannot be done now; nothing has changed.
    case notOurTurn
    case notTheirTurn
    case handshakeNotFinished
    case handshakeFinished

    // What came, or what we wanted to send, breaks the protocol.
    case messageTooLong(byteCount: Int)
    case messageTooShort(byteCount: Int)
    /// A tag did not verify: forged, damaged, replayed, or under other keys.
    case refused
    case lowOrderPoint
    case noncesExhausted

    /// Something failed before, and nothing works since.
    case closed
}
