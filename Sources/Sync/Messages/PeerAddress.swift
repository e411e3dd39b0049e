import FoundationEssentials  // Data, which the generated messages speak
package import Identity
import SwiftProtobuf

/// What a peer record says.
package struct PeerAddress: Equatable, Sendable {
    /// Member, serial, four addresses, and slack for fields to come.
    static let byteLimit = 1_024

    package var member: MemberKey
    package var addresses: [String]
    /// A higher one replaces a lower one.
    package var serial: UInt64

    package init(member: MemberKey, addresses: [String], serial: UInt64) {
        self.member = member
        self.addresses = addresses
        self.serial = serial
    }

    package init(decoding bytes: [UInt8]) throws(MessageError) {
        guard bytes.count <= Self.byteLimit else { throw .tooLarge(byteCount: bytes.count) }
        let address = try Grapevine_Sync_PeerAddress(parsing: bytes)
        guard address.addresses.count <= Limits.addressesPerRecord,
            address.addresses.allSatisfy({ $0.utf8.count <= Limits.addressByteLimit })
        else { throw .tooMany(field: "addresses") }
        self.init(
            member: try fixed(address.member, "member"), addresses: address.addresses, serial: address.serial)
    }
}

extension PeerAddress {
    package var bytes: [UInt8] {
        Grapevine_Sync_PeerAddress.with {
            $0.member = .init(member.bytes)
            $0.addresses = addresses
            $0.serial = serial
        }.encodedBytes
    }

    /// What the member signs (tag `gv peer record`).
    package static func signedMessage(content: [UInt8], community: CommunityID) -> [UInt8] {
        SignatureDomain.peerRecord.message(community: community, content: content)
    }
}

extension SignatureDomain {
    /// Over a PeerAddress, by the member key.
    static let peerRecord = Self("gv peer record")
    /// Over a Noise static key, by the member key.
    static let noiseKey = Self("gv noise key")
}
