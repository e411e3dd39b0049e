import CSodium

package enum SodiumError: Error, Equatable, Sendable {
    /// libsodium found no usable source of randomness.
    case couldNotInitialise
}

/// The library under this room. No other room imports it.
package enum Sodium {
    private static let isReady = sodium_init() >= 0

    /// Once is enough, and twice does no harm: a program calls it first, to fail with a sentence instead of a trap.
    package static func initialise() throws(SodiumError) {
        guard isReady else { throw .couldNotInitialise }
    }

    /// Every entry point of the room passes here.
    static func require() {
        precondition(isReady, "libsodium does not initialise on this machine")
    }

    package static var version: String {
        String(cString: sodium_version_string())
    }

    /// Bytes from the system's generator, for shells; pure rooms get theirs as arguments.
    package static func random(_ count: Int) -> [UInt8] {
        require()
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            randombytes_buf(UnsafeMutableRawBufferPointer(buffer).octets, count)
            initializedCount = count
        }
    }

    /// So many values of 16 random bytes; the system is asked once for all.
    package static func random16(_ count: Int) -> [Bytes16] {
        random(count * Bytes16.byteCount).withUnsafeBytes { bytes in
            (0..<count).map {
                Bytes16(words: bytes.loadUnaligned(fromByteOffset: $0 * Bytes16.byteCount, as: (UInt64, UInt64).self))
            }
        }
    }

    /// Overwrites, in a way the optimiser does not remove.
    package static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        sodium_memzero(buffer.octets, buffer.count)
    }
}

extension UnsafeRawBufferPointer {
    /// As C wants it: never null, and with a count of zero never followed.
    var octets: UnsafePointer<UInt8> {
        baseAddress?.assumingMemoryBound(to: UInt8.self) ?? UnsafePointer(bitPattern: UInt.emptyAddress)!
    }
}

extension UnsafeMutableRawBufferPointer {
    /// As C wants it: never null, and with a count of zero never followed.
    var octets: UnsafeMutablePointer<UInt8> {
        baseAddress?.assumingMemoryBound(to: UInt8.self) ?? UnsafeMutablePointer(bitPattern: UInt.emptyAddress)!
    }
}

extension UInt {
    fileprivate static let emptyAddress: UInt = 64
}
