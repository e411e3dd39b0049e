import Foundation
import Testing

/// Figures that were computed elsewhere, held against what a node answers.
struct Expected {
    let figures: [String: Any]

    init(_ file: URL) throws {
        figures = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    func check(_ node: Node) throws {
        let totals = try node.json(["totals"])
        for key in ["backers", "ambassadors", "attributed_backers", "pledges", "anonymous_pledges"] {
            if let expected = figures[key] as? Int { #expect(totals[key] as? Int == expected, "\(key)") }
        }
        let money = try #require(totals["money"] as? [[String: Any]])
        if let paid = figures["total_minor"] as? Int {
            let base = money.first { $0["currency"] as? String == figures["currency"] as? String }
            #expect(base?["paid_minor"] as? Int == paid)
        }
        if let currencies = figures["totals"] as? [String: [String: Int]] {
            #expect(money.count == currencies.count)
            for (currency, sums) in currencies {
                let match = money.first { $0["currency"] as? String == currency }
                for (key, sum) in sums { #expect(match?[key] as? Int == sum, "\(currency) \(key)") }
            }
        }
        if let kept = figures["kept"] as? [String: [Int]] {
            for row in money {
                let ratio = row["kept"] as? [String: Int]
                #expect(
                    kept[row["currency"] as? String ?? ""] == [ratio?["numerator"] ?? -1, ratio?["denominator"] ?? -1])
            }
        }
        // The clusters' communities are first-touch.
        if let rules = figures["shares"] as? [String: [String: [String: [String: Int]]]] {
            for row in money {
                for share in ["organic", "unknown"] {
                    let none = ["pledges": 0, "pledged_minor": 0, "paid_minor": 0, "refunded_minor": 0]
                    let expected = rules["first_touch"]?[share]?[row["currency"] as? String ?? ""] ?? none
                    #expect(row[share] as? [String: Int] == expected, "\(share)")
                }
            }
        }
        if let rows = figures["leaderboard"] as? [[String: Any]] {
            for attribution in ["first-touch", "last-touch"] {
                let prefix = attribution == "first-touch" ? "first_touch" : "last_touch"
                try check(node, rows, ["--attribution", attribution], score: prefix)
            }
        }
        if let rows = figures["leaderboard_by_reach"] as? [[String: Any]] {
            try check(node, rows, ["--by", "reach"], score: nil)
        }
    }

    /// Every row; and where the file is ordered by the same score, in its order.
    private func check(_ node: Node, _ rows: [[String: Any]], _ options: [String], score: String?) throws {
        let answer = try node.json(["leaderboard", "--limit", "0"] + options)
        let answered = try #require(answer["rows"] as? [[String: Any]])
        #expect(answered.count == rows.count)
        if score != "last_touch" {
            #expect(answered.map { $0["code"] as? String } == rows.map { $0["code"] as? String }, "order \(options)")
        }
        let byCode = Dictionary(uniqueKeysWithValues: answered.map { ($0["code"] as? String ?? "", $0) })
        for row in rows {
            let match = byCode[row["code"] as? String ?? ""]
            for key in ["ambassador"] { #expect(match?[key] as? String == row[key] as? String) }
            for key in ["brought", "reach", "depth"] { #expect(match?[key] as? Int == row[key] as? Int, "\(key)") }
            guard let score else { continue }
            #expect(match?["credited_minor"] as? Int == row["\(score)_minor"] as? Int, "\(row["code"] ?? "")")
            #expect(match?["credited_pledges"] as? Int == row["\(score)_pledges"] as? Int, "\(row["code"] ?? "")")
        }
    }
}
