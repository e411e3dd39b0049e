import CSodium

/// A secret on guarded pages: locked against swapping where the system allows it, read-only once written, overwritten when
/// the last owner lets go. It does not print, does not encode, and compares in constant time.
///
/// Unchecked, because it holds a pointer; safe, because nothing writes after `init`.
package final class SecretBytes: @unchecked Sendable {
    package let count: Int
    private let pointer: UnsafeMutableRawPointer

    /// - Parameter fill: Writes all `byteCount` bytes; they are zero before.
    package init<Failure: Error>(
        byteCount: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        Sodium.require()
        guard let pointer = sodium_malloc(byteCount) else {
            preconditionFailure("no memory for a secret of \(byteCount) bytes")
        }
        self.count = byteCount
        self.pointer = pointer
        let buffer = UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
        Sodium.wipe(buffer)
        try fill(buffer)
        sodium_mprotect_readonly(pointer)
    }

    package convenience init(copying bytes: some Collection<UInt8>) {
        self.init(byteCount: bytes.count) { $0.copyBytes(from: bytes) }
    }

    package convenience init(random byteCount: Int) {
        self.init(byteCount: byteCount) { randombytes_buf($0.octets, $0.count) }
    }

    deinit {
        sodium_free(pointer)
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: pointer, count: count))
    }
}

extension SecretBytes: Equatable {
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.count == right.count && sodium_memcmp(left.pointer, right.pointer, left.count) == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
