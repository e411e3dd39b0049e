import CSodium

extension BLAKE2b {
    /// Hashes what comes in pieces.
    package struct Stream: ~Copyable {
        /// 64-byte aligned, as libsodium declares it; wiped in the end, as the pieces may be secret.
        private let storage: UnsafeMutableRawBufferPointer
        private let outputByteCount: Int

        /// - Parameters:
        ///   - personal: Nil for plain BLAKE2b.
        ///   - key: 0 or 16 to 64 bytes.
        ///   - outputByteCount: 16 to 64.
        package init(personal: Personal? = nil, key: [UInt8] = [], outputByteCount: Int) {
            Sodium.require()
            checkKey(byteCount: key.count)
            precondition((16...digestByteLimit).contains(outputByteCount), "a digest of \(outputByteCount) bytes")
            self.outputByteCount = outputByteCount
            storage = .allocate(byteCount: crypto_generichash_blake2b_statebytes(), alignment: 64)
            let status = (personal?.bytes ?? .zero).withUnsafeBytes { personal in
                crypto_generichash_blake2b_init_salt_personal(
                    state, key.isEmpty ? nil : key, key.count, outputByteCount, nil, personal.octets)
            }
            precondition(status == 0, "BLAKE2b refused its parameters")
        }

        deinit {
            Sodium.wipe(storage)
            storage.deallocate()
        }

        private var state: OpaquePointer { OpaquePointer(storage.octets) }

        package mutating func update(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { update($0) }
        }

        package mutating func update(_ bytes: ArraySlice<UInt8>) {
            bytes.withUnsafeBytes { update($0) }
        }

        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            crypto_generichash_blake2b_update(state, bytes.octets, UInt64(bytes.count))
        }

        package consuming func finish() -> [UInt8] {
            let count = outputByteCount
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
                write(to: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
                initializedCount = count
            }
        }

        /// For an `outputByteCount` of 32.
        package consuming func finish256() -> Hash256 {
            guard let hash = Hash256(finish()) else { preconditionFailure("the stream was not opened for 32 bytes") }
            return hash
        }

        /// For secrets, which should not pass through an array.
        ///
        /// - Parameter output: As long as `outputByteCount`.
        package consuming func finish(into output: UnsafeMutableRawBufferPointer) {
            precondition(output.count == outputByteCount, "\(output.count) bytes for a digest of \(outputByteCount)")
            write(to: output)
        }

        private func write(to output: UnsafeMutableRawBufferPointer) {
            crypto_generichash_blake2b_final(state, output.octets, outputByteCount)
        }
    }
}
