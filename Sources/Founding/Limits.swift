import AuthorLog

/// Bounds of what is read from a home. What lies there may have been put there by somebody else.
enum Limits {
    static let charterByteLimit = AuthorLog.Limits.charterByteLimit
    static let presentationByteLimit = AuthorLog.Limits.operationByteLimit
    /// One line of about 100 bytes.
    static let keyFileByteLimit = 512
    /// More than a ticket's addresses, which are at most 8 of 80 bytes.
    static let addressesByteLimit = 4_096
    /// One address: a host name has at most 253 bytes.
    static let listenByteLimit = 512
    /// threats.md, row 34: what a checkpoint of some hundred pages needs.
    static let reserveByteCount = 1 << 20
    /// Free beside the reserve before a disk counts as no longer full: one transaction, so that it is not full at once again.
    static let reserveRoomByteCount = 1 << 20
    /// Enough of a file's beginning to know a root key by.
    static let sniffByteCount = 64
}
