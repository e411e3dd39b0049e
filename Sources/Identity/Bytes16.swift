/// 16 bytes, held as two words whose order is the bytes' order.
package struct Bytes16: RawBytes {
    package static let byteCount = 16
    package static let zero = Bytes16(words: (0, 0))

    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64

    init(words: (UInt64, UInt64)) {
        (word0, word1) = words
    }

    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        Swift.withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        self.init(words: (words.0.bigEndian, words.1.bigEndian))
    }

    /// Bytes 0 to 7, the first one highest.
    @inlinable package var leadingWord: UInt64 { word0 }

    package subscript(index: Int) -> UInt8 {
        precondition((0..<Self.byteCount).contains(index), "byte \(index) of \(Self.byteCount)")
        let word = index < 8 ? word0 : word1
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index % 8)))
    }

    @inlinable
    package static func == (left: Bytes16, right: Bytes16) -> Bool {
        (left.word0, left.word1) == (right.word0, right.word1)
    }

    @inlinable
    package static func < (left: Bytes16, right: Bytes16) -> Bool {
        (left.word0, left.word1) < (right.word0, right.word1)
    }

    @inlinable
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: (word0.bigEndian, word1.bigEndian), body)
    }
}
