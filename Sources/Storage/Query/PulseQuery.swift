import AuthorLog
package import Community
import FoundationEssentials
package import GRDB

/// Reads what the community's pulse is made of, as of the record's own latest time.
///
/// The whole state is behind it, so every large table is walked once, in the order in which it lies: pledges, people. Nothing is sorted or joined but by number. Memory grows with
/// the backers, some hundred bytes each, for as long as the answer takes.
package struct PulseQuery: Sendable {
    /// The community's currency.
    package var base: Currency
    /// Whose credit makes an ambassador strong: the community's rule.
    package var attribution: AttributionKind
    /// What a payment must reach for its payer to count; 0 where any does.
    package var qualifyingMinor: Int64

    package init(base: Currency, attribution: AttributionKind, qualifyingMinor: Int64) {
        self.base = base
        self.attribution = attribution
        self.qualifyingMinor = qualifyingMinor
    }

    package func run(_ database: Database) throws -> Pulse {
        let span = try Self.span(database)
        let calendar = PulseCalendar(first: span?.first ?? .zero, latest: span?.latest ?? .zero)
        var survey = PulseSurvey(calendar: calendar, base: base)
        try addPledges(upTo: span?.latest ?? .zero, to: &survey, database)
        try addPeople(to: &survey, database)
        try addFeedback(to: &survey, database)
        return Pulse(asOf: span?.latest, figures: survey.figures())
    }

    // MARK: The record's own time

    /// From the first header's time that stands to the last's, bundles apart that are held because they are dated ahead: two look-ups a log,
    /// whose times only ever rise.
    ///
    /// - Returns: nil for an empty record.
    private static func span(_ database: Database) throws -> (first: HybridTime, latest: HybridTime)? {
        let sql = """
            SELECT
                (SELECT b.time FROM bundles b WHERE b.log = l.number AND b.position < l.standing
                    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.bundle = b.number) ORDER BY b.position LIMIT 1),
                (SELECT b.time FROM bundles b WHERE b.log = l.number AND b.position < l.standing
                    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.bundle = b.number) ORDER BY b.position DESC LIMIT 1)
            FROM logs l
            """
        var span: (first: HybridTime, latest: HybridTime)?
        let times: [(Int64, Int64)?] = try database.rows(sql) { row in
            guard let first: Int64 = row[0], let last: Int64 = row[1] else { return nil }
            return (first, last)
        }
        for case let (first, last)? in times {
            let (first, last) = (HybridTime(databaseInteger: first), HybridTime(databaseInteger: last))
            span = (min(span?.first ?? first, first), max(span?.latest ?? last, last))
        }
        return span
    }

    // MARK: Pledges

    private func addPledges(
        upTo latest: HybridTime, to survey: inout PulseSurvey, _ database: Database
    ) throws {
        let credited =
            switch attribution {
            case .firstTouch: "first_touch"
            case .lastTouch: "last_touch"
            }
        let sql = """
            SELECT p.backer, p.at, p.paid, p.refunded, p.state, p.\(credited), \(Row.moneyColumns)
            FROM state_pledges p
            """
        var (code, currency) = (base.code, base)
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql))
        while let row = try rows.next() {
            let text: String = row[7]
            if text != code {
                guard let other = Currency(text) else { throw StorageError.stateIsDamaged("currency \(text)") }
                (code, currency) = (text, other)
            }
            let pledge = PulsePledge(
                backer: row[0], at: row[1], currency: currency, amount: row[6], paid: row[2], refunded: row[3],
                state: try row.pledgeState(4), ambassador: row[5])
            survey.add(pledge)
            guard !row.hasNull(atIndex: 9), pledge.refunded > 0 || pledge.state == .cancelled else { continue }
            let (_, writers, money) = try row.pledgeMoney(6)
            addReversals(money.facts, of: pledge, by: writers, upTo: latest, to: &survey)
        }
    }

    /// Refunds and cancellations of the last two windows, on the day on which they were recorded.
    ///
    /// One that the same operation states as the whole pledge was history when it was written (an import of old books): nobody knows
    /// its day, and it belongs to none.
    private func addReversals(
        _ facts: [PledgeMoney.Fact], of pledge: PulsePledge, by writers: Writers, upTo latest: HybridTime,
        to survey: inout PulseSurvey
    ) {
        let first = max(0, survey.calendar.today - 2 * PulseLimits.windowDays) * UTCDay.milliseconds
        guard let opening = HybridTime(milliseconds: UInt64(first)) else { return }
        for fact in facts where !fact.isVoid && fact.stamp.time >= opening && fact.stamp.time <= latest {
            guard !writers.wereAll(fact.stamp) else { continue }
            let day = UTCDay.of(Int64(clamping: fact.stamp.time.milliseconds))
            if fact.kind == .refund, pledge.refunded > 0 { survey.add(.refund, day: day) }
            if fact.kind == .cancel, pledge.state == .cancelled { survey.add(.cancellation, day: day) }
        }
    }

    // MARK: Feedback

    private func addFeedback(to survey: inout PulseSurvey, _ database: Database) throws {
        let sql = """
            SELECT v.voice, v.at, v.counter, v.person, v.mood,
                (SELECT a.at FROM state_voices a WHERE a.answers = v.voice AND a.kind = ? ORDER BY a.at LIMIT 1)
            FROM state_voices v WHERE v.kind = ?
            """
        let kinds: StatementArguments = [Int64(Voice.Kind.post.rawValue), Int64(Voice.Kind.feedback.rawValue)]
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: kinds)
        while let row = try rows.next() {
            survey.add(
                PulseFeedback(
                    id: try row.fixed(0), time: HybridTime(milliseconds: row[1], counter: row[2]),
                    person: try row.fixed(3), mood: row[4], answeredAt: row[5]))
        }
    }

    // MARK: People

    private func addPeople(to survey: inout PulseSurvey, _ database: Database) throws {
        let ambassadors = """
            SELECT a.person, coalesce(
                (SELECT min(k.at) FROM state_codes k WHERE k.owner = a.person AND k.registrant = a.person), p.joined_at)
            FROM state_ambassadors a CROSS JOIN state_people p ON p.number = a.person
            """
        let owners = try Row.fetchCursor(database.cachedStatement(sql: ambassadors))
        while let row = try owners.next() { survey.add(ambassador: row[0], since: row[1]) }
        let brought = "SELECT number, winner, joined_at, qualifying FROM state_people WHERE winner IS NOT NULL"
        let people = try Row.fetchCursor(database.cachedStatement(sql: brought))
        while let row = try people.next() {
            survey.add(
                PulsePerson(
                    number: row[0], broughtBy: row[1], joinedAt: row[2],
                    isQualified: qualifyingMinor == 0 || (row[3] as Int64) > 0))
        }
    }
}

extension Writers {
    /// True where every register that is written has this stamp.
    fileprivate func wereAll(_ stamp: Stamp) -> Bool {
        Register.allCases.allSatisfy { register in self[register].map { $0 == stamp } ?? true }
    }
}
