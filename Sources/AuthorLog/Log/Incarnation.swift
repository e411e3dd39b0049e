package import Identity

/// Which of its author's logs a log is: a number that counts up, and dice against two machines counting alike. 10 bytes.
package struct Incarnation: Hashable, Comparable, Sendable {
    package static let byteCount = 10
    package static let firstNumber: UInt16 = 1

    package let number: UInt16
    package let random: UInt64

    package init(number: UInt16, random: UInt64) {
        self.number = number
        self.random = random
    }

    /// Nil unless there are exactly 10 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var number: UInt16 = 0
        var random: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 2 { number = number << 8 | UInt16(byte) } else { random = random << 8 | UInt64(byte) }
        }
        self.init(number: number, random: random)
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    package func append(to output: inout [UInt8]) {
        output.appendBigEndian(number)
        output.appendBigEndian(random)
    }

    /// As the bytes are.
    package static func < (left: Incarnation, right: Incarnation) -> Bool {
        (left.number, left.random) < (right.number, right.random)
    }
}

extension Incarnation: CustomStringConvertible {
    package var description: String { Hex.encode(bytes) }
}

extension ByteReader {
    package mutating func incarnation() throws(ByteReaderError) -> Incarnation {
        Incarnation(number: try u16(), random: try u64())
    }
}
