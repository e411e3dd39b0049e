package import Identity

/// HMAC-BLAKE2b-512 (RFC 2104, not BLAKE2b's keyed mode) and the key derivation over it. What is derived stays on the stack,
/// is lent to a closure, and wiped after it.
///
/// Source: Noise specification, section 4.3.
package enum HKDF {
    package static let hashByteCount = BLAKE2b.digestByteLimit

    /// - Parameters:
    ///   - outputCount: 2 or 3 in the specification.
    ///   - body: Gets the outputs one after the other, 64 bytes each.
    package static func derive<Result>(
        _ outputCount: Int, chainingKey: SecretBytes, input: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        // The temporary key first, then the outputs.
        let byteCount = (outputCount + 1) * hashByteCount
        return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { scratch in
            defer { Sodium.wipe(scratch) }
            let blocks = stride(from: 0, to: byteCount, by: hashByteCount).map { start in
                UnsafeMutableRawBufferPointer(rebasing: scratch[start..<start + hashByteCount])
            }
            let temporaryKey = UnsafeRawBufferPointer(blocks[0])
            chainingKey.withUnsafeBytes { hmac(key: $0, [input], into: blocks[0]) }
            for index in 1...outputCount {
                withUnsafeBytes(of: UInt8(index)) { number in
                    let previous = index == 1 ? [] : [UnsafeRawBufferPointer(blocks[index - 1])]
                    hmac(key: temporaryKey, previous + [number], into: blocks[index])
                }
            }
            return body(UnsafeRawBufferPointer(rebasing: scratch[hashByteCount...]))
        }
    }

    /// - Parameters:
    ///   - message: Hashed as if joined.
    ///   - output: 64 bytes.
    package static func hmac(
        key: UnsafeRawBufferPointer, _ message: [UnsafeRawBufferPointer], into output: UnsafeMutableRawBufferPointer
    ) {
        withUnsafeTemporaryAllocation(byteCount: BLAKE2b.blockByteCount, alignment: 8) { block in
            defer { Sodium.wipe(block) }
            Sodium.wipe(block)
            if key.count > block.count {
                hash([key], into: UnsafeMutableRawBufferPointer(rebasing: block[..<hashByteCount]))
            } else {
                block.copyMemory(from: key)
            }
            exclusiveOr(block, with: 0x36)
            hash([UnsafeRawBufferPointer(block)] + message, into: output)
            exclusiveOr(block, with: 0x36 ^ 0x5C)
            hash([UnsafeRawBufferPointer(block), UnsafeRawBufferPointer(output)], into: output)
        }
    }

    private static func hash(_ parts: [UnsafeRawBufferPointer], into output: UnsafeMutableRawBufferPointer) {
        var stream = BLAKE2b.Stream(outputByteCount: hashByteCount)
        for part in parts { stream.update(part) }
        stream.finish(into: output)
    }

    private static func exclusiveOr(_ block: UnsafeMutableRawBufferPointer, with pad: UInt8) {
        for index in block.indices { block[index] ^= pad }
    }
}
