package import Identity

/// Where the bundles of a run's part end, and their ids: enough to find out which branch of a log it is of. Nothing is verified.
package struct RunPoints: Sendable {
    package let head: RunHead
    /// Of the whole entries, in order; bare ones are left out.
    package let ends: [BranchPoint]
    /// Nil where none is signed; nobody has verified it.
    package let lastSigned: (header: Header, signature: Signature)?

    package init(of part: [UInt8]) throws(RunError) {
        (head, ends, lastSigned) = try part.withUnsafeBufferPointer { (buffer) throws(RunError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            let head = try RunHead(&cursor)
            var reader = RunEntryReader(head)
            var ends: [BranchPoint] = []
            var lastSigned: (header: Header, signature: Signature)?
            while !cursor.isAtEnd {
                let entry = try reader.next(&cursor)
                if let signature = entry.signature { lastSigned = (entry.header, signature) }
                if !entry.isBare { ends.append(BranchPoint(length: entry.header.end, head: entry.id)) }
            }
            return (head, ends, lastSigned)
        }
    }
}
