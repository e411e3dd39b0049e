import Foundation
import Testing

/// The fixture whose answers were worked out by hand, over three nodes.
@Suite(.serialized)
struct HandWorkedTests {
    private let folder = Program.fixtures.appending(path: "hand-worked")

    @Test(arguments: [
        ["ambassadors", "ambassadors-2", "backers", "backers-2", "pledges", "pledges-2"],
        ["pledges", "pledges-2", "backers", "backers-2", "ambassadors", "ambassadors-2"],
    ])
    func `in both orders of import, three nodes give the answers worked out by hand`(order: [String]) throws {
        let cluster = try Cluster()
        try cluster.join()
        try cluster.join()
        for name in order {
            let kind = String(name.split(separator: "-")[0])
            try cluster.nodes[0].importing(kind, folder.appending(path: "\(name).csv"))
        }
        try cluster.agree(updates: 20)
        let expected = try Expected(folder.appending(path: "expected.json"))
        for node in cluster.nodes {
            try expected.check(node)
            try node.expectClean()
        }
        // The same files once more change nothing.
        let again = try cluster.nodes[0].importing("ambassadors", folder.appending(path: "ambassadors.csv"))
        #expect(again["applied"] as? Int == 0)
    }
}
