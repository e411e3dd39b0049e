import AuthorLog
import FoundationEssentials  // Data, which the generated messages speak
import Identity
import SwiftProtobuf

extension Message {
    /// Reads one whole message of a peer; what it returns is within all bounds, but nothing in it is verified.
    package init(decoding bytes: [UInt8]) throws(MessageError) {
        guard bytes.count <= Limits.messageByteLimit else { throw .tooLarge(byteCount: bytes.count) }
        try WireScan.checkCounts(of: bytes)
        let message = try Grapevine_Sync_Message(parsing: bytes)
        switch message.kind {
        case .hello(let hello): self = .hello(try Hello(hello))
        case .chainRequest: self = .chainRequest
        case .chain(let chain): self = .chain(try bounded(chain.presentation, Limits.chainByteLimit, "presentation"))
        case .frontierHash(let frontier):
            self = .frontierHash(try fixed(frontier.hash, "frontier hash"), updates: frontier.updates)
        case .ranges(let ranges): self = .ranges(try Ranges(ranges))
        case .pull(let pull): self = .pull(try Pull(pull))
        case .run(let part):
            let bytes = [UInt8](part.bytes)
            self = part.pull == 0 ? .push(bytes, hop: part.hop) : .run(pull: part.pull, bytes)
        case .pullDone(let done):
            self = .pullDone(
                done.pull,
                unserved: try each(done.unserved, Limits.wantsPerPull, "unserved") {
                    (unserved) throws(MessageError) in try Unserved(unserved)
                })
        case .credit(let credit): self = .credit(pull: credit.pull, byteCount: credit.bytes)
        case .heads(let heads):
            let rows = try rows(heads.rows, limit: Limits.rowsPerMessage)
            guard heads.hops.isEmpty || heads.hops.count == rows.count else { throw .outOfBounds(field: "hops") }
            self = .heads(rows, hops: heads.hops.isEmpty ? rows.map { _ in 0 } : heads.hops)
        case .peerRecords(let list):
            self = .peerRecords(try records(list.records, limit: Limits.recordsPerMessage))
        case .orders(let orders):
            self = .orders(
                try each(orders.orders, Limits.ordersPerMessage, "orders") { (order) throws(MessageError) in
                    try bounded(order, Limits.orderByteLimit, "order")
                })
        case .forkProofs(let proofs):
            self = .forkProofs(
                try each(proofs.proofs, Limits.forkProofsPerMessage, "fork proofs") {
                    (proof) throws(MessageError) in try bounded(proof, Limits.forkProofByteLimit, "fork proof")
                })
        case .networkKey(let key):
            guard key.number >= 1 else { throw .outOfBounds(field: "number") }
            guard key.key.count == Bytes32.byteCount else { throw .wrongLength(field: "network key") }
            self = .networkKey(NetworkKey(number: key.number, secret: SecretBytes(copying: key.key)))
        case .goodbye(let goodbye):
            self = .goodbye(
                Goodbye(code: goodbye.code, reason: goodbye.reason.cut(toBytes: Limits.goodbyeReasonByteLimit)))
        case .ping(let ping): self = .ping(ping.nonce)
        case .pong(let pong): self = .pong(pong.nonce)
        case .join: self = .join
        case .forwardJoin(let join):
            self = .forwardJoin(try PeerRecord(join.newcomer), timeToLive: join.timeToLive)
        case .neighbor(let neighbor):
            guard let priority = HyParView.Priority(rawValue: neighbor.priority) else {
                throw .outOfBounds(field: "priority")
            }
            self = .neighbor(priority)
        case .neighborReply(let reply): self = .neighborReply(isAccepted: reply.accepted)
        case .disconnect: self = .disconnect
        case .shuffle(let shuffle):
            self = .shuffle(
                try records(shuffle.records, limit: Limits.shuffleMembers), timeToLive: shuffle.timeToLive,
                path: try path(shuffle.path))
        case .shuffleReply(let reply):
            self = .shuffleReply(
                try records(reply.records, limit: Limits.shuffleMembers), path: try path(reply.path))
        case .graft: self = .graft
        case .prune: self = .prune
        case nil: self = .unknown
        }
    }
}

extension SwiftProtobuf.Message {
    init(parsing bytes: [UInt8]) throws(MessageError) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        do {
            try self.init(serializedBytes: bytes, extensions: nil, partial: false, options: options)
        } catch {
            throw .notProtobuf
        }
    }
}

extension Hello {
    init(_ hello: Grapevine_Sync_Hello) throws(MessageError) {
        guard hello.version >= 1, hello.version <= hello.versionMax else { throw .outOfBounds(field: "version") }
        guard hello.listen.utf8.count <= Limits.addressByteLimit else { throw .tooMany(field: "listen") }
        guard let binding = Signature(hello.binding) else { throw .wrongLength(field: "binding") }
        self.init(
            versions: hello.version...hello.versionMax, member: try fixed(hello.member, "member"), binding: binding,
            chainHash: try fixed(hello.chainHash, "chain hash"), frontier: try fixed(hello.frontier, "frontier"),
            updates: hello.updates, storedBytes: hello.bytes, networkKeyNumber: hello.networkKeyNumber,
            listen: hello.listen, time: hello.time)
    }
}

extension Pull {
    init(_ pull: Grapevine_Sync_Pull) throws(MessageError) {
        guard pull.id > 0 else { throw .outOfBounds(field: "pull id") }
        let wants = try each(pull.wants, Limits.wantsPerPull, "wants") { (want) throws(MessageError) in
            guard want.from < want.to, want.to <= Limits.logLengthLimit else { throw .outOfBounds(field: "want") }
            return Want(
                log: try log(want.member, want.incarnation), from: want.from, head: try fixed(want.head, "want head"),
                to: want.to)
        }
        self.init(id: pull.id, wants: wants, credit: pull.credit)
    }
}

extension Unserved {
    init(_ unserved: Grapevine_Sync_Unserved) throws(MessageError) {
        guard unserved.length <= Limits.logLengthLimit else { throw .outOfBounds(field: "unserved length") }
        self.init(
            log: try LogID(unserved.member, unserved.incarnation), reason: Reason(rawValue: unserved.reason),
            length: unserved.length)
    }
}

extension PeerRecord {
    init(_ record: Grapevine_Sync_PeerRecord) throws(MessageError) {
        guard let signature = Signature(record.signature) else { throw .wrongLength(field: "record signature") }
        self.init(
            content: try bounded(record.content, PeerAddress.byteLimit, "peer record"), signature: signature)
    }
}

// The words all of the above are made of.

extension LogID {
    init(_ member: Data, _ incarnation: Data) throws(MessageError) {
        guard let incarnation = Incarnation(incarnation) else { throw .wrongLength(field: "incarnation") }
        self.init(member: try fixed(member, "member"), incarnation: incarnation)
    }
}

func log(_ member: Data, _ incarnation: Data) throws(MessageError) -> LogID {
    try LogID(member, incarnation)
}

/// Rows in the order sent.
func rows(_ rows: [Grapevine_Sync_Row], limit: Int) throws(MessageError) -> [FrontierRow] {
    try each(rows, limit, "rows") { (row) throws(MessageError) in
        guard row.signature.isEmpty || row.signature.count == Signature.byteCount else {
            throw .wrongLength(field: "row signature")
        }
        let log = try log(row.member, row.incarnation)
        let head: Hash256 = try fixed(row.head, "head")
        do throws(FrontierRowError) {
            return try FrontierRow(
                log: log, length: row.length, head: head,
                forkedAt: row.forkedAtPlusOne == 0 ? nil : row.forkedAtPlusOne - 1)
        } catch {
            throw .outOfBounds(field: "row")
        }
    }
}

private func records(
    _ records: [Grapevine_Sync_PeerRecord], limit: Int
) throws(MessageError) -> [PeerRecord] {
    try each(records, limit, "peer records") { (record) throws(MessageError) in try PeerRecord(record) }
}

private func path(_ members: [Data]) throws(MessageError) -> [MemberKey] {
    try each(members, Limits.activeWalk, "path") { (member) throws(MessageError) in try fixed(member, "member") }
}

func fixed<Value: FixedBytes>(_ data: Data, _ field: String) throws(MessageError) -> Value {
    guard let value = Value(data) else { throw .wrongLength(field: field) }
    return value
}

func bounded(_ data: Data, _ byteLimit: Int, _ field: String) throws(MessageError) -> [UInt8] {
    guard data.count <= byteLimit else { throw .tooMany(field: field) }
    return [UInt8](data)
}

func each<From, To>(
    _ list: [From], _ limit: Int, _ field: String, _ read: (From) throws(MessageError) -> To
) throws(MessageError) -> [To] {
    guard list.count <= limit else { throw .tooMany(field: field) }
    var values: [To] = []
    values.reserveCapacity(list.count)
    for element in list { values.append(try read(element)) }
    return values
}

extension String {
    /// Whole characters, at most so many bytes of UTF-8.
    func cut(toBytes byteLimit: Int) -> String {
        var text = self
        if text.utf8.count > byteLimit { text = String(decoding: text.utf8.prefix(byteLimit), as: UTF8.self) }
        while text.utf8.count > byteLimit { text.removeLast() }
        return text
    }
}
