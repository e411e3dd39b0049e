package import Identity

/// What the fold knows of a person.
package struct PersonRow: Equatable, Sendable {
    package var number: PersonNumber
    package var id: PersonID
    /// When the person joined, Unix milliseconds, as the latest writer says; nil where nobody said so.
    package var joinedAt: Int64?
    package var joinedStamp: Stamp?
    /// The own code of the person id exists.
    package var hasOwnCode = false
    /// The member whose own code is this person's, where the member's role is ambassador.
    package var memberID: MemberID?
    /// The owner of the winning claim's code.
    package var winner: PersonNumber?
    package var winningClaim: ClaimID?
    /// Whose records have the person join or pledge.
    package var witnesses = Witnesses()
    /// Some claim is one by its code's own owner: what bears it out may come later.
    package var hasSaidClaims = false
    /// There are rows of these.
    package var hasUnlinks = false
    package var hasSuspensions = false
    /// As an ambassador, after all suspensions there are.
    package var isSuspended = false
    /// Pledges whose backer this person is.
    package var pledges: Int64 = 0
    /// Payments of at least the qualifying amount.
    package var qualifyingPayments: Int64 = 0

    package init(number: PersonNumber, id: PersonID) {
        self.number = number
        self.id = id
    }

    package var isBacker: Bool { joinedAt != nil || pledges > 0 }
}

/// One statement of who brought a person; all are kept.
package struct ClaimRow: Equatable, Sendable {
    package var person: PersonNumber
    package var code: CodeNumber
    package var place: Place
    /// nil in an import.
    package var recorder: Recorder?

    package init(person: PersonNumber, code: CodeNumber, place: Place, recorder: Recorder?) {
        self.person = person
        self.code = code
        self.place = place
        self.recorder = recorder
    }

    package var isImported: Bool { recorder == nil }
}

/// Which claim of a person: where it stands in the logs.
package struct ClaimID: Hashable, Sendable {
    package var log: LogNumber
    package var position: UInt64

    package init(log: LogNumber, position: UInt64) {
        self.log = log
        self.position = position
    }
}

/// A code that somebody registered, used in a claim, or owns.
package struct CodeRow: Equatable, Sendable {
    package var number: CodeNumber
    package var code: CodeText
    /// Whose own code it is, and the id it was derived from.
    package var ownID: Bytes16?
    package var ownPerson: PersonNumber?
    /// Who registered it first by place, how it was written, and where that registration stands.
    package var registrant: PersonNumber?
    package var written: String?
    package var registeredAt: Place?

    package init(number: CodeNumber, code: CodeText) {
        self.number = number
        self.code = code
    }

    /// An own code beats a registered one that reads the same.
    package var owner: PersonNumber? { ownPerson ?? registrant }
}

package enum PledgeState: UInt8, Sendable {
    case pledged, paid, refunded, cancelled, lapsed
}

/// What the fold knows of a pledge: registers, each by its latest writer, its money facts, and what follows from them.
package struct PledgeRow: Equatable, Sendable {
    package var number: PledgeNumber
    package var id: PledgeID
    package var backer: PersonNumber?
    /// Unix milliseconds, 0 where never written.
    package var at: Int64 = 0
    package var amount: Amount
    package var code: CodeNumber?
    package var visibility: UInt8 = 0
    package var writers = Writers()
    package var money = PledgeMoney()

    // Derived from the money facts, and from the backer's and the code's owner.
    package var paid: Int64 = 0
    package var refunded: Int64 = 0
    package var state = PledgeState.pledged
    package var qualifyingPayments: Int64 = 0
    package var flags: PledgeFlags = []
    /// Whom it credits by first-touch and by last-touch.
    package var firstTouch: PersonNumber?
    package var lastTouch: PersonNumber?
    package var firstShare = Share.organic
    package var lastShare = Share.organic

    package init(number: PledgeNumber, id: PledgeID, currency: Currency) {
        self.number = number
        self.id = id
        amount = .zero(currency)
    }

    package var kept: Int64 { paid - refunded }
}

/// The latest writer of each register of a pledge; nearly always one operation wrote them all.
package struct Writers: Equatable, Sendable {
    package enum Register: UInt8, CaseIterable, Sendable {
        case backer, at, code, visibility, amount
    }

    /// Of the registers in `uniform`.
    private var stamp: Stamp?
    /// Bit n: register n has `stamp`.
    private var uniform: UInt8 = 0
    /// Of the others, by register.
    private var others: [Register: Stamp] = [:]

    package init() {}

    package subscript(register: Register) -> Stamp? {
        get { uniform & register.bit != 0 ? stamp : others[register] }
        set {
            uniform &= ~register.bit
            if !others.isEmpty { others[register] = nil }
            guard let newValue else { return }
            if uniform == 0 { stamp = newValue }
            if stamp == newValue { uniform |= register.bit } else { others[register] = newValue }
        }
    }

    /// The one that wrote all there are, and of which bits: n for register n. Nil where there are several, or none.
    package var uniformStamp: (stamp: Stamp, mask: UInt8)? {
        guard others.isEmpty, uniform != 0 else { return nil }
        return stamp.map { ($0, uniform) }
    }

    /// Who wrote which register, however it is held.
    package static func == (a: Writers, b: Writers) -> Bool {
        a.uniform == b.uniform && a.others.isEmpty && b.others.isEmpty
            ? a.uniform == 0 || a.stamp == b.stamp : Register.allCases.allSatisfy { a[$0] == b[$0] }
    }
}

extension Writers.Register {
    fileprivate var bit: UInt8 { 1 << rawValue }
}

/// An operation that wrote a register or money fact of a pledge which a later one overtook.
///
/// With the stamps of what counts it tells where all of a pledge's history stands in the logs.
package struct Overtaken: Hashable, Sendable {
    package var pledge: PledgeNumber
    package var stamp: Stamp

    package init(pledge: PledgeNumber, stamp: Stamp) {
        self.pledge = pledge
        self.stamp = stamp
    }
}

/// An owner of a code, with their place in the tree.
package struct AmbassadorRow: Equatable, Sendable {
    package var person: PersonNumber
    /// As shown: the registered one of lowest place as written, else the own one.
    package var shownCode: String
    package var brought: Int64 = 0
    package var reach: Int64 = 0
    package var depth: Int64 = 0
    /// The edge to whoever brought them is where a cycle is cut.
    package var isCut = false

    package init(person: PersonNumber, shownCode: String) {
        self.person = person
        self.shownCode = shownCode
    }
}
