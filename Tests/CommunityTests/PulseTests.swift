import AuthorLog
import Testing

@testable import Community

/// Each figure on a case that was worked out by hand.
struct PulseTests {
    @Test func `windows are 28 whole days, and today belongs to none`() throws {
        let calendar = try PulseCase().survey.calendar
        let windows = [0, 1, 28, 29, 56, 57, 84, 85, -1].map { calendar.window(of: PulseCase.today - $0) }
        #expect(windows == [nil, 0, 0, 1, 1, 2, 2, nil, nil])
        #expect(calendar.window(of: .min) == nil)
        #expect(calendar.daysOnRecord == 1_000)
    }

    @Test func `an empty record has every figure, and each says that there are too few`() throws {
        let figures = try PulseCase().survey.figures()
        #expect(
            figures.map(\.name).sorted { $0.rawValue < $1.rawValue }
                == PulseFigure.Name.allCases.sorted { $0.rawValue < $1.rawValue })
        for figure in figures where figure.name != .reversals && figure.name != .lowMoods {
            #expect(!figure.isEnough && figure.text == nil)
            #expect(figure.trend.direction == .tooFew)
        }
        #expect(PulseAlarm.alarms(of: figures).isEmpty)
    }

    // MARK: Money

    /// 30 pledges of 1.00; 20 are paid, five of those given back: 15.00 of 30.00.
    @Test func `kept is what was paid and not refunded, of what was pledged`() throws {
        var pulse = try PulseCase()
        pulse.pledge(count: 10)
        pulse.pledge(paid: 100, count: 15)
        pulse.pledge(paid: 100, refunded: 100, state: .refunded, count: 4)
        #expect(try pulse.figure(.kept).text == nil)
        pulse.pledge(paid: 100, refunded: 100, state: .refunded)
        let kept = try pulse.figure(.kept)
        #expect(kept.value == Fraction(1_500, 3_000))
        #expect(kept.text == "50.0")
        #expect(kept.count == 30)
    }

    /// 57 to 84 days ago all of 40 pledges were kept; 29 to 56 days ago 38 of 40, five points less; or 38.02 of 40.
    @Test(arguments: [(0, .falling), (2, .steady)] as [(Int64, PulseDirection)])
    func `kept falls by five points`(more: Int64, direction: PulseDirection) throws {
        var pulse = try PulseCase()
        pulse.pledge(daysAgo: 60, paid: 100, count: 40)
        pulse.pledge(daysAgo: 30, paid: 100, count: 38)
        pulse.pledge(daysAgo: 30, count: 1)
        pulse.pledge(daysAgo: 30, paid: more, count: 1)
        // Still being paid: no part of the trend.
        pulse.pledge(daysAgo: 3, count: 40)
        #expect(try pulse.figure(.kept).trend.direction == direction)
        #expect(pulse.alarms.contains(.keptFalling) == (direction == .falling))
    }

    /// 99 backers gave 1.00 each. The hundredth gave 99.00, half of 198.00; or 98.99 of 197.99, which is 49.9975 %.
    @Test(arguments: [(9_900, true), (9_899, false)] as [(Int64, Bool)])
    func `one of a hundred backers is the richest hundredth`(largest: Int64, isAlarm: Bool) throws {
        var pulse = try PulseCase()
        for backer in 1...99 { pulse.pledge(Int64(backer), amount: 100, paid: 100) }
        // Nobody knows whose it is, so it is in neither sum.
        pulse.pledge(nil, amount: 1_000_000, paid: 1_000_000)
        #expect(try pulse.figure(.topBackers).text == nil)
        pulse.pledge(100, amount: largest, paid: 10_000, refunded: 10_000 - largest)
        let share = try pulse.figure(.topBackers)
        #expect(share.value == Fraction(Int128(largest), Int128(largest) + 9_900))
        #expect(share.text == "50.0")
        #expect(pulse.alarms == (isAlarm ? [.fewBackers] : []))
        // Of 101 it is two: 1.00 more on both sides.
        pulse.pledge(101, amount: 100, paid: 100)
        #expect(try pulse.figure(.topBackers).value == Fraction(Int128(largest) + 100, Int128(largest) + 10_000))
    }

    /// Ten ambassadors brought 10.00 each: five of them half of 100.00; with one more that nobody brought, 50 of 101.
    @Test func `five ambassadors of ten brought half, unless some came by nobody`() throws {
        var pulse = try PulseCase()
        for ambassador in 1...9 { pulse.pledge(1, amount: 1_000, paid: 1_000, ambassador: Int64(ambassador)) }
        #expect(try pulse.figure(.topAmbassadors).text == nil)
        pulse.pledge(1, amount: 1_000, paid: 1_000, ambassador: 10)
        #expect(try pulse.figure(.topAmbassadors).value == Fraction(5_000, 10_000))
        #expect(pulse.alarms == [.fewAmbassadors])
        pulse.pledge(nil, amount: 100, paid: 100)
        #expect(try pulse.figure(.topAmbassadors).value == Fraction(5_000, 10_100))
        #expect(pulse.alarms == [])
    }

    @Test func `currencies are never added up`() throws {
        var pulse = try PulseCase()
        let (yen, euro) = (try #require(Currency("JPY")), try #require(Currency("EUR")))
        pulse.pledge(paid: 100, currency: yen, count: 30)
        pulse.pledge(count: 30)
        pulse.pledge(currency: euro, count: 1)
        let kept = pulse.survey.figures().filter { $0.name == .kept }
        #expect(kept.map { $0.currency?.code } == ["USD", "EUR", "JPY"])
        #expect(kept.map(\.value) == [Fraction(0, 3_000), Fraction(0, 100), Fraction(3_000, 3_000)])
        #expect(kept.map(\.text) == ["0.0", nil, "100.0"])
    }

    /// Of 120 backers in each window two are the hundredth. They gave 18.00 and 2.00 of 138.00 before, 14.5 %;
    /// now 32.00 of 150.00, which is 21.3 %; or 42.00 of 160.00, 26.3 %.
    @Test(arguments: [(3_000, .steady), (4_000, .rising)] as [(Int64, PulseDirection)])
    func `dependence rises by ten points`(largest: Int64, direction: PulseDirection) throws {
        var pulse = try PulseCase()
        for backer in 1...118 as ClosedRange<Int64> {
            for ago in [10, 40] as [Int64] { pulse.pledge(backer, daysAgo: ago, amount: 100, paid: 100) }
        }
        pulse.pledge(119, daysAgo: 40, amount: 1_800, paid: 1_800)
        pulse.pledge(120, daysAgo: 40, amount: 200, paid: 200)
        pulse.pledge(119, daysAgo: 10, amount: largest, paid: largest)
        pulse.pledge(120, daysAgo: 10, amount: 200, paid: 200)
        let trend = try pulse.figure(.topBackers).trend
        #expect(trend.before == Fraction(2_000, 13_800))
        #expect(trend.recent == Fraction(Int128(largest) + 200, Int128(largest) + 12_000))
        #expect(trend.direction == direction)
    }

    // MARK: Refunds and cancellations

    @Test func `three of forty paid pledges were refunded, and one of eighty cancelled`() throws {
        var pulse = try PulseCase()
        pulse.pledge(paid: 100, count: 37)
        pulse.pledge(paid: 100, refunded: 1, count: 3)
        pulse.pledge(count: 38)
        pulse.pledge(state: .cancelled)
        pulse.pledge(state: .lapsed)
        let refunds = try pulse.figure(.refundRate)
        #expect(refunds.value == Fraction(3, 40))
        #expect(refunds.text == "7.5")
        #expect(refunds.interval == Interval(low: 25_835, high: 198_646))
        let cancellations = try pulse.figure(.cancelRate)
        #expect(cancellations.value == Fraction(1, 80))
        #expect(cancellations.text == "1.3")
    }

    /// Forty paid pledges were made in each window. Of ten refunds nine came in the newer: Wilson 59.6 to 98.2 % of them, above the
    /// half that an even rate would give. Of eight of ten it is 49.0 to 94.3 %.
    @Test(
        arguments: [(9, 1, .rising), (8, 2, .steady), (1, 9, .falling), (9, 0, .tooFew)] as [(Int, Int, PulseDirection)]
    )
    func `a refund rate rises with the refunds recorded, for as many pledges made`(
        new: Int, old: Int, direction: PulseDirection
    ) throws {
        for days in [56, 55] as [Int64] {
            var pulse = try PulseCase(daysOnRecord: days)
            for ago in [10, 40] as [Int64] { pulse.pledge(daysAgo: ago, paid: 100, count: 40) }
            for index in 0..<new { pulse.reversals(.refund, daysAgo: Int64(1 + index * 3)) }
            for index in 0..<old { pulse.reversals(.refund, daysAgo: Int64(29 + index * 3)) }
            // A record that began in the older window has not seen all of it.
            #expect(try pulse.figure(.refundRate).trend.direction == (days == 56 ? direction : .tooFew))
            #expect(try pulse.figure(.cancelRate).trend.direction == .tooFew)
        }
    }

    /// Two a day; today seven, above 3 · 2; or six, which is not.
    @Test(arguments: [(7, true), (6, false)])
    func `a day is bad above three times the median`(today: Int, isBad: Bool) throws {
        for latest in [0, 1] as [Int64] {
            var pulse = try PulseCase()
            for ago in 1...28 as ClosedRange<Int64> {
                pulse.reversals(.refund, daysAgo: latest + ago)
                pulse.reversals(.cancellation, daysAgo: latest + ago)
            }
            pulse.reversals(.cancellation, daysAgo: latest, count: today)
            let day = try pulse.figure(.reversals)
            #expect(day.trend.before == Fraction(4, 2))
            #expect(pulse.alarms.contains(.badBuzz) == isBad)
            if isBad { #expect(day.value == Fraction(7, 1)) }
        }
    }

    /// Nothing for weeks, then five; four are chance. A record of six days knows no usual number.
    @Test(arguments: [(5, 1_000, true), (4, 1_000, false), (5, 7, true), (50, 6, false)] as [(Int, Int64, Bool)])
    func `a day in a quiet community is bad from five on`(today: Int, days: Int64, isBad: Bool) throws {
        var pulse = try PulseCase(daysOnRecord: days)
        pulse.reversals(.refund, daysAgo: 0, count: today)
        #expect(pulse.alarms == (isBad ? [.badBuzz] : []))
        #expect(try pulse.figure(.reversals).isEnough == (days >= 7))
    }

    // MARK: Coming again

    /// Of 30 who first gave 40 days ago ten gave again 28 days later, one 27 days later, one withdrew. Who began 27 days ago could
    /// not have returned yet.
    @Test func `a backer returns four weeks later`() throws {
        var pulse = try PulseCase()
        for backer in 1...30 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 40) }
        for backer in 1...10 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 12) }
        pulse.pledge(11, daysAgo: 13)
        pulse.pledge(12, daysAgo: 5, state: .cancelled)
        for backer in 31...60 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 27) }
        let returning = try pulse.figure(.returningBackers)
        #expect(returning.value == Fraction(10, 30))
        #expect(returning.text == "33.3")
        // Of the 30 of the older window eleven gave in the newer; of nobody before them.
        #expect(returning.trend == PulseTrend(.tooFew, recent: Fraction(11, 30), before: Fraction(0, 0)))
    }

    /// Of 40 in the window before last, 30 gave in the next: Wilson 59.8 to 85.8 %. Of the 40 there then, 10 gave again: 14.2 to
    /// 40.2 %.
    @Test func `fewer backers return`() throws {
        var pulse = try PulseCase()
        for backer in 1...40 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 60) }
        for backer in 11...50 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 40) }
        for backer in 41...50 as ClosedRange<Int64> { pulse.pledge(backer, daysAgo: 9) }
        #expect(
            try pulse.figure(.returningBackers).trend
                == PulseTrend(.falling, recent: Fraction(10, 40), before: Fraction(30, 40)))
        #expect(pulse.alarms == [.returningFalling])
    }

    // MARK: Growth

    /// Thirty ambassadors; ten of them brought four people each, of whom one paid and kept it, one was refunded.
    @Test func `K is the people brought by each, times those who pay`() throws {
        var pulse = try PulseCase()
        for ambassador in 1...30 as ClosedRange<Int64> { pulse.survey.add(ambassador: ambassador, since: nil) }
        for person in 0..<40 as Range<Int64> {
            pulse.survey.add(PulsePerson(number: 100 + person, broughtBy: person % 10 + 1))
            if person < 10 { pulse.pledge(100 + person, paid: 100) }
            if person >= 30 { pulse.pledge(100 + person, paid: 100, refunded: 100, state: .refunded) }
        }
        #expect(try pulse.figure(.broughtPerAmbassador).value == Fraction(40, 30))
        #expect(try pulse.figure(.conversion).value == Fraction(10, 40))
        let k = try pulse.figure(.kFactor)
        #expect(k.value == Fraction(10, 30))  // 40/30 · 10/40
        #expect(k.text == "0.33")
        #expect(k.interval == Interval(low: 161_759, high: 504_908))
    }

    @Test func `whose payment is too small is a prospect`() throws {
        var pulse = try PulseCase()
        for person in 1...30 as ClosedRange<Int64> {
            pulse.survey.add(PulsePerson(number: person, broughtBy: 99, isQualified: person > 3))
            pulse.pledge(person, paid: 100)
        }
        #expect(try pulse.figure(.conversion).text == "90.0")
    }

    /// Came 1, 2, … 30 days after their ambassador began: the median is 15.5, between the 10th and the 21st.
    @Test func `the cycle is the median time from an ambassador to who came by them`() throws {
        var pulse = try PulseCase()
        pulse.survey.add(ambassador: 1, since: PulseCase.time(300))
        pulse.survey.add(ambassador: 2, since: nil)
        for days in 1...30 as ClosedRange<Int64> {
            pulse.survey.add(PulsePerson(number: 100 + days, broughtBy: 1, joinedAt: PulseCase.time(300 - days)))
        }
        pulse.survey.add(PulsePerson(number: 200, broughtBy: 1, joinedAt: PulseCase.time(301)))
        pulse.survey.add(PulsePerson(number: 201, broughtBy: 2, joinedAt: PulseCase.time(200)))
        let cycle = try pulse.figure(.cycleTime)
        #expect(cycle.count == 30)
        #expect(cycle.text == "15.5")
        #expect(cycle.interval == Interval(low: 10_000_000, high: 21_000_000))
    }

    /// Thirty ambassadors brought two payers each 57 to 84 days ago; one of them six, and nobody else anybody, since.
    @Test func `ambassadors bring fewer`() throws {
        var pulse = try PulseCase()
        for ambassador in 1...30 as ClosedRange<Int64> { pulse.survey.add(ambassador: ambassador, since: nil) }
        for person in 0..<66 as Range<Int64> {
            let (by, ago) = person < 60 ? (person % 30 + 1, 60 as Int64) : (1, 40)
            pulse.survey.add(PulsePerson(number: 100 + person, broughtBy: by, joinedAt: PulseCase.time(ago)))
            pulse.pledge(100 + person, paid: 100)
        }
        #expect(
            try pulse.figure(.kFactor).trend == PulseTrend(.falling, recent: Fraction(6, 30), before: Fraction(60, 30)))
        #expect(pulse.alarms == [.kFactorFalling])
    }

    // MARK: Determinism

    @Test func `neither order nor a node's own numbers make a difference`() throws {
        func figures(_ order: [Int64], number: (Int64) -> Int64) throws -> [PulseFigure] {
            var pulse = try PulseCase()
            let euro = try #require(Currency("EUR"))
            for row in order {
                pulse.survey.add(ambassador: number(row % 12), since: PulseCase.time(300 + row % 12))
                pulse.survey.add(
                    PulsePerson(
                        number: number(row % 150), broughtBy: number(row % 150 % 12),
                        joinedAt: PulseCase.time(row % 290)))
                pulse.pledge(
                    number(row % 150), daysAgo: row % 90, amount: row * 7, paid: row % 3 == 0 ? nil : row * 7,
                    refunded: row % 11 == 1 ? row : 0, ambassador: number(row % 150 % 12),
                    currency: row % 5 == 0 ? euro : nil)
                if row % 11 == 1 { pulse.reversals(.refund, daysAgo: row % 60) }
            }
            return pulse.survey.figures()
        }
        let rows = Array(0..<600 as Range<Int64>)
        var dice = SystemRandomNumberGenerator()
        let expected = try figures(rows) { $0 }
        #expect(expected.contains { $0.currency?.code == "EUR" })
        for _ in 0..<3 { #expect(try figures(rows.shuffled(using: &dice)) { 9_000 - $0 * 3 } == expected) }
    }

    @Test func `every alarm says what to do, once`() {
        let kinds = PulseAlarm.Kind.allCases
        #expect(Set(kinds.map(\.action)).count == kinds.count)
        #expect(kinds.allSatisfy { $0.message.hasSuffix(".") && $0.action.hasSuffix(".") })
    }
}
