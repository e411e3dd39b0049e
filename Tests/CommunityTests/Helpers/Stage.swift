import AuthorLog
import Community
import Identity
import Testing

func usd(_ minor: Int64) throws -> Amount {
    let currency = try #require(Currency("USD"))
    return try #require(Amount(minor: minor, currency: currency))
}

/// A stage for small cases: one steward's log and one ambassador's, a second apart per act.
struct Stage {
    static let created: Int64 = 1_700_000_000_000
    static let member = MemberID(raw: Bytes16([UInt8](repeating: 0xAA, count: 16)) ?? .zero)

    let rules: FoldRules
    private(set) var acts: [Act] = []
    private var waited: UInt64 = 0

    init(windowDays: UInt32 = 0, qualifyingMinor: Int64 = 0) throws {
        rules = try .test(created: Self.created, windowDays: windowDays, qualifyingMinor: qualifyingMinor)
    }

    func person(_ name: String) -> PersonID { rules.pseudonyms.person(source: "import", externalID: name) }
    func pledge(_ name: String) -> PledgeID { rules.pseudonyms.pledge(source: "import", externalID: name) }

    mutating func act(_ content: Act.Content, role: Role = .steward, member: MemberID = member, person: PersonID? = nil)
    {
        let count = UInt64(acts.count)
        acts.append(
            Act(
                time: HybridTime(milliseconds: UInt64(Self.created) + 1_000 * count + waited) ?? .zero,
                log: .test(role == .steward ? 1 : 2), position: count,
                right: .test(role, member: member, person: person, since: UInt64(Self.created)), content: content))
    }

    /// Unix milliseconds of the next act's header.
    var now: Int64 { Self.created + 1_000 * Int64(acts.count) + Int64(waited) }

    mutating func wait(milliseconds: UInt64) { waited += milliseconds }
    mutating func wait(days: UInt64) { wait(milliseconds: days * 86_400_000) }

    /// A member with a log of his own.
    struct Author {
        var log: UInt8
        var role: Role
        /// Keys of one number are one member's.
        var member: UInt8
        var person: PersonID?
    }

    func author(_ log: UInt8, _ role: Role = .ambassador, member: UInt8? = nil, as name: String? = nil) -> Author {
        Author(log: log, role: role, member: member ?? log, person: name.map(person))
    }

    /// - Parameter at: Of the header, Unix milliseconds; ``now`` unless given.
    mutating func say(
        _ author: Author, _ name: String?, at: Int64? = nil, _ state: (inout Record) throws -> Void
    ) rethrows {
        var record = Record()
        record.person = name.map(person)
        try state(&record)
        let member = MemberID(raw: Bytes16([UInt8](repeating: author.member, count: 16)) ?? .zero)
        acts.append(
            Act(
                time: HybridTime(milliseconds: UInt64(at ?? now)) ?? .zero, log: .test(author.log),
                position: UInt64(acts.count),
                right: .test(author.role, member: member, person: author.person, since: UInt64(Self.created)),
                content: .record(record)))
    }

    mutating func claim(_ author: Author, _ name: String, _ code: String, at: Int64? = nil) {
        say(author, name) { $0.claim = CodeText(code).map { .init(code: $0, at: at) } }
    }

    mutating func join(_ author: Author, _ name: String, at: Int64? = nil) {
        say(author, name) { $0.joined = .init(at: at) }
    }

    mutating func suspend(_ name: String, _ suspension: Record.Suspension = .suspended) {
        record(name) { $0.suspension = suspension }
    }

    mutating func record(
        role: Role = .steward, _ name: String?, _ state: (inout Record) throws -> Void
    ) rethrows {
        var record = Record()
        record.isImported = role == .steward
        record.person = name.map(person)
        try state(&record)
        act(.record(record), role: role)
    }

    mutating func register(_ name: String, _ written: String, at: Int64? = nil) {
        record(name) { $0.registration = .init(written: written, at: at) }
    }

    mutating func claim(_ name: String, _ code: String, at: Int64? = nil) {
        record(name) { $0.claim = CodeText(code).map { .init(code: $0, at: at) } }
    }

    mutating func pledge(_ id: String, by name: String, code: String? = nil, at: Int64 = created, paid: Int64? = nil)
        throws
    {
        var pledge = Record.Pledge(id: self.pledge(id))
        pledge.backer = .person
        pledge.at = at
        pledge.code = .some(code.flatMap { CodeText($0) })
        pledge.amount = try usd(1_000)
        let payment = try paid.map { Record.MoneyFact(kind: .confirm, amount: try usd($0)) }
        record(name) {
            $0.pledge = pledge
            $0.money = payment.map { [$0] } ?? []
        }
    }

    mutating func change(_ id: String, to amount: Amount) {
        var pledge = Record.Pledge(id: pledge(id))
        pledge.amount = amount
        record(nil) { $0.pledge = pledge }
    }

    mutating func money(_ id: String, _ facts: [Record.MoneyFact]) {
        let id = pledge(id)
        record(nil) {
            $0.moneyPledge = id
            $0.money = facts
        }
    }

    /// The state, checked to be that of the reference fold in all of: one batch, one by one, one by one backwards, and in
    /// four orders of chance.
    func folded() throws -> MemoryStore {
        let logs = Set(acts.map(\.log)).sorted()
        let expected = ReferenceFold(acts, rules: rules).natural
        var whole = TestNode(rules: rules, logs: logs)
        try whole.apply(acts)
        #expect(whole.natural == expected, "\(expected.difference(from: whole.natural))")
        let shuffled = (1...4 as ClosedRange<UInt64>).map { seed in
            var dice = Dice(seed: seed)
            return acts.shuffled(using: &dice)
        }
        for order in [acts, acts.reversed()] + shuffled {
            var node = TestNode(rules: rules, logs: logs.reversed())
            for act in order { try node.apply([act]) }
            #expect(node.natural == expected, "\(expected.difference(from: node.natural))")
            #expect(node.store.buckets == whole.store.buckets)
        }
        return whole.store
    }
}

extension MemoryStore {
    func winner(of person: PersonID) -> PersonID? { self.person(person)?.winner.flatMap { people[$0]?.id } }
    func ambassador(of person: PersonID) -> AmbassadorRow? {
        self.person(person).flatMap { ambassadors[$0.number] }
    }
    func credit(of pledge: PledgeID, _ attribution: AttributionKind) -> PersonID? {
        let row = self.pledge(pledge)
        return (attribution == .firstTouch ? row?.firstTouch : row?.lastTouch).flatMap { people[$0]?.id }
    }
}
