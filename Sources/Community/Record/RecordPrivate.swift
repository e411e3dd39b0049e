import SwiftProtobuf

/// What a record says that only members read and that can be erased: external ids, contacts, names.
package struct RecordPrivate: Equatable, Sendable {
    package var externalID: String
    package var contact: String
    package var name: String
    package var pledgeExternalID: String

    package init(externalID: String = "", contact: String = "", name: String = "", pledgeExternalID: String = "") {
        self.externalID = externalID
        self.contact = contact
        self.name = name
        self.pledgeExternalID = pledgeExternalID
    }

    package var isEmpty: Bool { self == RecordPrivate() }

    /// - Returns: nil where the bytes are no such message or a field is too long: shown as not held.
    package init?(decoding bytes: [UInt8]) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        // The error is dropped on purpose: a private part decides nothing, so a bad one is merely not shown.
        guard let message = try? Grapevine_Community_RecordPrivate(serializedBytes: bytes, options: options) else {
            return nil
        }
        let fields = [message.externalID, message.contact, message.name, message.pledgeExternalID]
        guard fields.allSatisfy({ $0.utf8.count <= Limits.externalIDByteLimit }) else { return nil }
        self.init(
            externalID: message.externalID, contact: message.contact, name: message.name,
            pledgeExternalID: message.pledgeExternalID)
    }

    package var encoded: [UInt8] {
        let message = Grapevine_Community_RecordPrivate.with {
            $0.externalID = externalID
            $0.contact = contact
            $0.name = name
            $0.pledgeExternalID = pledgeExternalID
        }
        guard let bytes: [UInt8] = try? message.serializedBytes() else {
            preconditionFailure("proto3 messages without required fields always serialise")
        }
        return bytes
    }
}
