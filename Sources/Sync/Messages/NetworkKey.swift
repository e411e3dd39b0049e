package import Identity

/// A network key, told to a member in session. Whether it is the one that the root named is the receiver's to check.
package struct NetworkKey: Equatable, Sendable {
    /// From 1: the founder's, number 0, is told by tickets only.
    package let number: UInt64
    /// 32 bytes.
    package let secret: SecretBytes

    package init(number: UInt64, secret: SecretBytes) {
        self.number = number
        self.secret = secret
    }
}
