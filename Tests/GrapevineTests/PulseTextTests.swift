import API
import ArgumentParser
import Testing

@testable import grapevine

struct PulseTextTests {
    private func row(
        _ figure: String, unit: PulseUnit = .percent, value: String?, direction: PulseDirection = .tooFew,
        slope: PulseSlopeRow? = nil
    ) -> PulseRow {
        let ratio = Ratio(numerator: 1, denominator: 2)
        return PulseRow(
            figure: figure, currency: nil, unit: unit, ratio: ratio, value: value, low: value.map { _ in "40.0" },
            high: value.map { _ in "60.0" }, n: 1_234, minimum: value == nil ? 2_000 : 30, enough: value != nil,
            trend: PulseTrendRow(
                direction: direction, recent: ratio, before: ratio, recentValue: "4.5", beforeValue: "2.0"),
            slope: slope)
    }

    private func answer(_ figures: [PulseRow], alarms: [PulseAlarmRow] = []) -> GetPulse.Answer {
        GetPulse.Answer(
            asOf: Timestamp("2026-11-23T06:00:00Z"), currency: "USD", windowDays: 28, figures: figures,
            alarms: alarms)
    }

    @Test func `a figure says what it is, how sure, of how many and where it goes`() {
        let slope = PulseSlopeRow(
            direction: .rising, perDay: Ratio(numerator: 1, denominator: 4), value: "0.250", events: 20, days: 28)
        let rising = row("refund_rate", value: "50.0", direction: .rising, slope: slope)
        #expect(PulseText.value(rising) == "50.0 %")
        #expect(PulseText.interval(rising) == "40.0–60.0 %")
        #expect(PulseText.cases(rising) == "1,234")
        #expect(PulseText.trend(rising) == "rising, 2.0 % to 4.5 %")
        #expect(PulseText.slope(rising) == "rising, +0.250 a day")
        #expect(PulseText.value(row("cycle_time", unit: .days, value: "3.5")) == "3.5 days")
    }

    @Test func `too few to say is said`() {
        let few = row("kept", value: nil)
        #expect(PulseText.value(few) == "too few to say")
        #expect(PulseText.trend(few) == "too few to say")
        #expect(PulseText.cases(few) == "1,234 of 2,000")
        #expect(PulseText.interval(few) == "")
        #expect(PulseText.slope(few) == "")
    }

    @Test func `an alarm names one thing to do`() {
        let alarm = PulseAlarmRow(
            alarm: "kept_falling", figure: "kept", currency: "USD", message: "Less is kept.", action: "Remind them.")
        let lines = PulseText.lines(answer([row("kept", value: "50.0")], alarms: [alarm]))
        #expect(lines.contains("Alarm: Less is kept. (USD)"))
        #expect(lines.contains("  Do: Remind them."))
        #expect(lines.last?.hasPrefix("As of 2026-11-23T06:00:00Z") == true)
        #expect(PulseText.lines(answer([])).contains("No alarms."))
    }

    @Test func `an empty record teaches`() {
        var empty = answer([])
        empty.asOf = nil
        #expect(PulseText.lines(empty).count == 1)
        #expect(PulseText.lines(empty)[0].contains("grapevine import backers"))
    }

    @Test func `a figure of a later version keeps its own name`() {
        #expect(PulseText.name("shop_visits") == "shop visits")
        #expect(PulseText.name("kept") == "promised money kept")
    }

    @Test func `pulse takes JSON or CSV`() throws {
        #expect(try Grapevine.parseAsRoot(["pulse", "--csv"]) is Pulse)
        #expect(throws: (any Error).self) { try Grapevine.parseAsRoot(["pulse", "now"]) }
    }
}
