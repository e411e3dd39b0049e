package import Identity

/// What one act of a user states: one or several facts about a person, a pledge and its payments.
///
/// The public part of an operation of kind 32; Protocol/3-community.md, *Record*.
package struct Record: Equatable, Sendable {
    package static let kind: UInt8 = 32

    package struct Joined: Equatable, Sendable {
        /// Claimed Unix milliseconds; nil: the header's time.
        package var at: Int64?
        package init(at: Int64?) { self.at = at }
    }

    package struct Claim: Equatable, Sendable {
        package var code: CodeText
        package var at: Int64?
        package init(code: CodeText, at: Int64?) {
            self.code = code
            self.at = at
        }
    }

    package struct Registration: Equatable, Sendable {
        package var code: CodeText
        /// As the community writes it; its normal form is `code`.
        package var written: String
        package var at: Int64?

        /// - Returns: nil where `written` is no code or too long.
        package init?(written: String, at: Int64?) {
            guard written.utf8.count <= Limits.writtenCodeByteLimit, let code = CodeText(written) else { return nil }
            self.code = code
            self.written = written
            self.at = at
        }
    }

    /// The person's claims of lower place count no more.
    package struct Unlink: Equatable, Sendable {
        package var at: Int64?
        package init(at: Int64?) { self.at = at }
    }

    /// Of the person as an ambassador, from the header's time on.
    package enum Suspension: Equatable, Sendable {
        case suspended, lifted
    }

    package enum Backer: Equatable, Sendable {
        case anonymous
        /// The record's person.
        case person
    }

    /// Registers of a pledge; nil is not written.
    package struct Pledge: Equatable, Sendable {
        package var id: PledgeID
        package var backer: Backer?
        /// Unix milliseconds; 0: the header's time.
        package var at: Int64?
        /// `.some(nil)` writes "no code".
        package var code: CodeText??
        package var visibility: UInt8?
        package var amount: Amount?

        package init(id: PledgeID) { self.id = id }
    }

    package enum MoneyKind: UInt8, CaseIterable, Comparable, Sendable {
        case confirm = 1
        case refund = 2
        case lapse = 3
        case cancel = 4

        package static func < (a: MoneyKind, b: MoneyKind) -> Bool { a.rawValue < b.rawValue }
        package var carriesAmount: Bool { self == .confirm || self == .refund }
    }

    package struct MoneyFact: Equatable, Sendable {
        package var kind: MoneyKind
        package var reference: String
        /// Present exactly for confirms and refunds that are not void.
        package var amount: Amount?
        package var isVoid: Bool

        package init(kind: MoneyKind, reference: String = "", amount: Amount? = nil, isVoid: Bool = false) {
            self.kind = kind
            self.reference = reference
            self.amount = amount
            self.isVoid = isVoid
        }
    }

    package var isImported = false
    package var person: PersonID?
    package var source = ""
    package var joined: Joined?
    package var claim: Claim?
    package var ownCode = false
    package var registration: Registration?
    package var unlink: Unlink?
    package var suspension: Suspension?
    package var pledge: Pledge?
    package var money: [MoneyFact] = []
    /// Which pledge `money` is about, where `pledge` is nil.
    package var moneyPledge: PledgeID?
    /// Proves that the pledge's id was made by the author.
    package var pledgeNonce: Bytes16?

    package init() {}

    /// The pledge that `money` is about.
    package var paidPledge: PledgeID? { moneyPledge ?? pledge?.id }
}

/// Why the public part of a record does not count: kept, forwarded, skipped whole.
package enum RecordError: Error, Equatable {
    case malformed
    case lengthOutOfBounds
    case amountOutOfRange
    case unknownCurrency
    case notACode
    case timeOutOfRange
    case personMissing
    case pledgeMissing
    case moodOutOfRange
    case empty
}
