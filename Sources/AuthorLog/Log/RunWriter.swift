package import Identity

/// Writes a run, or a part of one, from what the database holds, without looking into bodies.
package struct RunWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(_ head: RunHead) {
        bytes = []
        head.append(to: &bytes)
    }

    package var byteCount: Int { bytes.count }
    package var isEmpty: Bool { bytes.count == RunHead.byteCount }

    /// Bytes that an entry will take.
    package static func byteCount(ofEntryWithBody bodyByteCount: Int, signed: Bool) -> Int {
        8 + 2 + 1 + bodyByteCount + (signed ? Signature.byteCount : 0)
    }

    package mutating func append(_ bundle: Bundle) {
        append(
            time: bundle.header.time, operationCount: bundle.header.operationCount, body: bundle.body[...],
            signature: bundle.signature)
    }

    package mutating func append(
        time: HybridTime, operationCount: UInt16, body: ArraySlice<UInt8>, signature: Signature?
    ) {
        appendStart(time, operationCount, flags: signature == nil ? 0 : RunEntry.Flags.signed)
        bytes.append(contentsOf: body)
        signature?.append(to: &bytes)
    }

    /// - Parameter body: Copied.
    package mutating func append(
        time: HybridTime, operationCount: UInt16, body: UnsafeRawBufferPointer, signature: Signature?
    ) {
        appendStart(time, operationCount, flags: signature == nil ? 0 : RunEntry.Flags.signed)
        bytes.append(contentsOf: body)
        signature?.append(to: &bytes)
    }

    /// Bare.
    package mutating func append(bare header: Header, signature: Signature?) {
        let flags = RunEntry.Flags.bare | (signature == nil ? 0 : RunEntry.Flags.signed)
        appendStart(header.time, header.operationCount, flags: flags)
        header.bodyRoot.append(to: &bytes)
        signature?.append(to: &bytes)
    }

    private mutating func appendStart(_ time: HybridTime, _ operationCount: UInt16, flags: UInt8) {
        bytes.appendBigEndian(time.rawValue)
        bytes.appendBigEndian(operationCount)
        bytes.append(flags)
    }
}
