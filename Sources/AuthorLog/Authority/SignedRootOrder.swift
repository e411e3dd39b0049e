package import Identity
import SwiftProtobuf

/// A root order and its signature, as everybody carries it. Decoding checks the form; ``isGenuine(under:)`` the signature.
package struct SignedRootOrder: Hashable, Sendable {
    package let order: RootOrder
    package let signature: Signature

    package init(order: RootOrder, signature: Signature) {
        self.order = order
        self.signature = signature
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        // Tags and lengths of two fields, and room for fields to come.
        let byteLimit = 2 * Limits.rootOrderByteLimit
        try self.init(Grapevine_Authority_SignedRootOrder(parsing: bytes, byteLimit: byteLimit))
    }

    init(_ message: Grapevine_Authority_SignedRootOrder) throws(AuthorityFormError) {
        order = try RootOrder(decoding: [UInt8](message.order))
        signature = try Signature(field: "signature", message.signature)
    }

    /// Successions in a presentation or a ticket: few, for each costs a signature check.
    static func all(_ messages: [Grapevine_Authority_SignedRootOrder]) throws(AuthorityFormError) -> [SignedRootOrder] {
        guard messages.count <= Limits.successionsPerChain else { throw .outOfRange(field: "successions") }
        var orders: [SignedRootOrder] = []
        for message in messages { orders.append(try SignedRootOrder(message)) }
        return orders
    }

    var message: Grapevine_Authority_SignedRootOrder {
        .with {
            $0.order = order.bytes.data
            $0.signature = signature.bytes.data
        }
    }

    /// A `SignedRootOrder` message; what is signed and hashed is the order inside, which keeps its bytes.
    package var bytes: [UInt8] { message.encoded }

    /// Of the order without its signature.
    package var hash: Hash256 { order.hash }

    /// Whether a root signed it: the charter's, its successor, or one that `successions` lead to.
    ///
    /// - Parameter successions: Orders in any order; those that no root signed lead nowhere.
    package func isGenuine(under charter: Charter, successions: [SignedRootOrder] = []) -> Bool {
        let line = RootLine(charter: charter, orders: successions.filter { $0.isSigned(under: charter) }.map(\.order))
        return line.generation(of: order) != nil && isSigned(under: charter)
    }

    /// Whether the key that the order names signed it, whosever that is.
    package func isSigned(under charter: Charter) -> Bool {
        let message = SignatureDomain.rootOrder.message(community: charter.id, content: order.bytes)
        return (order.rootKey ?? charter.rootKey).verify(signature, of: message)
    }

    /// The frontier's first row: the hashes of the orders held, by serial, then hash, each once.
    package static func hash(of orders: [SignedRootOrder]) -> Hash256 {
        let keys = orders.map { (serial: $0.order.serial, hash: $0.hash) }.sorted { $0 < $1 }
        var bytes: [UInt8] = []
        var previous: Hash256?
        for key in keys where key.hash != previous {
            key.hash.append(to: &bytes)
            previous = key.hash
        }
        return BLAKE2b.hash256(bytes, personal: .rootOrders)
    }
}
