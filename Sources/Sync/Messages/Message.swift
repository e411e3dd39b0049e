package import AuthorLog
package import Identity

/// What two nodes say to each other; the bytes are those of proto/sync.proto.
package enum Message: Equatable, Sendable {
    case hello(Hello)
    case chainRequest
    /// A presentation, not yet looked at.
    case chain([UInt8])
    case frontierHash(Hash256, updates: UInt64)
    case ranges(Ranges)
    case pull(Pull)
    /// A part of a run that was asked for.
    case run(pull: UInt32, [UInt8])
    /// A run that was not; `hop` links lie between its author and who says this.
    case push([UInt8], hop: UInt32)
    case pullDone(UInt32, unserved: [Unserved])
    case credit(pull: UInt32, byteCount: UInt64)
    /// As many hops as rows.
    case heads([FrontierRow], hops: [UInt32])
    case peerRecords([PeerRecord])
    /// Signed root orders, not yet looked at.
    case orders([[UInt8]])
    /// Not yet looked at.
    case forkProofs([[UInt8]])
    case networkKey(NetworkKey)
    case goodbye(Goodbye)
    case ping(UInt64)
    case pong(UInt64)
    case join
    case forwardJoin(PeerRecord, timeToLive: UInt32)
    case neighbor(HyParView.Priority)
    case neighborReply(isAccepted: Bool)
    case disconnect
    case shuffle([PeerRecord], timeToLive: UInt32, path: [MemberKey])
    case shuffleReply([PeerRecord], path: [MemberKey])
    case graft
    case prune
    /// Of a later version: ignored.
    case unknown
}

package enum MessageError: Error, Equatable, Sendable {
    case tooLarge(byteCount: Int)
    case notProtobuf
    case wrongLength(field: String)
    case tooMany(field: String)
    case outOfBounds(field: String)
    case notAscending(field: String)
    case outsidePrefix
    case tooManyRounds(UInt32)
}

/// The first thing said.
package struct Hello: Equatable, Sendable {
    package var versions: ClosedRange<UInt32>
    package var member: MemberKey
    package var binding: Signature
    package var chainHash: Hash256
    package var frontier: Hash256
    package var updates: UInt64
    /// Of them on his disk, about; 0: not told.
    package var storedBytes: UInt64 = 0
    package var networkKeyNumber: UInt32
    package var listen: String
    package var time: UInt64
}

package struct Pull: Equatable, Sendable {
    package var id: UInt32
    package var wants: [Want]
    package var credit: UInt64
}

package struct Want: Equatable, Sendable {
    package var log: LogID
    /// What the puller holds: a length, and the head there, zero for none.
    package var from: UInt64
    package var head: Hash256
    /// The length that was shown to him: at least so far.
    package var to: UInt64
}

package struct Unserved: Equatable, Sendable {
    package enum Reason: UInt32, Sendable { case notHeld = 1, anotherBranch = 2 }

    package var log: LogID
    /// Nil: one of a later version.
    package var reason: Reason?
    /// What the sender has of it.
    package var length: UInt64
}

/// Where a member can be dialled, in its own words.
package struct PeerRecord: Equatable, Sendable {
    /// A PeerAddress, as signed.
    package var content: [UInt8]
    package var signature: Signature

    package init(content: [UInt8], signature: Signature) {
        self.content = content
        self.signature = signature
    }
}

/// Why a connection ends.
package struct Goodbye: Equatable, Sendable {
    package enum Code: UInt32, Sendable {
        case version = 1
        case memberRefused = 2
        case malformed = 3
        case limit = 4
        case stopping = 5
        case reconnect = 6
        case duplicateConnection = 7
        /// Neither is the other's neighbour, and nothing more is wanted.
        case parting = 8
    }

    /// Of ours always a ``Code``.
    package var code: UInt32
    /// For people; at most 200 bytes.
    package var reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code.rawValue
        self.reason = reason
    }

    /// Only the connection ends: who says so is there.
    var isWell: Bool {
        switch Code(rawValue: code) {
        case .reconnect, .parting, .duplicateConnection: true
        case .version, .memberRefused, .malformed, .limit, .stopping, nil: false
        }
    }

    init(code: UInt32, reason: String) {
        self.code = code
        self.reason = reason
    }
}
