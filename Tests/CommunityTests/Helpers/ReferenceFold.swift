import AuthorLog
import Community
import Identity

/// The community's prose, read line by line: slow, obvious, and without a batch, a store or a number.
///
/// It takes all acts at once, sorts them by the total order, and works everything out from scratch. It shares value types and
/// the making of ids with the product, and no code that merges, places, permits or counts.
struct ReferenceFold {
    struct Place: Comparable {
        let period: UInt32
        let at: Int64
        let log: LogID
        let position: UInt64

        static func < (a: Place, b: Place) -> Bool {
            if a.period != b.period { return a.period < b.period }
            if a.at != b.at { return a.at < b.at }
            if a.log.member != b.log.member { return a.log.member < b.log.member }
            if a.log.incarnation != b.log.incarnation { return a.log.incarnation < b.log.incarnation }
            return a.position < b.position
        }

        var text: String { Natural.place(period, at, log, position) }
    }

    struct Claim {
        let person: PersonID
        let code: CodeText
        let place: Place
        let isImported: Bool
        /// Whose record it is: the member id, and the person of the right.
        let member: MemberID
        let author: PersonID
    }

    /// A record that has somebody join or pledge.
    struct Witness {
        let person: PersonID
        let member: MemberID
        let at: Int64
    }

    struct Unlink {
        let person: PersonID
        let place: Place
        let member: MemberID
        let isSteward: Bool
    }

    struct Suspension {
        let person: PersonID
        let place: Place
        let isLifted: Bool
    }

    struct Code {
        var ownID: Bytes16?
        var ownPerson: PersonID?
        var registration: (place: Place, person: PersonID, written: String)?
        var owner: PersonID? { ownPerson ?? registration?.person }
    }

    struct Pledge {
        var backer: PersonID?
        var at: Int64 = 0
        var amount: Amount
        var code: CodeText?
        var visibility: UInt8 = 0
        var writers: [Writers.Register: Act] = [:]
        var facts: [MoneyKey: (fact: Record.MoneyFact, act: Act)] = [:]
        /// Amounts that were ever confirmed under a reference.
        var confirmed: [MoneyKey: Set<Amount>] = [:]
        var flags: PledgeFlags = []
        /// Lines: who wrote something that somebody else has written since.
        var overtaken: Set<String> = []

        var paid: Int64 = 0
        var refunded: Int64 = 0
        var state = "pledged"
        var qualifying: Int64 = 0
        var credit: [AttributionKind: PersonID] = [:]
        /// Whom it would credit if its backer qualified.
        var wouldCredit: [AttributionKind: PersonID] = [:]
        /// By which rule it would credit somebody who was suspended then.
        var suspended: Set<AttributionKind> = []
    }

    struct MoneyKey: Hashable {
        let kind: UInt8
        let reference: [UInt8]
    }

    let rules: FoldRules
    var people: Set<PersonID> = []
    var joined: [PersonID: (at: Int64, act: Act)] = [:]
    var members: [PersonID: MemberID] = [:]
    var withOwnCode: Set<PersonID> = []
    var claims: [Claim] = []
    var witnesses: [Witness] = []
    var unlinks: [Unlink] = []
    var suspensions: [Suspension] = []
    var codes: [CodeText: Code] = [:]
    var pledges: [PledgeID: Pledge] = [:]
    var winners: [PersonID: Claim] = [:]
    var voiceLines: [String] = []
    var registrations: [(code: CodeText, place: Place, person: PersonID, written: String)] = []
    var skippedCount = 0

    init(_ acts: [Act], rules: FoldRules) {
        self.rules = rules
        let ordered = acts.sorted {
            ($0.time, $0.log.member, $0.log.incarnation, $0.position)
                < ($1.time, $1.log.member, $1.log.incarnation, $1.position)
        }
        for act in ordered {
            switch act.content {
            case .present: readMember(act.right)
            case .record(let record):
                if isAllowed(record, act.right) { read(record, act) } else { skippedCount += 1 }
            case .voice(let voice): read(voice, act)
            case .raw(let bytes):
                if bytes.isEmpty || bytes[0] == 0 || bytes[0] > 31 { skippedCount += 1 }
            }
        }
        for person in people { winners[person] = counting(of: person).min { $0.place < $1.place } }
        for id in pledges.keys { workOutMoney(id) }
        for id in pledges.keys { workOutCredit(id) }
    }

    // MARK: Facts

    private func isAllowed(_ record: Record, _ right: Right) -> Bool {
        let isSteward = right.role == .steward
        let isTreasurerUp = isSteward || right.role == .treasurer
        let isAmbassadorUp = isTreasurerUp || right.role == .ambassador
        func isOwn(_ id: PledgeID) -> Bool {
            record.pledgeNonce.map { rules.pseudonyms.pledge(by: right.memberID, nonce: $0) } == id
        }
        var needs: [Bool] = [isAmbassadorUp]
        if record.isImported { needs.append(isSteward) }
        if record.ownCode { needs.append(isSteward) }
        if record.registration != nil { needs.append(isSteward) }
        if record.suspension != nil { needs.append(isSteward) }
        if let pledge = record.pledge {
            let source = record.source.isEmpty ? nil : Array(record.source.utf8)
            let isSourced = right.role == .treasurer && right.sources.contains { Array($0.utf8) == source }
            needs.append(isOwn(pledge.id) || isSteward || isSourced)
        }
        for fact in record.money {
            let isOwnPledge = (record.moneyPledge ?? record.pledge?.id).map(isOwn) ?? false
            needs.append(isTreasurerUp || (fact.kind == .cancel && isOwnPledge))
        }
        return needs.allSatisfy { $0 }
    }

    /// Stewards post; every member has feedback of his own; ambassadors and above speak for others.
    private mutating func read(_ voice: Voice, _ act: Act) {
        let isAllowed =
            switch (voice.kind, act.right.role) {
            case (_, .steward): true
            case (.feedback, .ambassador), (.feedback, .treasurer): true
            case (.feedback, .observer): voice.person == nil
            default: false
            }
        guard isAllowed else {
            skippedCount += 1
            return
        }
        var name = act.log.member.bytes + act.log.incarnation.bytes
        for shift in stride(from: 56, through: 0, by: -8) {
            name.append(UInt8(truncatingIfNeeded: act.position >> UInt64(shift)))
        }
        let id = BLAKE2b.hash128(name, personal: BLAKE2b.Personal("gv/voice"))
        let speaker = voice.person ?? act.right.person ?? rules.pseudonyms.person(of: act.right.memberID)
        voiceLines.append(
            "voice \(id) \(voice.kind) of \(speaker) mood \(Natural.text(voice.mood)) answers "
                + "\(Natural.text(voice.answers)) by \(Self.text(act))")
    }

    private mutating func readMember(_ right: Right) {
        guard right.role == .ambassador else { return }
        let person = right.person ?? rules.pseudonyms.person(of: right.memberID)
        people.insert(person)
        members[person] = min(members[person] ?? right.memberID, right.memberID)
        readOwnCode(right.memberID.raw, person)
    }

    private mutating func readOwnCode(_ id: Bytes16, _ person: PersonID) {
        let text = CodeText(ownCodeOf: id)
        var code = codes[text] ?? Code()
        if let knownID = code.ownID, let known = code.ownPerson {
            if knownID < id || (knownID == id && known < person) { return }
        }
        code.ownID = id
        code.ownPerson = person
        codes[text] = code
    }

    private mutating func read(_ record: Record, _ act: Act) {
        if let person = record.person {
            people.insert(person)
            if let fact = record.joined {
                joined[person] = (fact.at ?? Int64(act.time.milliseconds), act)
                bearWitness(of: person, place(fact.at, act, record), act)
            }
            if let fact = record.claim {
                codes[fact.code, default: Code()] = codes[fact.code] ?? Code()
                claims.append(
                    Claim(
                        person: person, code: fact.code, place: place(fact.at, act, record),
                        isImported: record.isImported, member: act.right.memberID,
                        author: act.right.person ?? rules.pseudonyms.person(of: act.right.memberID)))
            }
            if let fact = record.unlink {
                unlinks.append(
                    Unlink(
                        person: person, place: place(fact.at, act, record), member: act.right.memberID,
                        isSteward: act.right.role == .steward))
            }
            if let fact = record.suspension {
                suspensions.append(
                    Suspension(person: person, place: place(nil, act, record), isLifted: fact == .lifted))
            }
            if let fact = record.pledge, fact.backer == .person {
                bearWitness(of: person, place(fact.at == 0 ? nil : fact.at, act, record), act)
            }
            if record.ownCode {
                withOwnCode.insert(person)
                readOwnCode(person.raw, person)
            }
            if let fact = record.registration {
                let place = place(fact.at, act, record)
                registrations.append((fact.code, place, person, fact.written))
                var code = codes[fact.code] ?? Code()
                if code.registration == nil || place < code.registration!.place {
                    code.registration = (place, person, fact.written)
                }
                codes[fact.code] = code
            }
        }
        if let fact = record.pledge {
            var pledge = pledges[fact.id] ?? Pledge(amount: .zero(rules.currency))
            let written: [(Writers.Register, Bool)] = [
                (.backer, fact.backer != nil), (.at, fact.at != nil), (.code, fact.code != nil),
                (.visibility, fact.visibility != nil), (.amount, fact.amount != nil),
            ]
            for case (let register, true) in written {
                if let former = pledge.writers[register] { pledge.overtaken.insert(Self.text(former)) }
            }
            // Acts come in the total order, so whoever writes now is the latest.
            if let backer = fact.backer {
                pledge.backer = backer == .anonymous ? nil : record.person
                pledge.writers[.backer] = act
            }
            if let at = fact.at {
                pledge.at = at == 0 ? Int64(act.time.milliseconds) : at
                pledge.writers[.at] = act
            }
            if let code = fact.code {
                pledge.code = code
                pledge.writers[.code] = act
                if let code { codes[code] = codes[code] ?? Code() }
            }
            if let visibility = fact.visibility {
                pledge.visibility = visibility
                pledge.writers[.visibility] = act
            }
            if let amount = fact.amount {
                pledge.amount = amount
                pledge.writers[.amount] = act
            }
            pledges[fact.id] = pledge
        }
        guard let id = record.moneyPledge ?? record.pledge?.id else { return }
        // Of two facts of one record about the same thing the first counts.
        for fact in record.money.reversed() {
            var pledge = pledges[id] ?? Pledge(amount: .zero(rules.currency))
            let key = MoneyKey(kind: fact.kind.rawValue, reference: Array(fact.reference.utf8))
            if let former = pledge.facts[key]?.act, Self.text(former) != Self.text(act) {
                pledge.overtaken.insert(Self.text(former))
            }
            pledge.facts[key] = (fact, act)
            if fact.kind == .confirm, !fact.reference.isEmpty, let amount = fact.amount {
                pledge.confirmed[key, default: []].insert(amount)
            }
            pledges[id] = pledge
        }
    }

    private mutating func bearWitness(of person: PersonID, _ place: Place, _ act: Act) {
        let at = min(place.at, Int64(act.time.milliseconds))
        witnesses.append(Witness(person: person, member: act.right.memberID, at: at))
    }

    private static func text(_ act: Act) -> String { Natural.stamp(act.time, act.log, act.position) }

    private func place(_ claimed: Int64?, _ act: Act, _ record: Record) -> Place {
        var at = claimed ?? Int64(act.time.milliseconds)
        let grant = Int64(act.right.since.milliseconds)
        if !record.isImported, at < grant { at = grant }
        let period = at < rules.createdMilliseconds ? 1 : Self.month(of: at)
        return Place(period: period, at: at, log: act.log, position: act.position)
    }

    /// Months since January of year 1, counted day by day of the calendar's months.
    static func month(of milliseconds: Int64) -> UInt32 {
        var days = milliseconds >= 0 ? milliseconds / 86_400_000 : -((-milliseconds + 86_399_999) / 86_400_000)
        days += 719_162  // from 0001-01-01 to 1970-01-01
        var month: UInt32 = 0
        var year: Int64 = 1
        while true {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length: Int64 = isLeap ? 366 : 365
            if days < length {
                for count: Int64 in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
                    if days < count { return month }
                    days -= count
                    month += 1
                }
            }
            days -= length
            year += 1
            month += 12
        }
    }

    // MARK: Attribution

    private func owner(_ code: CodeText) -> PersonID? { codes[code]?.owner }

    /// The claims that count: the joined ones, or where there is none the said ones.
    func counting(of person: PersonID) -> [Claim] {
        let standing = claims.filter { claim in
            guard claim.person == person, let owner = owner(claim.code), owner != person else { return false }
            guard !isUnlinked(claim), !isSuspended(owner, before: claim.place) else { return false }
            return !isSaid(claim) || isBorneOut(claim)
        }
        let joined = standing.filter { !isSaid($0) }
        return joined.isEmpty ? standing : joined
    }

    private func isSaid(_ claim: Claim) -> Bool { !claim.isImported && owner(claim.code) == claim.author }

    /// Within 90 days, the first instant included and the last not.
    private func isBorneOut(_ claim: Claim) -> Bool {
        let window = claim.place.at..<(claim.place.at + 90 * 86_400_000)
        let isWitnessed = witnesses.contains {
            $0.person == claim.person && $0.member != claim.member && window.contains($0.at)
        }
        return isWitnessed || confirmations(by: claim.person).contains { window.contains($0) }
    }

    /// When payments of a person's were confirmed that count.
    func confirmations(by person: PersonID) -> [Int64] {
        pledges(of: person).flatMap { pledge in
            pledge.facts.values.filter { held in
                held.fact.kind == .confirm && !held.fact.isVoid
                    && held.fact.amount?.currency == pledge.amount.currency
            }.map { Int64($0.act.time.milliseconds) }
        }
    }

    private func isUnlinked(_ claim: Claim) -> Bool {
        unlinks.contains { unlink in
            guard unlink.person == claim.person, claim.place < unlink.place else { return false }
            return unlink.isSteward || (!claim.isImported && unlink.member == claim.member)
        }
    }

    private func history(of person: PersonID) -> [Suspension] {
        suspensions.filter { $0.person == person }.sorted { $0.place < $1.place }
    }

    private func isSuspended(_ person: PersonID, before place: Place) -> Bool {
        history(of: person).last { $0.place < place }.map { !$0.isLifted } ?? false
    }

    private func isSuspended(_ person: PersonID, on date: Int64) -> Bool {
        history(of: person).last { $0.place.at <= date }.map { !$0.isLifted } ?? false
    }

    private mutating func workOutMoney(_ id: PledgeID) {
        guard var pledge = pledges[id] else { return }
        let standing = pledge.facts.values.map(\.fact).filter { !$0.isVoid }
        let confirms = standing.filter { $0.kind == .confirm }.compactMap(\.amount)
            .filter { $0.currency == pledge.amount.currency }
        let refunds = standing.filter { $0.kind == .refund }.compactMap(\.amount)
            .filter { $0.currency == pledge.amount.currency }
        pledge.paid = confirms.map(\.minor).reduce(0, +)
        pledge.refunded = min(refunds.map(\.minor).reduce(0, +), pledge.paid)
        pledge.flags = flags(of: pledge, refunds: refunds.map(\.minor).reduce(0, +))
        if pledge.paid > 0 {
            pledge.state = pledge.refunded == pledge.paid ? "refunded" : "paid"
        } else if standing.contains(where: { $0.kind == .cancel }) {
            pledge.state = "cancelled"
        } else if standing.contains(where: { $0.kind == .lapse }) {
            pledge.state = "lapsed"
        }
        if rules.qualifyingMinor > 0 {
            pledge.qualifying = Int64(
                confirms.count { $0.currency == rules.currency && $0.minor >= rules.qualifyingMinor })
        }
        pledges[id] = pledge
    }

    private func flags(of pledge: Pledge, refunds: Int64) -> PledgeFlags {
        let standing = pledge.facts.values.filter { !$0.fact.isVoid }
        let payments = standing.filter {
            $0.fact.kind == .confirm && $0.fact.amount?.currency == pledge.amount.currency
        }
        let cancels = standing.filter { $0.fact.kind == .cancel }
        func isEarlier(_ a: Act, _ b: Act) -> Bool {
            (a.time, a.log.member, a.log.incarnation, a.position) < (
                b.time, b.log.member, b.log.incarnation, b.position
            )
        }
        var flags: PledgeFlags = []
        if pledge.paid > pledge.amount.minor { flags.insert(.overpaid) }
        if refunds > pledge.paid { flags.insert(.overRefunded) }
        for payment in payments {
            for cancel in cancels {
                if isEarlier(cancel.act, payment.act) { flags.insert(.paidAfterCancel) }
                if isEarlier(payment.act, cancel.act) { flags.insert(.cancelledAfterPayment) }
            }
        }
        if standing.contains(where: { $0.fact.amount.map { $0.currency != pledge.amount.currency } ?? false }) {
            flags.insert(.otherCurrency)
        }
        if pledge.confirmed.values.contains(where: { $0.count > 1 }) { flags.insert(.twoAmounts) }
        return flags
    }

    private func pledges(of person: PersonID) -> [Pledge] { pledges.values.filter { $0.backer == person } }

    private mutating func workOutCredit(_ id: PledgeID) {
        guard var pledge = pledges[id], let backer = pledge.backer else { return }
        pledge.credit[.firstTouch] = winners[backer].flatMap { owner($0.code) }
        if let code = pledge.code {
            if let owner = owner(code), owner != backer { pledge.credit[.lastTouch] = owner }
        } else if rules.windowDays > 0 {
            let earliest = pledge.at - rules.windowDays * 86_400_000
            let last = counting(of: backer).filter { $0.place.at > earliest && $0.place.at <= pledge.at }
                .max { $0.place < $1.place }
            pledge.credit[.lastTouch] = last.flatMap { owner($0.code) }
        }
        for (attribution, owner) in pledge.credit where isSuspended(owner, on: pledge.at) {
            pledge.credit[attribution] = nil
            pledge.suspended.insert(attribution)
        }
        if rules.qualifyingMinor > 0, !pledges(of: backer).contains(where: { $0.qualifying > 0 }) {
            (pledge.wouldCredit, pledge.credit) = (pledge.credit, [:])
        }
        pledges[id] = pledge
    }

    // MARK: The tree

    private func parent(of person: PersonID) -> PersonID? { winners[person].flatMap { owner($0.code) } }

    /// The persons at whose edge a cycle is cut.
    private var cuts: Set<PersonID> {
        var cuts: Set<PersonID> = []
        for person in people {
            var path = [person]
            while let next = parent(of: path[path.count - 1]) {
                if next == person {
                    if let highest = path.max(by: { winners[$0]!.place < winners[$1]!.place }) { cuts.insert(highest) }
                    break
                }
                if path.contains(next) { break }
                path.append(next)
            }
        }
        return cuts
    }

    /// Everybody above a person in the cut tree, nearest first.
    private func above(_ person: PersonID, cuts: Set<PersonID>) -> [PersonID] {
        var path: [PersonID] = []
        var current = person
        while !cuts.contains(current), let next = parent(of: current) {
            path.append(next)
            current = next
        }
        return path
    }
}

extension ReferenceFold {
    var natural: NaturalState {
        var lines: [String] = []
        func stamp(_ act: Act?) -> String { act.map { Natural.stamp($0.time, $0.log, $0.position) } ?? "-" }
        func money(_ pledge: Pledge) -> String { "\(pledge.amount.minor) \(pledge.amount.currency)" }
        for person in people {
            let own = pledges(of: person)
            lines.append(
                "person \(person) joined \(Natural.text(joined[person]?.at)) by \(stamp(joined[person]?.act)) own "
                    + "\(withOwnCode.contains(person)) member \(Natural.text(members[person])) winner "
                    + "\(Natural.text(parent(of: person))) pledges \(own.count) qualifying "
                    + "\(own.map(\.qualifying).reduce(0, +)) by claim "
                    + "\(Natural.text(winners[person].map { "\($0.place.log)/\($0.place.position)" })) said "
                    + "\(claims.contains { $0.person == person && isSaid($0) }) suspended "
                    + "\(history(of: person).last.map { !$0.isLifted } ?? false)")
            lines += witnessLines(of: person)
        }
        for claim in claims {
            lines.append(
                "claim \(claim.person) on \(claim.code) at \(claim.place.text) by "
                    + (claim.isImported ? "- -" : "\(claim.member) \(claim.author)"))
        }
        lines += unlinks.map {
            "unlink \($0.person) at \($0.place.text) by \($0.isSteward ? "-" : "\($0.member)")"
        }
        lines += suspensions.map { "suspension \($0.person) at \($0.place.text) lifted \($0.isLifted)" }
        for (text, code) in codes {
            lines.append(
                "code \(text) own id \(Natural.text(code.ownID)) of \(Natural.text(code.ownPerson)) registered by "
                    + "\(Natural.text(code.registration?.person)) as \(Natural.text(code.registration?.written)) at "
                    + "\(Natural.text(code.registration?.place.text))")
        }
        for (id, pledge) in pledges {
            let writers = Writers.Register.allCases.map { stamp(pledge.writers[$0]) }.joined(separator: " ")
            lines.append(
                "pledge \(id) backer \(Natural.text(pledge.backer)) at \(pledge.at) amount \(money(pledge)) code "
                    + "\(Natural.text(pledge.code)) visibility \(pledge.visibility) writers \(writers) paid "
                    + "\(pledge.paid) refunded \(pledge.refunded) \(pledge.state) qualifying \(pledge.qualifying) first "
                    + "\(Natural.text(pledge.credit[.firstTouch])) last \(Natural.text(pledge.credit[.lastTouch])) flags "
                    + "\(pledge.flags.rawValue)")
            lines += pledge.overtaken.map { "overtaken \(id) \($0)" }
            for (key, held) in pledge.facts {
                let amount = held.fact.amount ?? .zero(rules.currency)
                lines.append(
                    "money \(id) \(held.fact.kind) \(key.reference) void \(held.fact.isVoid) \(amount.minor) "
                        + "\(amount.currency) by \(stamp(held.act)) confirmed \(Self.text(pledge.confirmed[key] ?? []))"
                )
            }
        }
        for lost in registrations where codes[lost.code]?.registration?.place != lost.place {
            lines.append("lost \(lost.code) by \(lost.person) as \(lost.written) at \(lost.place.text)")
        }
        lines += ambassadorLines + tallyLines + voiceLines
        lines += NaturalState.totalLines(totals)
        return NaturalState(lines: lines)
    }

    private static func text(_ amounts: Set<Amount>) -> String {
        guard let amount = amounts.first else { return "nothing" }
        return amounts.count > 1 ? "several" : "\(amount.minor) \(amount.currency)"
    }

    /// Of each member and stretch of 90 days, counted from 1970, the first and the last time.
    private func witnessLines(of person: PersonID) -> [String] {
        let own = witnesses.filter { $0.person == person }
        return Set(own.map(\.member)).flatMap { member in
            let times = own.filter { $0.member == member }.map(\.at)
            let stretches = Dictionary(grouping: times) { Int64((Double($0) / (90 * 86_400_000)).rounded(.down)) }
            return stretches.values.map {
                Natural.witness(person, member, first: $0.min() ?? 0, last: $0.max() ?? 0)
            }
        }
    }

    private var owners: Set<PersonID> { Set(codes.values.compactMap(\.owner)) }

    private var ambassadorLines: [String] {
        let cuts = cuts
        let paths = people.map { above($0, cuts: cuts) }
        return owners.map { owner in
            let brought = people.count { parent(of: $0) == owner }
            let heights = paths.compactMap { $0.firstIndex(of: owner) }.map { $0 + 1 }
            return "ambassador \(owner) \(shownCode(of: owner)) brought \(brought) reach \(heights.count) depth "
                + "\(heights.max() ?? 0) cut \(cuts.contains(owner))"
        }
    }

    private func shownCode(of owner: PersonID) -> String {
        let owned = codes.filter { $0.value.owner == owner }
        let registered = owned.values.compactMap(\.registration).filter { $0.person == owner }
        let texts = owned.keys.map(\.text).sorted()
        return registered.min { $0.place < $1.place }?.written ?? texts.first ?? "-"
    }

    private var tallyLines: [String] {
        var tallies: [TallyKey: Tally] = [:]
        // A group by: the key's person is the owner's rank among the owners.
        let ranked = owners.sorted()
        for pledge in pledges.values {
            for (attribution, owner) in pledge.credit {
                guard let rank = ranked.firstIndex(of: owner) else { continue }
                let key = TallyKey(
                    person: PersonNumber(rank), attribution: attribution, currency: pledge.amount.currency)
                var tally = tallies[key] ?? Tally()
                tally.pledges += 1
                tally.pledged += Int128(pledge.amount.minor)
                tally.paid += Int128(pledge.paid)
                tally.refunded += Int128(pledge.refunded)
                if pledge.paid - pledge.refunded > 0 { tally.creditedPledges += 1 }
                tallies[key] = tally
            }
        }
        return tallies.map { key, tally in
            NaturalState.tallyLine(
                person: "\(ranked[Int(key.person)])", attribution: key.attribution, currency: key.currency, tally: tally
            )
        }
    }

    private var totals: Totals {
        var totals = Totals()
        totals.backers = Int64(people.count { joined[$0] != nil || !pledges(of: $0).isEmpty })
        if rules.qualifyingMinor > 0 {
            totals.prospects = Int64(
                people.count { person in
                    let own = pledges(of: person)
                    return (joined[person] != nil || !own.isEmpty) && !own.contains { $0.qualifying > 0 }
                })
        }
        totals.ambassadors = Int64(owners.count)
        totals.attributedBackers = Int64(people.count { parent(of: $0) != nil })
        totals.pledges = Int64(pledges.count)
        totals.anonymousPledges = Int64(pledges.values.count { $0.backer == nil })
        totals.flaggedPledges = Int64(pledges.values.count { !$0.flags.isEmpty })
        for pledge in pledges.values {
            var money = totals.money[pledge.amount.currency] ?? Totals.Money()
            money.pledged += Int128(pledge.amount.minor)
            money.paid += Int128(pledge.paid)
            money.refunded += Int128(pledge.refunded)
            if ["cancelled", "lapsed"].contains(pledge.state) { money.cancelled += Int128(pledge.amount.minor) }
            totals.money[pledge.amount.currency] = money
            for attribution in AttributionKind.allCases where pledge.credit[attribution] == nil {
                let isUnknown = pledge.code.map { owner($0) == nil } ?? false
                let share: Share =
                    pledge.suspended.contains(attribution)
                    ? .suspended : pledge.wouldCredit[attribution] != nil ? .prospect : isUnknown ? .unknown : .organic
                let key = ShareKey(attribution: attribution, share: share, currency: pledge.amount.currency)
                var tally = totals.shares[key] ?? Tally()
                tally.pledges += 1
                tally.pledged += Int128(pledge.amount.minor)
                tally.paid += Int128(pledge.paid)
                tally.refunded += Int128(pledge.refunded)
                totals.shares[key] = tally
            }
        }
        return totals
    }
}
