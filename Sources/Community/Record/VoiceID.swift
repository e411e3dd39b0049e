package import AuthorLog
package import Identity

/// What a post or feedback is called where another one speaks of it: the hash of its log and its position.
package struct VoiceID: FixedBytes {
    package let raw: Bytes16

    package init(raw: Bytes16) {
        self.raw = raw
    }

    /// Source: Protocol/3-community.md, *Voice*.
    package init(log: LogID, position: UInt64) {
        var bytes = log.member.bytes
        log.incarnation.append(to: &bytes)
        bytes.appendBigEndian(position)
        self.init(raw: BLAKE2b.hash128(bytes, personal: Personal.voice))
    }
}
