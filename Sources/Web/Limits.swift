import API

/// What a local client can push against.
enum Limits {
    // threats.md, rows 10 and 43.
    static let headerFieldLimit = 64
    static let headerByteLimit = 16 << 10
    static let bodyByteLimit = API.Limits.requestBytes
    static let jsonDepthLimit = 32

    /// threats.md, row 10: from a request's first byte (or the connection) to the end of its header.
    static let headDeadline = Duration.seconds(5)
    /// As long as a peer's frame may take: a megabyte needs milliseconds here.
    static let bodyDeadline = Duration.seconds(10)
    /// A connection may wait for its next request. A guess, as for browsers.
    static let idleDeadline = Duration.seconds(60)
    /// From an answer's first byte until the client has taken it all. A guess.
    static let sendDeadline = Duration.seconds(30)
    /// Calls in progress get so long when the daemon stops.
    static let stopDeadline = Duration.seconds(5)

    /// Who sends too much is still listened to for a while, or he would not read why he was refused. A guess.
    static let refusedBodyByteLimit = 16 << 20
    /// Above the 500 of threats.md, row 10, below the usual 1,024 descriptors of a process.
    static let connectionLimit = 600
    /// What the kernel holds while we are busy; its own ceiling was 128 for long.
    static let backlog: Int32 = 128
}
