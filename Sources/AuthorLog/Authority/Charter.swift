package import Identity
import SwiftProtobuf

package enum Attribution: UInt8, Hashable, Sendable {
    case firstTouch, lastTouch
}

package enum CharterError: Error, Equatable, Sendable {
    case form(AuthorityFormError)
    /// Empty, or longer than 120 bytes.
    case title(byteCount: Int)
    /// Not three capitals.
    case currency(String)
    case qualifyingAmount(Int64)
}

/// What a community is: written once by its founder, and never changed, for its hash is the community's id.
package struct Charter: Hashable, Sendable {
    package let title: String
    /// ISO 4217; three capitals are all that is checked here.
    package let currency: String
    package let createdMilliseconds: UInt64
    package let rootKey: RootKey
    package let successorKeyHash: Hash256
    package let attribution: Attribution
    /// 0: no window.
    package let windowDays: UInt32
    /// In the charter's currency; 0: none.
    package let qualifyingMinor: Int64
    package let personKeyHash: Hash256

    /// As hashed.
    package let bytes: [UInt8]
    package let id: CommunityID

    package init(
        title: String, currency: String, createdMilliseconds: UInt64, rootKey: RootKey, successorKeyHash: Hash256,
        attribution: Attribution = .firstTouch, windowDays: UInt32 = 0, qualifyingMinor: Int64 = 0,
        personKeyHash: Hash256
    ) throws(CharterError) {
        guard let created = Int64(exactly: createdMilliseconds) else { throw .form(.outOfRange(field: "created_ms")) }
        let message = Grapevine_Authority_Charter.with {
            $0.title = title
            $0.currency = currency
            $0.createdMs = created
            $0.rootKey = rootKey.bytes.data
            $0.successorKeyHash = successorKeyHash.bytes.data
            $0.attribution = attribution == .firstTouch ? .firstTouch : .lastTouch
            $0.windowDays = windowDays
            $0.qualifyingMinor = qualifyingMinor
            $0.personKeyHash = personKeyHash.bytes.data
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(CharterError) {
        do throws(AuthorityFormError) {
            let message = try Grapevine_Authority_Charter(parsing: bytes, byteLimit: Limits.charterByteLimit)
            title = message.title
            currency = message.currency
            createdMilliseconds = try UInt64(field: "created_ms", milliseconds: message.createdMs)
            rootKey = try RootKey(field: "root_key", message.rootKey)
            successorKeyHash = try Hash256(field: "successor_key_hash", message.successorKeyHash)
            attribution = try Attribution(message.attribution)
            windowDays = message.windowDays
            qualifyingMinor = message.qualifyingMinor
            guard message.calendar == .utcMonths else { throw .outOfRange(field: "calendar") }
            personKeyHash = try Hash256(field: "person_key_hash", message.personKeyHash)
        } catch {
            throw .form(error)
        }
        self.bytes = bytes
        let named = SignatureDomain.charter.message(community: nil, content: bytes)
        id = CommunityID(raw: BLAKE2b.hash256(named, personal: .charter).raw)

        guard (1...Limits.titleByteLimit).contains(title.utf8.count) else { throw .title(byteCount: title.utf8.count) }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard currency.utf8.count == 3, currency.utf8.allSatisfy(capitals.contains) else { throw .currency(currency) }
        guard (0...Limits.moneyLimit).contains(qualifyingMinor) else { throw .qualifyingAmount(qualifyingMinor) }
    }

    package static func hash(ofSuccessor key: RootKey) -> Hash256 {
        BLAKE2b.hash256(key.bytes, personal: .rootKey)
    }

    package static func hash(ofPersonKey key: SecretBytes) -> Hash256 {
        key.withUnsafeBytes { BLAKE2b.hash256($0, personal: .personKey) }
    }
}

extension Attribution {
    fileprivate init(_ message: Grapevine_Authority_Attribution) throws(AuthorityFormError) {
        switch message {
        case .firstTouch: self = .firstTouch
        case .lastTouch: self = .lastTouch
        case .UNRECOGNIZED: throw .outOfRange(field: "attribution")
        }
    }
}
