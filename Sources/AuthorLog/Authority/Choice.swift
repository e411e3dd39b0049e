package import Identity
import SwiftProtobuf

/// Says with which branch a forked log goes on (operation kind 6, and what a root order may hold).
package struct Choice: Hashable, Sendable {
    package let log: LogID
    /// ``Fork/id``.
    package let fork: Hash256
    /// Where the bundle `head` ends, 1 to 2^48: the branch is the one that it lies on. The log goes on behind it.
    package let length: UInt64
    package let head: Hash256

    /// As written: unknown fields included.
    package let bytes: [UInt8]

    package init(log: LogID, fork: Hash256, length: UInt64, head: Hash256) throws(AuthorityFormError) {
        let message = Grapevine_Authority_Choose.with {
            $0.member = log.member.bytes.data
            $0.incarnation = log.incarnation.bytes.data
            $0.fork = fork.bytes.data
            $0.length = length
            $0.head = head.bytes.data
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_Choose(parsing: bytes, byteLimit: Limits.operationByteLimit - 1)
        try self.init(message, bytes: bytes)
    }

    init(_ message: Grapevine_Authority_Choose, bytes: [UInt8]) throws(AuthorityFormError) {
        log = LogID(
            member: try MemberKey(field: "member", message.member),
            incarnation: try Incarnation(field: "incarnation", message.incarnation))
        fork = try Hash256(field: "fork", message.fork)
        length = message.length
        guard (1...Limits.logLengthLimit).contains(length) else { throw .outOfRange(field: "length") }
        head = try Hash256(field: "head", message.head)
        self.bytes = bytes
    }
}
