import AuthorLog
import FoundationEssentials  // Data, which the generated messages speak
import Identity
import SwiftProtobuf

extension Record {
    /// Reads a public part of kind 32, the kind byte left off.
    ///
    /// - Parameter currency: The charter's: what an empty currency means.
    package init(decoding body: ArraySlice<UInt8>, currency: Currency) throws(RecordError) {
        self = try body.withUnsafeBufferPointer { (bytes) throws(RecordError) in
            try Record(decoding: UnsafeRawBufferPointer(bytes), currency: currency)
        }
    }

    init(decoding body: UnsafeRawBufferPointer, currency: Currency) throws(RecordError) {
        try self.init(RecordWire(body), currency: currency)
    }

    private init(_ message: RecordWire, currency: Currency) throws(RecordError) {
        isImported = message.imported
        if let bytes = message.person, !bytes.isEmpty { person = try Self.fixed(bytes) }
        guard message.source.utf8.count <= Limits.externalIDByteLimit else { throw .lengthOutOfBounds }
        source = message.source
        if let stated = message.joined { joined = Joined(at: try Self.claimed(stated.atMs)) }
        if let stated = message.claim {
            claim = Claim(code: try Self.normal(stated.code), at: try Self.claimed(stated.atMs))
        }
        ownCode = message.hasOwnCode
        if let stated = message.code {
            registration = Registration(written: stated.code, at: try Self.claimed(stated.atMs))
            if registration == nil { throw .notACode }
        }
        if let stated = message.unlink { unlink = Unlink(at: try Self.claimed(stated.atMs)) }
        if let stated = message.suspension { suspension = stated.lifted ? .lifted : .suspended }
        if let message = message.pledge { pledge = try Pledge(message, currency: currency) }
        guard message.money.count <= Limits.moneyFactLimit else { throw .lengthOutOfBounds }
        for fact in message.money { money.append(try MoneyFact(fact, currency: currency)) }
        if let bytes = message.pledgeID, !bytes.isEmpty { moneyPledge = try Self.fixed(bytes) }
        if let bytes = message.pledgeNonce, !bytes.isEmpty {
            guard let nonce = Bytes16(bytes) else { throw .lengthOutOfBounds }
            pledgeNonce = nonce
        }
        try check()
    }

    fileprivate static func fixed<ID: FixedBytes>(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> ID {
        guard let id = ID(bytes) else { throw .lengthOutOfBounds }
        return id
    }

    /// Facts that need a person or a pledge have one, and something is stated.
    private func check() throws(RecordError) {
        let aboutPerson =
            joined != nil || claim != nil || ownCode || registration != nil || unlink != nil || suspension != nil
            || pledge?.backer == .person
        if aboutPerson, person == nil { throw .personMissing }
        if !money.isEmpty, paidPledge == nil { throw .pledgeMissing }
        if !aboutPerson, pledge == nil, money.isEmpty, person == nil { throw .empty }
    }

    /// The public part, kind byte first.
    package func encoded(currency: Currency) -> [UInt8] {
        var message = Grapevine_Community_Record()
        message.imported = isImported
        if let person { message.person = Data(person) }
        message.source = source
        if let joined { message.joined = .with { $0.atMs = joined.at ?? 0 } }
        if let claim {
            message.claim = .with {
                $0.code = claim.code.text
                $0.atMs = claim.at ?? 0
            }
        }
        if ownCode { message.ownCode = Grapevine_Community_OwnCode() }
        if let registration {
            message.code = .with {
                $0.code = registration.written
                $0.atMs = registration.at ?? 0
            }
        }
        if let unlink { message.unlink = .with { $0.atMs = unlink.at ?? 0 } }
        if let suspension { message.suspension = .with { $0.lifted = suspension == .lifted } }
        if let pledge { message.pledge = pledge.message(currency: currency) }
        message.money = money.map { $0.message(currency: currency) }
        if let moneyPledge { message.pledgeID = Data(moneyPledge) }
        if let pledgeNonce { message.pledgeNonce = pledgeNonce.withUnsafeBytes { Data($0) } }
        guard let bytes: [UInt8] = try? message.serializedBytes() else {
            preconditionFailure("proto3 messages without required fields always serialise")
        }
        return [Self.kind] + bytes
    }

    fileprivate static func claimed(_ milliseconds: Int64) throws(RecordError) -> Int64? {
        guard Limits.claimedMillisecondRange.contains(milliseconds) else { throw .timeOutOfRange }
        return milliseconds == 0 ? nil : milliseconds
    }

    fileprivate static func normal(_ code: String) throws(RecordError) -> CodeText {
        guard let text = CodeText(normal: code) else { throw .notACode }
        return text
    }
}

extension Record.Pledge {
    fileprivate init(_ message: RecordWire.Pledge, currency: Currency) throws(RecordError) {
        guard let bytes = message.id else { throw .lengthOutOfBounds }
        self.init(id: try Record.fixed(bytes))
        backer = message.anonymous.map { $0 ? .anonymous : .person }
        if let claimed = message.atMs {
            guard Limits.claimedMillisecondRange.contains(claimed) else { throw .timeOutOfRange }
            at = claimed
        }
        if let written = message.code { code = .some(written.isEmpty ? nil : try Record.normal(written)) }
        if let written = message.visibility {
            guard let bits = UInt8(exactly: written) else { throw .lengthOutOfBounds }
            visibility = bits
        }
        if let money = message.amount { amount = try Amount(money, currency: currency) }
    }

    fileprivate func message(currency: Currency) -> Grapevine_Community_Pledge {
        .with {
            $0.id = Data(id)
            if let backer { $0.anonymous = backer == .anonymous }
            if let at { $0.atMs = at }
            if let code { $0.code = code?.text ?? "" }
            if let visibility { $0.visibility = UInt32(visibility) }
            if let amount { $0.amount = amount.message(currency: currency) }
        }
    }
}

extension Record.MoneyFact {
    fileprivate init(_ message: RecordWire.MoneyFact, currency: Currency) throws(RecordError) {
        guard let raw = UInt8(exactly: message.kind), let kind = Record.MoneyKind(rawValue: raw) else {
            throw .malformed
        }
        guard message.reference.utf8.count <= Limits.referenceByteLimit else { throw .lengthOutOfBounds }
        // Ends a text in C and SQLite: there "a" and "a\0b" would be one reference, and the rows no longer the fold's.
        guard !message.reference.utf8.contains(0) else { throw .malformed }
        guard (kind.carriesAmount && !message.void) == (message.amount != nil) else { throw .malformed }
        var amount: Amount?
        if let money = message.amount { amount = try Amount(money, currency: currency) }
        self.init(kind: kind, reference: message.reference, amount: amount, isVoid: message.void)
    }

    fileprivate func message(currency: Currency) -> Grapevine_Community_MoneyFact {
        .with {
            $0.kind = Grapevine_Community_MoneyKind(rawValue: Int(kind.rawValue)) ?? .moneyNone
            $0.reference = reference
            if let amount { $0.amount = amount.message(currency: currency) }
            $0.void = isVoid
        }
    }
}

extension Amount {
    fileprivate init(_ message: RecordWire.Money, currency: Currency) throws(RecordError) {
        guard let named = message.currency.isEmpty ? currency : Currency(message.currency) else {
            throw .unknownCurrency
        }
        guard let amount = Amount(minor: message.minor, currency: named) else { throw .amountOutOfRange }
        self = amount
    }

    fileprivate func message(currency base: Currency) -> Grapevine_Community_Money {
        .with {
            $0.minor = minor
            if currency != base { $0.currency = currency.code }
        }
    }
}

extension Data {
    fileprivate init(_ id: some FixedBytes) { self = id.withUnsafeBytes { Data($0) } }
}
