import AuthorLog
import Community
import Identity

/// A small community of few words, so that everything collides: times, codes, ids, references.
struct RandomCommunity {
    static let created: Int64 = 1_700_000_000_000
    static let day: Int64 = 86_400_000
    /// Two pairs of ids with the same own code, found by hashing 70 million ids.
    static let rivalIDs = [
        ["726976616c206f770000000000be5f96", "726976616c206f7700000000023d5e60"],
        ["726976616c206f770000000003628650", "726976616c206f7700000000038023d5"],
    ]

    let rules: FoldRules
    private(set) var acts: [Act] = []

    private var people: [PersonID]
    private var codes: [String]
    private let nonces: [Bytes16]
    private var pledges: [PledgeID]

    var logs: [LogID] { Array(Set(acts.map(\.log))).sorted() }

    init(dice: inout Dice, actCount: Int) throws {
        rules = try .test(
            created: Self.created, windowDays: dice.pick([0, 0, 1, 30]), qualifyingMinor: dice.pick([0, 0, 500]))
        let rivals = Self.rivalIDs.joined().compactMap { PersonID(hex: $0) }
        let members = rivals.map { MemberID(raw: $0.raw) } + [MemberID(raw: Bytes16(dice.bytes(16)) ?? .zero)]
        let pseudonyms = rules.pseudonyms
        people = (0..<4).map { pseudonyms.person(source: "import", externalID: "p\($0)") } + rivals
        people.append(pseudonyms.person(of: members[4]))
        codes = ["alpha", "AL-PHA", "Beta_1", "nobody"] + people.map { CodeText(ownCodeOf: $0.raw).text }
        let nonces = (0..<2).map { Bytes16([UInt8](repeating: UInt8($0), count: 16)) ?? .zero }
        self.nonces = nonces
        pledges = (0..<3).map { pseudonyms.pledge(source: "shop", externalID: "\($0)") }
        pledges += members.prefix(3).flatMap { member in nonces.map { pseudonyms.pledge(by: member, nonce: $0) } }

        let roles: [Role] = [.steward, .steward, .steward, .steward, .ambassador, .ambassador, .treasurer, .observer]
        var heads: [(log: LogID, right: Right, time: UInt64, position: UInt64)] = []
        func right(_ role: Role) -> Right {
            .test(
                role, member: dice.pick(members), person: author(&dice),
                sources: dice.chance(1, of: 2) ? ["shop"] : [],
                since: UInt64(Self.created + dice.pick([0, Self.day, 40 * Self.day])))
        }
        for index in 0..<dice.roll(2..<7) {
            let right = right(index == 0 ? .steward : dice.pick(roles))
            for incarnation in 1...UInt16(dice.roll(1..<3)) {
                heads.append((.test(UInt8(index + 1), incarnation: incarnation), right, 0, 0))
            }
        }
        for _ in 0..<actCount {
            let index = dice.roll(0..<heads.count)
            heads[index].time += UInt64(dice.pick([1, 1, 2, 65_536]))
            if dice.chance(1, of: 12) { heads[index].right = right(dice.pick(roles)) }
            let base = UInt64(Self.created + 60 * Self.day) << 16
            acts.append(
                Act(
                    time: HybridTime(rawValue: base + heads[index].time), log: heads[index].log,
                    position: heads[index].position, right: heads[index].right, content: content(&dice)))
            heads[index].position += 1
        }
        for _ in 0..<dice.roll(0..<8) {
            let index = dice.roll(0..<heads.count)
            heads[index].time += UInt64(dice.pick([1, 2, 65_536]))
            let base = UInt64(Self.created + 60 * Self.day) << 16
            acts.append(
                Act(
                    time: HybridTime(rawValue: base + heads[index].time), log: heads[index].log,
                    position: heads[index].position, right: heads[index].right, content: .voice(voice(&dice))))
            heads[index].position += 1
        }
    }

    /// Answers what is there, later or never; or itself.
    private func voice(_ dice: inout Dice) -> Voice {
        let act = dice.pick(acts)
        var voice = Voice(dice.chance(1, of: 3) ? .post : .feedback)
        if dice.chance(1, of: 2) {
            voice.answers = VoiceID(log: act.log, position: act.position + UInt64(dice.roll(0..<3)))
        }
        guard voice.kind == .feedback else { return voice }
        if dice.chance(1, of: 2) { voice.person = somebody(&dice) }
        if dice.chance(2, of: 3) { voice.mood = dice.roll(-2..<3) }
        return voice
    }

    private func content(_ dice: inout Dice) -> Act.Content {
        switch dice.roll(0..<24) {
        case 0, 1: return .present
        case 2: return .raw(dice.pick([[2, 1], [99], [32, 0xFF], [32]]))
        default: break
        }
        var record = Record()
        record.isImported = dice.chance(1, of: 4)
        if dice.chance(1, of: 3) { record.source = dice.pick(["shop", "elsewhere"]) }
        if dice.chance(3, of: 4) { record.person = somebody(&dice) }
        if record.person != nil {
            if dice.chance(1, of: 4) { record.joined = Record.Joined(at: claimed(&dice)) }
            if dice.chance(1, of: 2), let code = CodeText(someCode(&dice)) {
                record.claim = Record.Claim(code: code, at: claimed(&dice))
            }
            if dice.chance(1, of: 8) { record.ownCode = true }
            if dice.chance(1, of: 4) {
                record.registration = Record.Registration(written: someCode(&dice), at: claimed(&dice))
            }
            if dice.chance(1, of: 12) { record.unlink = Record.Unlink(at: claimed(&dice)) }
            if dice.chance(1, of: 8) { record.suspension = dice.chance(1, of: 2) ? .suspended : .lifted }
        }
        if dice.chance(1, of: 2) { record.pledgeNonce = dice.pick(nonces) }
        if dice.chance(1, of: 2) { record.pledge = pledge(&dice, person: record.person) }
        if dice.chance(record.pledge == nil ? 1 : 2, of: 3) {
            record.money = (0..<dice.roll(1..<4)).map { _ in fact(&dice) }
            if record.pledge == nil || dice.chance(1, of: 4) { record.moneyPledge = somePledge(&dice) }
        }
        if record.person == nil, record.pledge == nil, record.money.isEmpty { record.person = dice.pick(people) }
        return .record(record)
    }

    /// The person of a right, nil for the member's own: mostly one of few, who thereby own codes that they claim for themselves.
    private func author(_ dice: inout Dice) -> PersonID? {
        dice.chance(1, of: 2) ? dice.pick(Array(people.prefix(2))) : dice.chance(1, of: 2) ? dice.pick(people) : nil
    }

    /// Mostly one of a few, so that people meet; sometimes any.
    private func somebody(_ dice: inout Dice) -> PersonID {
        dice.pick(dice.chance(3, of: 4) ? Array(people.prefix(4)) : people)
    }

    private func someCode(_ dice: inout Dice) -> String {
        dice.pick(dice.chance(3, of: 4) ? Array(codes.prefix(6)) : codes)
    }

    private func somePledge(_ dice: inout Dice) -> PledgeID {
        dice.pick(dice.chance(3, of: 4) ? Array(pledges.prefix(3)) : pledges)
    }

    private func claimed(_ dice: inout Dice) -> Int64? {
        guard let days = dice.pick([nil, 0, -40, -31, -1, 1, 30, 59, 60, 75] as [Int64?]) else { return nil }
        return Self.created + days * Self.day + Int64(dice.roll(0..<2))
    }

    private func amount(_ dice: inout Dice) -> Amount {
        let currency = Currency(dice.pick(["USD", "USD", "USD", "USD", "USD", "USD", "EUR", "VND"])) ?? rules.currency
        return Amount(minor: dice.pick([0, 1, 499, 500, 1_000, Limits.largestAmountMinor]), currency: currency)
            ?? .zero(currency)
    }

    private func pledge(_ dice: inout Dice, person: PersonID?) -> Record.Pledge {
        var pledge = Record.Pledge(id: somePledge(&dice))
        if dice.chance(2, of: 3) { pledge.backer = person == nil || dice.chance(1, of: 6) ? .anonymous : .person }
        if dice.chance(2, of: 3) { pledge.at = claimed(&dice) ?? 0 }
        if dice.chance(1, of: 2) { pledge.code = .some(dice.chance(1, of: 4) ? nil : CodeText(someCode(&dice))) }
        if dice.chance(1, of: 3) { pledge.visibility = UInt8(dice.roll(0..<4)) }
        if dice.chance(2, of: 3) { pledge.amount = amount(&dice) }
        return pledge
    }

    private func fact(_ dice: inout Dice) -> Record.MoneyFact {
        let kind = dice.pick([.confirm, .confirm, .confirm, .refund, .lapse, Record.MoneyKind.cancel])
        let isVoid = dice.chance(1, of: 6)
        // The last two are one text to Unicode and two references to us.
        let reference = dice.pick(["", "", "tx-1", "\u{E9}", "e\u{301}"])
        return Record.MoneyFact(
            kind: kind, reference: reference, amount: kind.carriesAmount && !isVoid ? amount(&dice) : nil,
            isVoid: isVoid)
    }
}
