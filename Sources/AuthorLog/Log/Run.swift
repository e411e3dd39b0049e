package import Identity

/// A whole run: consecutive bundles of one log, signed at the end. Its form is checked, its authenticity is not.
package struct Run: Hashable, Sendable {
    package let head: RunHead
    /// At least one; the bare ones last.
    package let entries: [RunEntry]

    package init(decoding bytes: [UInt8]) throws(RunError) {
        (head, entries) = try bytes.withUnsafeBufferPointer { (buffer) throws(RunError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            return try Self.decode(&cursor)
        }
    }

    private static func decode(_ cursor: inout Cursor) throws(RunError) -> (RunHead, [RunEntry]) {
        let head = try RunHead(&cursor)
        guard !cursor.isAtEnd else { throw .empty }
        var reader = RunEntryReader(head)
        var entries: [RunEntry] = []
        while !cursor.isAtEnd {
            let entry = try reader.next(&cursor)
            if let last = entries.last, last.isBare, !entry.isBare || last.signature != nil {
                throw .entryAfterEnd(position: entry.header.position)
            }
            entries.append(entry)
        }
        guard entries.last?.signature != nil else { throw .endsUnsigned }
        return (head, entries)
    }

    /// A run of bare entries.
    ///
    /// - Parameters:
    ///   - headers: Consecutive, at least one.
    ///   - signature: Of the last one.
    package static func encode(bare headers: [Header], signature: Signature) -> [UInt8] {
        guard let first = headers.first, let last = headers.last else { return [] }
        var writer = RunWriter(
            RunHead(
                community: first.community, log: first.log, firstPosition: first.position, previous: first.previous))
        for header in headers.dropLast() { writer.append(bare: header, signature: nil) }
        writer.append(bare: last, signature: signature)
        return writer.bytes
    }

    /// - Parameter bundles: Consecutive, at least one.
    package static func encode(_ bundles: [Bundle]) -> [UInt8] {
        guard let first = bundles.first?.header else { return [] }
        var writer = RunWriter(
            RunHead(
                community: first.community, log: first.log, firstPosition: first.position, previous: first.previous))
        for bundle in bundles { writer.append(bundle) }
        return writer.bytes
    }
}
