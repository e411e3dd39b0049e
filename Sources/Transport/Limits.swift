/// Every bound that a stranger or a peer can push against. What the protocol fixes is static; the rest is a value, so that
/// tests need not wait for real deadlines.
///
/// Numbers without another origin are those of the threat model's first lines.
package struct TransportLimits: Sendable, Equatable {
    /// 4-sync.md, *Connection*: what two bytes of length can say.
    package static let frameByteLimit = 65_535
    /// 4-sync.md, *Connection*.
    package static let messageByteLimit = 1 << 20
    /// What we send: with its two bytes of length such a frame fills a buffer of 2^16 and not one byte of the next size.
    package static let sentFrameByteLimit = 65_534
    /// The longest of our handshake's messages, the second, has 96 bytes; a stranger can make us hold no more than this.
    package static let handshakeFrameByteLimit = 128
    /// The current network key and two before it.
    package static let networkKeyLimit = 3
    /// Addresses of which it is remembered with which key they were dialled last: as many as a peer book has, some 100 bytes each.
    static let rememberedTurns = 16_384
    /// What a message costs in a queue beside its bytes; a guess.
    package static let messageOverheadByteCount = 128
    /// The most that one wake-up reads from a socket: NIO's four buffers of 64 KiB.
    package static let readBurstByteCount = 4 * 65_536

    // Time.

    /// TCP's own handshake, when we dial.
    package var connectDeadline: Duration = .seconds(5)
    /// From accepting or connecting to the shell's `accepted`: the handshake and both hellos.
    package var acceptanceDeadline: Duration = .seconds(5)
    /// From a frame's first byte to its last, however they drip.
    package var frameDeadline: Duration = .seconds(10)
    /// Without a frame.
    package var idleDeadline: Duration = .seconds(90)
    /// From an outbound queue's going above ``outboundByteLimit`` until ``drainByteCount`` have left it, and again from then on until
    /// it is empty.
    package var drainDeadline: Duration = .seconds(30)
    /// What the slowest link takes in that time, at the 8,192 bytes a second of 4-sync.md, *Runs*.
    package var drainByteCount = 30 * 8_192
    /// How long a link that we close may take to hear what was queued before; a guess.
    package var lingerDeadline: Duration = .seconds(1)
    /// 4-sync.md, *Connection*: then the shell is told that the link grew old.
    package var reconnectAge: Duration = .seconds(3600)
    /// The same, in frames of one direction.
    package var reconnectFrameCount: UInt64 = 1 << 20

    // Memory, per link.

    /// Above it we stop listening to the peer until it has listened to us.
    package var outboundByteLimit = 1 << 20
    /// Above it the link is cut at once: somebody here does not heed ``SendOutcome/overfull``.
    package var outboundByteHardLimit = 4 << 20
    /// What has been received and not been taken from the events, unfinished messages included; at least a message and a burst.
    package var inboundByteLimit = 2 << 20

    // Places.

    /// Links accepted from a socket and not yet by the shell.
    package var strangerLimit = 64
    /// Of these, kept free for addresses that the shell knows; a guess.
    package var reservedStrangerCount = 16
    /// Per IPv4 address, or per IPv6 /64: the smallest thing that is given to one customer.
    package var strangersPerHostLimit = 8
    /// Links accepted by the shell, whoever began them.
    package var peerLimit = 64
    /// Of these, kept free for addresses that the shell knows, dialled ones included; a guess.
    package var reservedPeerCount = 16
    /// Links that we began and that the shell has not accepted; a guess.
    package var dialLimit = 16

    // Rates of accepting; WireGuard's for one host, and its proportion of burst to rate for the others.

    package var hostRate = Rate(perSecond: 20, burst: 5)
    /// Per IPv4 /24 or IPv6 /48: half of the whole, so that one network cannot spend what is there for all. Known addresses pass.
    package var networkRate = Rate(perSecond: 100, burst: 25)
    /// Known addresses pass.
    package var wholeRate = Rate(perSecond: 200, burst: 50)

    package init() {}

    /// How many may come, on average and at once.
    package struct Rate: Sendable, Equatable {
        package var perSecond: Int
        package var burst: Int

        package init(perSecond: Int, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// Taken events must bring a link below this before it is read again: room for a message in the making and for one burst.
    var inboundPauseByteCount: Int {
        max(1, inboundByteLimit - Self.messageByteLimit - Self.readBurstByteCount)
    }
}
