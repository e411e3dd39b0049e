import Foundation
import Testing

/// `grapevine pulse` of the built programs, on the fixture whose answers were worked out by hand.
@Suite(.serialized)
struct PulseTests {
    private let folder = Program.fixtures.appending(path: "hand-worked")

    private func figure(_ name: String, _ currency: String?, in pulse: [String: Any]) throws -> [String: Any] {
        let figures = try #require(pulse["figures"] as? [[String: Any]])
        return try #require(
            figures.first { $0["figure"] as? String == name && $0["currency"] as? String == currency }, "\(name)")
    }

    private func ratio(_ row: [String: Any]) -> [Int?] { [row["numerator"] as? Int, row["denominator"] as? Int] }

    @Test func `two nodes that hold the same record print the same pulse, to the byte`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        #expect(try node.json(["pulse"])["currency"] as? String == "USD")
        for name in ["ambassadors", "ambassadors-2", "backers", "backers-2", "pledges", "pledges-2"] {
            try node.importing(String(name.split(separator: "-")[0]), folder.appending(path: "\(name).csv"))
        }
        try cluster.join()
        try cluster.agree(updates: 20)
        let pulse = try node.json(["pulse"])
        // 498.75 paid and 51.00 refunded, of 538.75.
        #expect(ratio(try figure("kept", "USD", in: pulse)) == [44_775, 53_875])
        // p02 and p16; p12, of 17. All currencies are counted together.
        #expect(ratio(try figure("refund_rate", nil, in: pulse))[0] == 2)
        #expect(ratio(try figure("cancel_rate", nil, in: pulse)) == [1, 17])
        #expect(try figure("kept", "USD", in: pulse)["value"] is NSNull)
        #expect((pulse["alarms"] as? [Any])?.isEmpty == true)

        for format in [["--json"], ["--csv"], []] {
            let answers = try cluster.nodes.map { try $0.call(["pulse"] + format) }
            #expect(answers.allSatisfy { $0.status == 0 && !$0.output.isEmpty })
            #expect(Set(answers.map(\.output)).count == 1)
        }
        let csv = try node.call(["pulse", "--csv"]).output.split(separator: "\n")
        #expect(
            csv.first?.hasPrefix("figure,currency,unit,numerator,denominator,value,low,high,n,minimum,trend,") == true)
        #expect(csv.contains { $0.hasPrefix("kept,USD,percent,44775,53875,,,,") })
        #expect(try node.call(["pulse"]).output.contains("too few to say"))
        #expect(try node.call(["pulse", "--json", "--csv"]).status == 2)
    }
}
