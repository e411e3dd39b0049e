import Metrics
import Transport

/// What a node tells whoever counts in this process: sums that only grow, and how many peers there are now.
///
/// Labels are fixed: add, never change. None names a peer, an address or anything of the record.
struct NodeMetrics {
    private let factory: any MetricsFactory
    private let bytesReceived: Counter
    private let bytesSent: Counter
    private let messagesReceived: Counter
    private let messagesSent: Counter
    private let handshakes: Counter
    private let appendedOwn: Counter
    private let appendedOfPeers: Counter
    private let peers: Gauge
    /// One each reason: refused at the door, a handshake refused, a peer who broke the protocol, a plain end.
    private var ends: [CloseReason: Counter] = [:]
    private var reported = TransportCounters()

    init(factory: any MetricsFactory) {
        self.factory = factory
        bytesReceived = Counter(label: "grapevine_bytes_received", factory: factory)
        bytesSent = Counter(label: "grapevine_bytes_sent", factory: factory)
        messagesReceived = Counter(label: "grapevine_messages_received", factory: factory)
        messagesSent = Counter(label: "grapevine_messages_sent", factory: factory)
        handshakes = Counter(label: "grapevine_handshakes", factory: factory)
        let appended = "grapevine_operations_appended"
        appendedOwn = Counter(label: appended, dimensions: [("origin", "own")], factory: factory)
        appendedOfPeers = Counter(label: appended, dimensions: [("origin", "peer")], factory: factory)
        peers = Gauge(label: "grapevine_peers", factory: factory)
    }

    /// What has been added since the last report.
    mutating func report(_ counters: TransportCounters) {
        guard counters != reported else { return }
        bytesReceived.increment(by: counters.bytesReceived - reported.bytesReceived)
        bytesSent.increment(by: counters.bytesSent - reported.bytesSent)
        messagesReceived.increment(by: counters.messagesReceived - reported.messagesReceived)
        messagesSent.increment(by: counters.messagesSent - reported.messagesSent)
        handshakes.increment(by: counters.established - reported.established)
        if counters.peers != reported.peers { peers.record(counters.peers) }
        for (reason, count) in counters.ends where count > reported.ended(reason) {
            counter(of: reason).increment(by: count - reported.ended(reason))
        }
        reported = counters
    }

    /// Operations that are durable now.
    func appended(_ count: UInt64, isOwn: Bool) {
        (isOwn ? appendedOwn : appendedOfPeers).increment(by: Int64(clamping: count))
    }

    private mutating func counter(of reason: CloseReason) -> Counter {
        if let counter = ends[reason] { return counter }
        let counter = Counter(
            label: "grapevine_connections_ended", dimensions: [("reason", "\(reason)")], factory: factory)
        ends[reason] = counter
        return counter
    }
}
