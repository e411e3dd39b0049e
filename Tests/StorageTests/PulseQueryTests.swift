import AuthorLog
import Community
import Foundation
import Testing

@testable import Storage

/// From stored rows to figures; the figures themselves are tested in their own room.
struct PulseQueryTests {
    private static let day: UInt64 = 86_400_000
    private static let today: UInt64 = 20_000

    private func pulse(
        _ fixture: QueryFixture, by attribution: AttributionKind = .firstTouch, qualifying: Int64 = 0
    ) throws -> Pulse {
        let query = PulseQuery(
            base: try #require(Currency("USD")), attribution: attribution, qualifyingMinor: qualifying)
        return try fixture.read { try query.run($0) }
    }

    private func figure(_ name: PulseFigure.Name, _ pulse: Pulse) throws -> PulseFigure {
        try #require(pulse.figures.first { $0.name == name })
    }

    @Test func `an empty record is as of never`() throws {
        let pulse = try pulse(QueryFixture())
        #expect(pulse.asOf == nil)
        #expect(pulse.figures.count == PulseFigure.Name.allCases.count)
        #expect(pulse.alarms == [])
    }

    @Test func `a pulse is as of the latest header that counts, whosever it is`() throws {
        let fixture = try QueryFixture()
        try fixture.bundle(1, log: 1, position: 0, milliseconds: 500)
        try fixture.bundle(2, log: 2, position: 0, milliseconds: 400)
        try fixture.bundle(3, log: 2, position: 1, milliseconds: 900)
        // Dated ahead, and not part of the state yet.
        try fixture.bundle(4, log: 2, position: 2, milliseconds: 99_000, isHeld: true)
        #expect(try pulse(fixture).asOf == HybridTime(milliseconds: 900))
    }

    /// Three refunds and two cancellations were recorded yesterday. Of each, one was stated together with the whole pledge: it was
    /// history already. One refund is void; one cancellation came to nothing, as the pledge was paid all the same.
    @Test func `a reversal belongs to the day on which it was recorded, unless the pledge was recorded with it`() throws
    {
        let fixture = try QueryFixture()
        try fixture.bundle(1, position: 0, milliseconds: (Self.today - 100) * Self.day)
        try fixture.bundle(2, position: 1, milliseconds: Self.today * Self.day + 5)
        let yesterday = (Self.today - 1) * Self.day + 7
        for pledge in 1...6 as ClosedRange<Int64> {
            let isRefund = pledge <= 3
            try fixture.pledge(
                pledge, at: Int64((Self.today - 90) * Self.day), paid: isRefund || pledge == 6 ? 100 : 0,
                refunded: isRefund ? 100 : 0, state: isRefund ? .refunded : pledge == 6 ? .paid : .cancelled)
            let isOld = pledge == 1 || pledge == 4
            try fixture.writers(of: pledge, milliseconds: isOld ? yesterday : yesterday - 9 * Self.day, position: 1)
            try fixture.money(
                pledge, isRefund ? .refund : .cancel, isVoid: pledge == 3, amount: 100, milliseconds: yesterday,
                position: 1)
        }
        let pulse = try pulse(fixture)
        // Pledge 2's refund, and pledge 5's cancellation.
        #expect(try figure(.reversals, pulse).value == Fraction(2, 1))
        #expect(try figure(.refundRate, pulse).value == Fraction(3, 4))
        #expect(try figure(.cancelRate, pulse).value == Fraction(2, 6))
    }

    /// Kim registered a code on day 100, joined on day 200; Lou joined on day 102, and paid too little to count.
    @Test func `people and credit are read by the community's rules`() throws {
        let fixture = try QueryFixture()
        let day = Int64(Self.day)
        try fixture.person(1, joinedAt: 200 * day, external: "kim")
        try fixture.person(2, joinedAt: 102 * day, winner: 1, pledges: 1, external: "lou")
        try fixture.code(1, "KIM", registrant: 1, at: 100 * day)
        try fixture.ambassador(1, code: "KIM", brought: 1)
        try fixture.ambassador(2, code: "LOU")
        try fixture.pledge(1, backer: 2, at: 103 * day, amount: 100, paid: 100, state: .paid, lastTouch: 1)
        let first = try pulse(fixture)
        #expect(try figure(.broughtPerAmbassador, first).value == Fraction(1, 2))
        #expect(try figure(.conversion, first).value == Fraction(1, 1))
        #expect(try figure(.cycleTime, first).value == Fraction(2 * 2 * Int128(day), 2 * Int128(day)))
        #expect(try figure(.topAmbassadors, first).value == Fraction(0, 100))
        #expect(try figure(.topAmbassadors, pulse(fixture, by: .lastTouch)).value == Fraction(100, 100))
        #expect(try figure(.conversion, pulse(fixture, qualifying: 4_000)).value == Fraction(0, 1))
    }

    /// A steward's first answer counts; a feedback that names another is none, and a post is nobody's mood.
    @Test func `feedback is read with its first answer`() throws {
        let fixture = try QueryFixture()
        let day = Int64(Self.day)
        try fixture.bundle(1, position: 0, milliseconds: 100 * Self.day)
        try fixture.bundle(2, position: 1, milliseconds: 200 * Self.day)
        try fixture.voice(1, .feedback, milliseconds: 120 * day, mood: 2)
        try fixture.voice(2, .feedback, milliseconds: 121 * day, answers: 1)
        try fixture.voice(3, .post, milliseconds: 125 * day, answers: 1)
        try fixture.voice(4, .post, milliseconds: 123 * day, answers: 1)
        try fixture.voice(5, .feedback, milliseconds: 140 * day, mood: -1)
        let pulse = try pulse(fixture)
        #expect(try figure(.mood, pulse).value == Fraction(1, 2))
        let answers = try figure(.answerTime, pulse)
        // Three days, and 79 and 60 without an answer.
        #expect(answers.value == Fraction(2 * 60 * Int128(day), 2 * Int128(day)))
        #expect(answers.count == 3)
    }

    @Test func `sums beyond 64 bits are exact`() throws {
        let fixture = try QueryFixture()
        for number in 1...3 as ClosedRange<Int64> {
            try fixture.pledge(number, amount: .max, paid: .max, refunded: number == 1 ? .max : 0, state: .paid)
        }
        let all = Int128(Int64.max)
        #expect(try figure(.kept, pulse(fixture)).value == Fraction(2 * all, 3 * all))
    }

    // MARK: Whole records

    @Test func `what arrives in another order gives the same pulse`() async throws {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<60 {
            try fixture.write([try fixture.pledge(number, minor: Int64(number) * 100)], author: number % 3)
        }
        var dice = SystemRandomNumberGenerator()
        var pulses: [Pulse] = []
        for name in ["a", "b", "c"] {
            let store = try fixture.store(name)
            var waiting = name == "a" ? fixture.runs : fixture.runs.shuffled(using: &dice)
            for _ in 0..<200 where !waiting.isEmpty {
                let arrivals = waiting.enumerated().map { Arrival(source: UInt64($0.offset), part: $0.element) }
                let (answers, _) = try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
                waiting = zip(waiting, answers).filter {
                    if case .doesNotContinue = $0.1 { true } else { false }
                }.map(\.0)
            }
            #expect(waiting.isEmpty)
            pulses.append(try await store.pulse(by: .firstTouch))
            try store.close()
        }
        #expect(pulses[0] == pulses[1] && pulses[1] == pulses[2])
        // 0.00 to 59.00, all paid: 1770.00, as of the last header.
        #expect(pulses[0].figures.first?.value == Fraction(177_000, 177_000))
        #expect(pulses[0].asOf.map { $0.milliseconds >= ReplicaFixture.start + 120_000 } == true)
    }
}
