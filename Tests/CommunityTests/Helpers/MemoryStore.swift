import Community
import Identity
import Testing

/// The fold's state in dictionaries: what Storage keeps in tables.
final class MemoryStore: FoldStore {
    private(set) var people: [PersonNumber: PersonRow] = [:]
    private(set) var claims: [PersonNumber: [ClaimRow]] = [:]
    private(set) var unlinks: [PersonNumber: [UnlinkRow]] = [:]
    private(set) var suspensions: [PersonNumber: [SuspensionRow]] = [:]
    private(set) var codes: [CodeNumber: CodeRow] = [:]
    private(set) var pledges: [PledgeNumber: PledgeRow] = [:]
    private(set) var overtakenRegistrations: [OvertakenRegistration] = []
    private(set) var voices: [VoiceRow] = []
    private(set) var overtaken: Set<Overtaken> = []
    private(set) var ambassadors: [PersonNumber: AmbassadorRow] = [:]
    private(set) var tallies: [TallyKey: Tally] = [:]
    private(set) var totals = Totals()
    private(set) var skipped: [Skipped] = []
    /// Hashes of the buckets that a batch said it changed; every other bucket is as it was.
    private(set) var buckets: [UInt16: Hash256] = [:]

    private var personNumbers: [PersonID: PersonNumber] = [:]
    private var codeNumbers: [CodeText: CodeNumber] = [:]
    private var pledgeNumbers: [PledgeID: PledgeNumber] = [:]
    private var claimants: [CodeNumber: [PersonNumber]] = [:]
    private var codesByOwner: [PersonNumber: Set<CodeNumber>] = [:]
    private var pledgesByBacker: [PersonNumber: Set<PledgeNumber>] = [:]
    private var pledgesByCode: [CodeNumber: Set<PledgeNumber>] = [:]
    private var lastPerson: PersonNumber = 0
    private var lastCode: CodeNumber = 0
    private var lastPledge: PledgeNumber = 0
    private let tracksBuckets: Bool

    init(tracksBuckets: Bool = true) { self.tracksBuckets = tracksBuckets }

    // MARK: Reading

    func person(_ id: PersonID) -> PersonRow? { personNumbers[id].flatMap { people[$0] } }
    func person(number: PersonNumber) throws -> PersonRow { try #require(people[number]) }
    func claims(of person: PersonNumber) -> [ClaimRow] { claims[person] ?? [] }
    func unlinks(of person: PersonNumber) -> [UnlinkRow] { unlinks[person] ?? [] }
    func suspensions(of person: PersonNumber) -> [SuspensionRow] { suspensions[person] ?? [] }
    func claimants(of code: CodeNumber) -> [PersonNumber] { claimants[code] ?? [] }
    func code(_ text: CodeText) -> CodeRow? { codeNumbers[text].flatMap { codes[$0] } }
    func code(number: CodeNumber) throws -> CodeRow { try #require(codes[number]) }
    func codes(ownedBy person: PersonNumber) -> [CodeRow] { (codesByOwner[person] ?? []).compactMap { codes[$0] } }
    func pledge(_ id: PledgeID) -> PledgeRow? { pledgeNumbers[id].flatMap { pledges[$0] } }
    func pledges(by backer: PersonNumber) -> [PledgeRow] {
        (pledgesByBacker[backer] ?? []).compactMap { pledges[$0] }
    }
    func pledges(carrying code: CodeNumber) -> [PledgeRow] { (pledgesByCode[code] ?? []).compactMap { pledges[$0] } }
    func ambassador(_ person: PersonNumber) -> AmbassadorRow? { ambassadors[person] }

    func nextPersonNumber() -> PersonNumber {
        lastPerson += 1
        return lastPerson
    }
    func nextPledgeNumber() -> PledgeNumber {
        lastPledge += 1
        return lastPledge
    }
    func nextCodeNumber() -> CodeNumber {
        lastCode += 1
        return lastCode
    }

    // MARK: Writing

    /// Not #expect, which takes its time even where all is well.
    private func check(_ isTrue: Bool, _ what: Comment) {
        if !isTrue { Issue.record(what) }
    }

    func write(_ changes: FoldChanges, order: LogOrder) {
        for change in changes.people {
            check(change.isNew == (people[change.row.number] == nil), "a row is new, or not, as told")
            people[change.row.number] = change.row
            personNumbers[change.row.id] = change.row.number
        }
        for change in changes.codes { write(change) }
        for claim in changes.newClaims {
            claims[claim.person, default: []].append(claim)
            claimants[claim.code, default: []].append(claim.person)
        }
        for unlink in changes.newUnlinks { unlinks[unlink.person, default: []].append(unlink) }
        for suspension in changes.newSuspensions { suspensions[suspension.person, default: []].append(suspension) }
        for change in changes.pledges { write(change) }
        overtaken.formUnion(changes.overtaken)
        for person in changes.formerAmbassadors {
            check(ambassadors.removeValue(forKey: person) != nil, "a former ambassador was one")
        }
        for change in changes.ambassadors {
            check(change.isNew == (ambassadors[change.row.person] == nil), "a row is new, or not, as told")
            ambassadors[change.row.person] = change.row
        }
        for (key, change) in changes.tallies {
            tallies[key, default: Tally()] += change
            if tallies[key] == Tally() { tallies[key] = nil }
        }
        totals += changes.totals
        skipped += changes.skipped
        voices += changes.voices
        overtakenRegistrations += changes.overtakenRegistrations
        check(changes.buckets == changes.buckets.sorted(), "buckets ascend")
        guard tracksBuckets else { return }
        let rows = digestRows(order: order, in: Set(changes.buckets))
        for bucket in changes.buckets { buckets[bucket] = rows[bucket].map { Self.hash($0) } }
    }

    private func write(_ change: FoldChanges.Change<CodeRow>) {
        let number = change.row.number
        check(change.isNew == (codes[number] == nil), "a row is new, or not, as told")
        if let owner = codes[number]?.owner { codesByOwner[owner]?.remove(number) }
        if let owner = change.row.owner { codesByOwner[owner, default: []].insert(number) }
        codes[number] = change.row
        codeNumbers[change.row.code] = number
    }

    private func write(_ change: FoldChanges.Change<PledgeRow>) {
        let number = change.row.number
        check(change.isNew == (pledges[number] == nil), "a row is new, or not, as told")
        if let former = pledges[number] {
            if let backer = former.backer { pledgesByBacker[backer]?.remove(number) }
            if let code = former.code { pledgesByCode[code]?.remove(number) }
        }
        if let backer = change.row.backer { pledgesByBacker[backer, default: []].insert(number) }
        if let code = change.row.code { pledgesByCode[code, default: []].insert(number) }
        pledges[number] = change.row
        pledgeNumbers[change.row.id] = number
    }

    // MARK: Digest

    /// The rows of the state digest by bucket: of some buckets, or of all.
    func digestRows(order: LogOrder, in buckets: Set<UInt16>? = nil) -> [UInt16: Digest.Rows] {
        var rows: [UInt16: Digest.Rows] = [:]
        func add(_ key: Bytes16, _ add: (inout Digest.Rows) -> Void) {
            let bucket = Digest.bucket(of: key)
            if buckets?.contains(bucket) ?? true { add(&rows[bucket, default: Digest.Rows()]) }
        }
        for person in people.values {
            add(person.id.raw) { rows in
                let held = claims(of: person.number).compactMap { claim in
                    codes[claim.code].map { (claim: claim, code: $0.code) }
                }
                rows.add(
                    person: person, winner: person.winner.flatMap { people[$0]?.id }, claims: held,
                    unlinks: unlinks(of: person.number), suspensions: suspensions(of: person.number), order: order)
            }
        }
        for pledge in pledges.values {
            add(pledge.id.raw) { rows in
                rows.add(
                    pledge: pledge, backer: pledge.backer.flatMap { people[$0]?.id },
                    code: pledge.code.flatMap { codes[$0]?.code })
            }
        }
        for code in codes.values {
            add(code.code.key) { $0.add(code: code, owner: code.owner.flatMap { people[$0]?.id }) }
        }
        for voice in voices { add(voice.id.raw) { $0.add(voice: voice) } }
        return rows.filter { !$0.value.isEmpty }
    }

    private static func hash(_ rows: Digest.Rows) -> Hash256 {
        var rows = rows
        return rows.hash()
    }

    /// The state digest from the buckets that changed, as a node keeps it.
    var stateHash: Hash256 {
        Digest.state(ofBuckets: (0..<UInt16(Digest.bucketCount)).map { buckets[$0] ?? Hash256(raw: .zero) })
    }

    /// Bucket hashes from all rows, to hold against those kept batch by batch.
    func bucketsFromRows(order: LogOrder) -> [UInt16: Hash256] {
        digestRows(order: order).mapValues { Self.hash($0) }
    }
}

extension Totals {
    static func += (a: inout Totals, b: Totals) {
        a.backers += b.backers
        a.ambassadors += b.ambassadors
        a.attributedBackers += b.attributedBackers
        a.prospects += b.prospects
        a.pledges += b.pledges
        a.anonymousPledges += b.anonymousPledges
        a.flaggedPledges += b.flaggedPledges
        for (currency, change) in b.money {
            var money = a.money[currency] ?? Money()
            money.pledged += change.pledged
            money.paid += change.paid
            money.refunded += change.refunded
            money.cancelled += change.cancelled
            a.money[currency] = money
        }
        for (key, change) in b.shares {
            a.shares[key, default: Tally()] += change
            if a.shares[key] == Tally() { a.shares[key] = nil }
        }
    }
}
