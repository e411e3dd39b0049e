import API
import ArgumentParser
import Testing

@testable import grapevine

struct TotalsTextTests {
    @Test(arguments: [
        (44_775, 53_875, "83.1 %"), (0, 1, "0.0 %"), (1, 1, "100.0 %"), (1, 3, "33.3 %"), (2, 3, "66.7 %"),
        (5, 10_000, "0.1 %"), (4, 10_000, "0.0 %"), (3, 2, "150.0 %"), (Int64.max, Int64.max, "100.0 %"), (1, 0, ""),
    ])
    func `a percentage is rounded once, half up`(part: Int64, whole: Int64, text: String) {
        #expect(Words.percent(part, of: whole) == text)
    }

    @Test func `totals print what was kept, and the organic and unknown shares`() throws {
        let row = MoneyRow(
            currency: "USD", exponent: 2, pledgedMinor: 53_875, paidMinor: 49_875, refundedMinor: 5_100,
            cancelledMinor: 4_000, kept: Ratio(numerator: 44_775, denominator: 53_875),
            organic: ShareRow(pledges: 3, pledgedMinor: 16_525, paidMinor: 16_525),
            unknown: ShareRow(pledges: 1, pledgedMinor: 500, paidMinor: 500))
        let nothing = MoneyRow(
            currency: "VND", exponent: 0, pledgedMinor: 0, paidMinor: 5, refundedMinor: 0, cancelledMinor: 0)
        let answer = GetTotals.Answer(
            backers: 13, ambassadors: 7, attributedBackers: 10, pledges: 17, anonymousPledges: 1,
            money: [row, nothing],
            organicPledges: 3, unknownPledges: 1)
        let totals = try Totals.parse([])
        let lines = totals.lines(answer)
        #expect(
            lines.contains(
                "by first-touch 3 of them organic (credit nobody), 1 unknown (carry a code that nobody owns)"))
        let cells = lines.suffix(2).map { $0.split(separator: " ").joined(separator: " ") }
        #expect(cells == ["USD 538.75 498.75 51.00 40.00 83.1 % 30.7 % 0.9 %", "VND 0 5 0 0"])
        let sheet = String(decoding: Table(columns: Totals.columns).csv([row]), as: UTF8.self)
        #expect(
            sheet.split(whereSeparator: \.isNewline) == [
                "currency,pledged,paid,refunded,cancelled,kept,organic_pledges,organic,unknown_pledges,unknown",
                "USD,538.75,498.75,51.00,40.00,447.75,3,165.25,1,5.00",
            ])
    }

    @Test func `prospects are counted where there is a qualifying amount`() throws {
        let totals = try Totals.parse([])
        var answer = GetTotals.Answer(
            backers: 3, ambassadors: 1, attributedBackers: 1, pledges: 1, anonymousPledges: 0, money: [], prospects: 2)
        #expect(!totals.lines(answer).contains { $0.contains("prospect") })
        answer.qualifying = .init(amountMinor: 4_000, currency: "USD", exponent: 2)
        answer.money = [
            MoneyRow(
                currency: "USD", exponent: 2, pledgedMinor: 1, paidMinor: 0, refundedMinor: 0, cancelledMinor: 0,
                prospect: ShareRow(pledges: 1, pledgedMinor: 1))
        ]
        #expect(totals.lines(answer).contains("2 prospects: no payment of 40.00 USD or more yet"))
        #expect(totals.lines(answer).contains { $0.hasSuffix("1 waiting (of prospects)") })
    }

    @Test func `a backer who is a prospect is shown as one`() throws {
        let show = try BackerShow.parse(["p_1"])
        let lines = { show.lines(BackerRow(backer: "p_1", id: "x", prospect: $0)).map { $0.prefix { $0 != " " } } }
        #expect(lines(true).contains("prospect"))
        #expect(!lines(false).contains("prospect") && !lines(nil).contains("prospect"))
        let prospect = try #require(BackerList.columns.first { $0.title == "prospect" })
        #expect(
            [true, false, nil].map { prospect.cell(BackerRow(backer: "p", id: "x", prospect: $0)) } == [
                "prospect", "", "",
            ])
    }
}
