package import AuthorLog
import Identity

/// The mark beside the key (2-log.md, *Incarnations and the mark*): written in place, two slots by turns.
extension Home {
    /// Nil where there is none, or both slots are torn.
    package func readMark() throws(FoundingError) -> Mark? {
        guard let bytes = try folder.read(File.mark.rawValue, limit: Mark.fileByteCount) else { return nil }
        return Mark.latest(in: bytes)
    }

    /// Makes the mark's file where it is missing: a mark says which file it was written to.
    package func prepareMark() throws(FoundingError) -> FileIdentity {
        let empty = FileContent.plain([UInt8](repeating: 0, count: Mark.fileByteCount))
        if try folder.create(File.mark.rawValue, empty) { try folder.synchronize() }
        guard let identity = try identity(of: .mark) else { throw .damaged(path(of: .mark), "is missing") }
        return identity
    }

    /// Durable when it returns. The other slot is not touched, so a crash in between leaves the mark before.
    package func writeMark(_ mark: Mark) throws(FoundingError) {
        guard let file = try folder.open(File.mark.rawValue, writing: true) else {
            throw .damaged(path(of: .mark), "is missing")
        }
        try file.write(.plain(mark.slot), at: mark.slotOffset)
        try file.synchronizeData()
    }
}
