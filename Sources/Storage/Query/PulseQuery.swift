import AuthorLog
package import Community
import FoundationEssentials
package import GRDB

/// Reads what the community's pulse is made of, as of the record's own latest time.
///
/// The whole state is behind it, so every large table is walked once, in the order in which it lies: pledges, money facts (by their
/// kind and time; only the reversals of two windows are read), people. Nothing is sorted or joined but by number. Memory grows with
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
        try addPledges(to: &survey, database)
        if let latest = span?.latest { try addReversals(upTo: latest, to: &survey, database) }
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

    private func addPledges(to survey: inout PulseSurvey, _ database: Database) throws {
        let credited =
            switch attribution {
            case .firstTouch: "first_touch"
            case .lastTouch: "last_touch"
            }
        let sql = "SELECT backer, at, currency, amount, paid, refunded, state, \(credited) FROM state_pledges"
        var (code, currency) = (base.code, base)
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql))
        while let row = try rows.next() {
            let text: String = row[2]
            if text != code {
                guard let other = Currency(text) else { throw StorageError.stateIsDamaged("currency \(text)") }
                (code, currency) = (text, other)
            }
            survey.add(
                PulsePledge(
                    backer: row[0], at: row[1], currency: currency, amount: row[3], paid: row[4], refunded: row[5],
                    state: try row.pledgeState(6), ambassador: row[7]))
        }
    }

    // MARK: Reversals

    /// Refunds and cancellations of the last two windows, on the day on which they were recorded.
    ///
    /// One that the same operation states as the whole pledge was history when it was written (an import of old books): nobody knows
    /// its day, and it belongs to none.
    private func addReversals(
        upTo latest: HybridTime, to survey: inout PulseSurvey, _ database: Database
    ) throws {
        let first = max(0, survey.calendar.today - 2 * PulseLimits.windowDays) * UTCDay.milliseconds
        guard let opening = HybridTime(milliseconds: UInt64(first)) else { return }
        let sql = """
            SELECT m.kind, m.time, m.log, m.position, p.writers
            FROM state_money m CROSS JOIN state_pledges p ON p.number = m.pledge
            WHERE m.time BETWEEN ? AND ? AND m.void = 0
                AND (m.kind = ? AND p.refunded > 0 OR m.kind = ? AND p.state = ?)
            """
        let arguments: StatementArguments = [
            opening.databaseInteger, latest.databaseInteger, Int64(Record.MoneyKind.refund.rawValue),
            Int64(Record.MoneyKind.cancel.rawValue), Int64(PledgeState.cancelled.rawValue),
        ]
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() {
            let stamp = row.stamp(time: 1, log: 2, position: 3)
            let writers = try Writers(stored: Array(row[4] as Data))
            guard !writers.wereAll(stamp) else { continue }
            let isRefund = row[0] == Int64(Record.MoneyKind.refund.rawValue)
            survey.add(
                isRefund ? .refund : .cancellation, day: UTCDay.of(Int64(clamping: stamp.time.milliseconds)))
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
