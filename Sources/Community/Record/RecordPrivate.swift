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
        guard let read = bytes.withUnsafeBytes({ RecordPrivate(decoding: $0) }) else { return nil }
        self = read
    }

    init?(decoding bytes: UnsafeRawBufferPointer) {
        self.init()
        do throws(RecordError) {
            var reader = WireReader(bytes)
            while let (number, value) = try reader.next() {
                guard (1...4).contains(number), let bytes = value.bytes else { continue }
                let text = try WireReader.text(bytes)
                switch number {
                case 1: externalID = text
                case 2: contact = text
                case 3: name = text
                default: pledgeExternalID = text
                }
            }
        } catch {
            // Dropped on purpose: a private part decides nothing, so a bad one is merely not shown.
            return nil
        }
        let longest = max(
            externalID.utf8.count, contact.utf8.count, name.utf8.count, pledgeExternalID.utf8.count)
        guard longest <= Limits.externalIDByteLimit else { return nil }
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
