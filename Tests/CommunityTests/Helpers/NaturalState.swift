import AuthorLog
import Community
import Identity

/// A whole state with natural keys instead of a node's numbers: one line a row, sorted, so that two nodes can be compared.
struct NaturalState: Equatable, CustomStringConvertible {
    let lines: [String]

    init(lines: [String]) { self.lines = lines.sorted() }

    var description: String { lines.joined(separator: "\n") }

    /// Lines that only one of the two has.
    func difference(from other: NaturalState) -> String {
        let mine = Set(lines)
        let theirs = Set(other.lines)
        return
            (lines.filter { !theirs.contains($0) }.map { "- " + $0 }
            + other.lines.filter { !mine.contains($0) }.map { "+ " + $0 }).joined(separator: "\n")
    }
}

/// How values are written, for the product's rows and the reference's alike.
enum Natural {
    static func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "-" }
    static func stamp(_ time: HybridTime, _ log: LogID, _ position: UInt64) -> String { "\(time)/\(log)/\(position)" }
    static func place(_ period: UInt32, _ at: Int64, _ log: LogID, _ position: UInt64) -> String {
        "\(period)/\(at)/\(log)/\(position)"
    }
    /// - Parameters:
    ///   - first: Both in one stretch of 90 days.
    static func witness(_ person: PersonID, _ member: MemberID, first: Int64, last: Int64) -> String {
        "witness \(member) of \(person) from \(first) to \(last)"
    }
    static func text(_ amounts: ConfirmedAmounts) -> String {
        switch amounts {
        case .nothing: "nothing"
        case .one(let amount): "\(amount.minor) \(amount.currency)"
        case .several: "several"
        }
    }
    static func attribution(_ kind: AttributionKind) -> String { kind == .firstTouch ? "first" : "last" }
}

extension NaturalState {
    init(_ store: MemoryStore, order: LogOrder) {
        func person(_ number: PersonNumber?) -> String { Natural.text(number.flatMap { store.people[$0]?.id }) }
        func code(_ number: CodeNumber?) -> String { Natural.text(number.flatMap { store.codes[$0]?.code }) }
        func stamp(_ stamp: Stamp?) -> String {
            stamp.map { Natural.stamp($0.time, order.log($0.log), $0.position) } ?? "-"
        }
        func claim(_ claim: ClaimID?) -> String { claim.map { "\(order.log($0.log))/\($0.position)" } ?? "-" }
        func place(_ place: Place?) -> String {
            place.map { Natural.place($0.period, $0.at, order.log($0.log), $0.position) } ?? "-"
        }
        var lines: [String] = []
        for row in store.people.values {
            lines.append(
                "person \(row.id) joined \(Natural.text(row.joinedAt)) by \(stamp(row.joinedStamp)) own \(row.hasOwnCode) "
                    + "member \(Natural.text(row.memberID)) winner \(person(row.winner)) pledges \(row.pledges) "
                    + "qualifying \(row.qualifyingPayments) by claim \(claim(row.winningClaim)) said \(row.hasSaidClaims) "
                    + "suspended \(row.isSuspended)")
            lines += row.witnesses.entries.map {
                Natural.witness(row.id, $0.member, first: $0.first, last: $0.last)
            }
        }
        for row in store.claims.values.joined() {
            lines.append(
                "claim \(person(row.person)) on \(code(row.code)) at \(place(row.place)) by "
                    + "\(Natural.text(row.recorder?.member)) \(Natural.text(row.recorder?.person))")
        }
        for row in store.unlinks.values.joined() {
            lines.append("unlink \(person(row.person)) at \(place(row.place)) by \(Natural.text(row.member))")
        }
        for row in store.suspensions.values.joined() {
            lines.append("suspension \(person(row.person)) at \(place(row.place)) lifted \(row.isLifted)")
        }
        for row in store.codes.values {
            lines.append(
                "code \(row.code) own id \(Natural.text(row.ownID)) of \(person(row.ownPerson)) registered by "
                    + "\(person(row.registrant)) as \(Natural.text(row.written)) at \(place(row.registeredAt))")
        }
        for row in store.pledges.values {
            let writers = Writers.Register.allCases.map { stamp(row.writers[$0]) }.joined(separator: " ")
            lines.append(
                "pledge \(row.id) backer \(person(row.backer)) at \(row.at) amount \(row.amount.minor) "
                    + "\(row.amount.currency) code \(code(row.code)) visibility \(row.visibility) writers \(writers) "
                    + "paid \(row.paid) refunded \(row.refunded) \(row.state) qualifying \(row.qualifyingPayments) "
                    + "first \(person(row.firstTouch)) last \(person(row.lastTouch)) flags \(row.flags.rawValue)")
            for fact in row.money.facts {
                lines.append(
                    "money \(row.id) \(fact.kind) \(Array(fact.reference.utf8)) void \(fact.isVoid) "
                        + "\(fact.amount.minor) \(fact.amount.currency) by \(stamp(fact.stamp)) confirmed "
                        + Natural.text(fact.confirmed))
            }
        }
        for row in store.overtaken {
            lines.append("overtaken \(Natural.text(store.pledges[row.pledge]?.id)) \(stamp(row.stamp))")
        }
        for row in store.ambassadors.values {
            lines.append(
                "ambassador \(person(row.person)) \(row.shownCode) brought \(row.brought) reach \(row.reach) "
                    + "depth \(row.depth) cut \(row.isCut)")
        }
        for (key, tally) in store.tallies {
            lines.append(
                Self.tallyLine(
                    person: person(key.person), attribution: key.attribution, currency: key.currency, tally: tally))
        }
        for row in store.overtakenRegistrations {
            lines.append("lost \(code(row.code)) by \(person(row.registrant)) as \(row.written) at \(place(row.place))")
        }
        for row in store.voices {
            lines.append(
                "voice \(row.id) \(row.kind) of \(row.person) mood \(Natural.text(row.mood)) answers "
                    + "\(Natural.text(row.answers)) by \(stamp(row.stamp))")
        }
        lines += Self.totalLines(store.totals)
        self.init(lines: lines)
    }

    static func tallyLine(
        person: String, attribution: AttributionKind, currency: Currency, tally: Tally
    ) -> String {
        "tally \(person) \(Natural.attribution(attribution)) \(currency) pledges \(tally.pledges) pledged "
            + "\(tally.pledged) paid \(tally.paid) refunded \(tally.refunded) credited \(tally.credited) of "
            + "\(tally.creditedPledges)"
    }

    /// Currencies in which everything is zero are left out.
    static func totalLines(_ totals: Totals) -> [String] {
        let counts =
            "totals backers \(totals.backers) ambassadors \(totals.ambassadors) attributed \(totals.attributedBackers) "
            + "pledges \(totals.pledges) anonymous \(totals.anonymousPledges) flagged \(totals.flaggedPledges) "
            + "prospects \(totals.prospects)"
        let sums = totals.money.filter { $0.value != Totals.Money() }.map { currency, money in
            "total \(currency) pledged \(money.pledged) paid \(money.paid) refunded \(money.refunded) cancelled "
                + "\(money.cancelled)"
        }
        let shares = totals.shares.map { key, tally in
            "share \(Natural.attribution(key.attribution)) \(key.share) \(key.currency) pledges \(tally.pledges) pledged "
                + "\(tally.pledged) paid \(tally.paid) refunded \(tally.refunded)"
        }
        return [counts] + sums + shares
    }
}
