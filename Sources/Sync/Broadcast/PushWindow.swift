/// How much may be pushed to a peer who has not shown that he keeps up. A ping follows the pushes; its pong, in order as all
/// on a connection is, confirms what went before.
struct PushWindow: Sendable {
    private var unconfirmed = 0
    private var marker: (nonce: UInt64, byteCount: Int)?
    private var lastNonce: UInt64 = 0

    func admits(_ byteCount: Int) -> Bool {
        unconfirmed + byteCount <= Limits.pushWindowByteCount
    }

    /// - Returns: The nonce of a ping to send after the push.
    mutating func pushed(_ byteCount: Int) -> UInt64? {
        unconfirmed += byteCount
        return mark()
    }

    /// - Returns: The nonce of the next ping.
    mutating func confirmed(_ nonce: UInt64) -> UInt64? {
        guard let marker, marker.nonce == nonce else { return nil }
        unconfirmed -= marker.byteCount
        self.marker = nil
        return mark()
    }

    private mutating func mark() -> UInt64? {
        guard marker == nil, unconfirmed >= Limits.pushConfirmationByteCount else { return nil }
        lastNonce += 1
        marker = (lastNonce, unconfirmed)
        return lastNonce
    }
}
