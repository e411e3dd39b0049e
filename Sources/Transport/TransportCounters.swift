/// How much of what there was, since the start, and how much there is now.
package struct TransportCounters: Sendable, Equatable {
    // Since the start.

    /// Connections taken from a listening socket, refused ones included.
    package internal(set) var connectsSeen = 0
    package internal(set) var dials = 0
    /// Handshakes finished.
    package internal(set) var established = 0
    package internal(set) var messagesReceived = 0
    package internal(set) var messagesSent = 0
    package internal(set) var bytesReceived = 0
    package internal(set) var bytesSent = 0
    /// Of strangers, too, of whom no event tells.
    package internal(set) var ends: [CloseReason: Int] = [:]

    // Now.

    package internal(set) var strangers = 0
    package internal(set) var dialling = 0
    package internal(set) var peers = 0

    /// Of a node that has just begun.
    package init() {}

    package func ended(_ reason: CloseReason) -> Int { ends[reason, default: 0] }
}
