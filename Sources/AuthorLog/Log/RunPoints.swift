/// Where the bundles of a run's part end, and their ids: enough to find out which branch of a log it is of. Nothing is verified.
package struct RunPoints: Sendable {
    package let head: RunHead
    /// Of the whole entries, in order; bare ones are left out.
    package let ends: [BranchPoint]

    package init(of part: [UInt8]) throws(RunError) {
        (head, ends) = try part.withUnsafeBufferPointer { (buffer) throws(RunError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            let head = try RunHead(&cursor)
            var reader = RunEntryReader(head)
            var ends: [BranchPoint] = []
            while !cursor.isAtEnd {
                let entry = try reader.next(&cursor)
                if !entry.isBare { ends.append(BranchPoint(length: entry.header.end, head: entry.id)) }
            }
            return (head, ends)
        }
    }
}
