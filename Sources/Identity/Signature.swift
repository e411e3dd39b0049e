/// An Ed25519 signature, 64 bytes. Not yet verified: see ``VerifyingKey``.
package struct Signature: Hashable, Sendable {
    package static let byteCount = 64

    private let commitment: Bytes32
    private let response: Bytes32

    /// Nil unless there are exactly 64 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount,
            let commitment = Bytes32(bytes.prefix(Bytes32.byteCount)),
            let response = Bytes32(bytes.dropFirst(Bytes32.byteCount))
        else { return nil }
        self.commitment = commitment
        self.response = response
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    package func append(to output: inout [UInt8]) {
        commitment.append(to: &output)
        response.append(to: &output)
    }
}

extension Signature: CustomStringConvertible {
    package var description: String { commitment.hex + response.hex }
}
