import AuthorLog
import FoundationEssentials  // Data, which the generated messages speak
import Identity
import SwiftProtobuf

extension Message {
    package var encoded: [UInt8] {
        var message = Grapevine_Sync_Message()
        switch self {
        case .hello(let hello): message.hello = hello.generated
        case .chainRequest: message.chainRequest = Grapevine_Sync_ChainRequest()
        case .chain(let presentation): message.chain = .with { $0.presentation = Data(presentation) }
        case .frontierHash(let hash, let updates):
            message.frontierHash = .with {
                $0.hash = Data(hash.bytes)
                $0.updates = updates
            }
        case .ranges(let ranges):
            message.ranges = .with {
                $0.round = ranges.round
                $0.ranges = ranges.ranges.map(\.generated)
                $0.salt = ranges.salt
            }
        case .pull(let pull):
            message.pull = .with {
                $0.id = pull.id
                $0.wants = pull.wants.map(\.generated)
                $0.credit = pull.credit
            }
        case .run(let pull, let bytes):
            message.run = .with {
                $0.pull = pull
                $0.bytes = Data(bytes)
            }
        case .push(let bytes, let hop):
            message.run = .with {
                $0.bytes = Data(bytes)
                $0.hop = hop
            }
        case .pullDone(let pull, let unserved):
            message.pullDone = .with {
                $0.pull = pull
                $0.unserved = unserved.map(\.generated)
            }
        case .credit(let pull, let byteCount):
            message.credit = .with {
                $0.pull = pull
                $0.bytes = byteCount
            }
        case .heads(let rows, let hops):
            message.heads = .with {
                $0.rows = rows.map(\.generated)
                if hops.contains(where: { $0 > 0 }) { $0.hops = hops }
            }
        case .peerRecords(let records): message.peerRecords = .with { $0.records = records.map(\.generated) }
        case .orders(let orders): message.orders = .with { $0.orders = orders.map { Data($0) } }
        case .forkProofs(let proofs): message.forkProofs = .with { $0.proofs = proofs.map { Data($0) } }
        case .networkKey(let key):
            message.networkKey = .with {
                $0.number = key.number
                $0.key = key.secret.withUnsafeBytes { Data($0) }
            }
        case .goodbye(let goodbye):
            message.goodbye = .with {
                $0.code = goodbye.code
                $0.reason = goodbye.reason.cut(toBytes: Limits.goodbyeReasonByteLimit)
            }
        case .ping(let nonce): message.ping = .with { $0.nonce = nonce }
        case .pong(let nonce): message.pong = .with { $0.nonce = nonce }
        case .join: message.join = Grapevine_Sync_Join()
        case .forwardJoin(let newcomer, let timeToLive):
            message.forwardJoin = .with {
                $0.newcomer = newcomer.generated
                $0.timeToLive = timeToLive
            }
        case .neighbor(let priority): message.neighbor = .with { $0.priority = priority.rawValue }
        case .neighborReply(let isAccepted): message.neighborReply = .with { $0.accepted = isAccepted }
        case .disconnect: message.disconnect = Grapevine_Sync_Disconnect()
        case .shuffle(let records, let timeToLive, let path):
            message.shuffle = .with {
                $0.records = records.map(\.generated)
                $0.timeToLive = timeToLive
                $0.path = path.map { Data($0.bytes) }
            }
        case .shuffleReply(let records, let path):
            message.shuffleReply = .with {
                $0.records = records.map(\.generated)
                $0.path = path.map { Data($0.bytes) }
            }
        case .graft: message.graft = Grapevine_Sync_Graft()
        case .prune: message.prune = Grapevine_Sync_Prune()
        case .unknown: break
        }
        return message.encodedBytes
    }
}

extension SwiftProtobuf.Message {
    /// Only for messages made here: their values come from types that fit, so encoding them does not fail.
    var encodedBytes: [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            preconditionFailure("\(Self.protoMessageName) does not encode: \(error)")
        }
    }
}

extension Hello {
    var generated: Grapevine_Sync_Hello {
        .with {
            $0.version = versions.lowerBound
            $0.versionMax = versions.upperBound
            $0.member = Data(member.bytes)
            $0.binding = Data(binding.bytes)
            $0.chainHash = Data(chainHash.bytes)
            $0.frontier = Data(frontier.bytes)
            $0.updates = updates
            $0.bytes = storedBytes
            $0.networkKeyNumber = networkKeyNumber
            $0.listen = listen
            $0.time = time
        }
    }
}

extension FrontierRange {
    var generated: Grapevine_Sync_Range {
        .with {
            $0.prefix = Data(prefix)
            switch content {
            case .hashes(let hashes): $0.hashes = Data(hashes.flatMap(\.bytes))
            case .fingerprints(let fingerprints, let isAnswer):
                $0.fingerprints = .with {
                    $0.ids = Data(fingerprints.flatMap { $0.idBytes })
                    $0.lengths = fingerprints.map(\.length)
                    $0.logs = Data(fingerprints.flatMap { $0.log.bigEndianBytes })
                    $0.heads = Data(fingerprints.flatMap { $0.head.bigEndianBytes })
                    $0.answer = isAnswer
                }
            case .rows(let rows, let isAnswer):
                $0.rows = .with {
                    $0.rows = rows.map(\.generated)
                    $0.answer = isAnswer
                }
            }
        }
    }
}

extension FrontierRow {
    var generated: Grapevine_Sync_Row {
        .with {
            $0.member = Data(log.member.bytes)
            $0.incarnation = Data(log.incarnation.bytes)
            $0.length = length
            $0.head = Data(head.bytes)
            $0.forkedAtPlusOne = forkedAt.map { $0 + 1 } ?? 0
        }
    }
}

extension Want {
    var generated: Grapevine_Sync_Want {
        .with {
            $0.member = Data(log.member.bytes)
            $0.incarnation = Data(log.incarnation.bytes)
            $0.from = from
            $0.head = Data(head.bytes)
            $0.to = to
        }
    }
}

extension Unserved {
    var generated: Grapevine_Sync_Unserved {
        .with {
            $0.member = Data(log.member.bytes)
            $0.incarnation = Data(log.incarnation.bytes)
            $0.reason = reason?.rawValue ?? 0
            $0.length = length
        }
    }
}

extension PeerRecord {
    var generated: Grapevine_Sync_PeerRecord {
        .with {
            $0.content = Data(content)
            $0.signature = Data(signature.bytes)
        }
    }
}

extension FrontierFingerprint {
    fileprivate var idBytes: [UInt8] { [16, 8, 0].map { UInt8(truncatingIfNeeded: id >> $0) } }
}

extension UInt16 {
    fileprivate var bigEndianBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 255)] }
}
