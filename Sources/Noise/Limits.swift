import Identity

package enum NoiseLimits {
    /// Noise specification, section 3: "all Noise messages are less than or equal to 65535 bytes in length".
    package static let messageByteLimit = 65_535
    /// What fits into one transport message beside its tag.
    package static let payloadByteLimit = messageByteLimit - ChaChaPoly.tagByteCount
    /// Messages in one direction after which a connection should be made anew; a guess, 2^43 below what the cipher bears.
    package static let reconnectMessageCount: UInt64 = 1 << 20
}
