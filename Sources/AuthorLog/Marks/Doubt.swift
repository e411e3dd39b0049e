package import Identity

/// Why a node does not trust its own past. The first write after it opens a new incarnation, and nobody is forked.
package enum Doubt: Hashable, Sendable {
    /// Lost, or both slots torn.
    case noMark
    /// The database is another one than the mark was made with.
    case otherToken
    /// It lacks what the mark has seen: an old backup.
    case databaseBehind(marked: UInt64, held: UInt64)
    /// It is as long, but has another history.
    case otherHistory(at: UInt64)
    case otherDatabaseFile, otherMarkFile
    /// A peer shows a head, signed by us, that we do not have.
    case headElsewhere(length: UInt64)
}

extension Doubt {
    /// What a database says, to be held against the mark.
    package struct Evidence: Hashable, Sendable {
        package let token: Bytes16
        /// Own length in the incarnation that the mark names; 0 where the database does not know that log.
        package let length: UInt64
        /// Bundle id at the mark's length; nil where no bundle ends there. Zero at 0.
        package let headAtMark: Hash256?
        package let database: FileIdentity
        package let mark: FileIdentity

        package init(
            token: Bytes16, length: UInt64, headAtMark: Hash256?, database: FileIdentity, mark: FileIdentity
        ) {
            self.token = token
            self.length = length
            self.headAtMark = headAtMark
            self.database = database
            self.mark = mark
        }
    }

    /// - Parameter mark: ``Mark/latest(in:)``.
    /// - Returns: Nil where there is no reason to doubt.
    package static func of(_ mark: Mark?, _ evidence: Evidence) -> Doubt? {
        guard let mark else { return .noMark }
        guard evidence.token == mark.token else { return .otherToken }
        guard evidence.length >= mark.length else {
            return .databaseBehind(marked: mark.length, held: evidence.length)
        }
        guard mark.length == 0 || evidence.headAtMark == mark.head else { return .otherHistory(at: mark.length) }
        guard evidence.database.fits(mark.database) else { return .otherDatabaseFile }
        guard evidence.mark.fits(mark.mark) else { return .otherMarkFile }
        return nil
    }
}
