import API
import Testing

@testable import grapevine

/// A daemon's trees, which shows two children of each person, and of persons below the first only those with a code.
struct TreePagesTests {
    private static let children: [String: [String]] = [
        "A": ["B", "C", "a1", "a2", "a3"], "B": ["D", "b1", "b2"], "C": ["c1"], "D": ["d1", "d2", "d3", "d4"],
    ]

    @Sendable private static func answer(_ question: GetReferralTree, limit: Int = 2) -> ReferralNode {
        let all = children[question.code] ?? []
        let start = question.after.flatMap { all.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        let shown = question.depth == 0 ? [] : all[start...].prefix(min(limit, question.limit ?? limit))
        let below = shown.map { name -> ReferralNode in
            var node = answer(GetReferralTree(code: name, depth: (question.depth ?? 3) - 1))
            node.code = children[name] == nil ? nil : name
            return node
        }
        return ReferralNode(
            ambassador: question.code, code: question.code, brought: all.count, reach: 0, depth: 0, children: below,
            leftOut: all.count - below.count, next: start + below.count < all.count ? shown.last : nil)
    }

    private func outline(_ node: ReferralNode) -> String {
        let below = node.children.map(outline) + (node.leftOut > 0 ? ["+\(node.leftOut)"] : [])
        return node.ambassador + (below.isEmpty ? "" : "(\(below.joined(separator: " ")))")
    }

    @Test func `a tree is put together of as many pages as are wanted`() async throws {
        var pages = TreePages { Marked(Self.answer($0)) }
        let some = try await pages.read(GetReferralTree(code: "A", depth: 1, limit: 3), isWhole: false)
        #expect(outline(some) == "A(B(+3) C(+1) a1 +2)" && some.next == "a1")
        let one = try await pages.read(GetReferralTree(code: "A", depth: 1, limit: 1), isWhole: false)
        #expect(outline(one) == "A(B(+3) +4)" && one.next == "B")
        let none = try await pages.read(GetReferralTree(code: "A", depth: 0), isWhole: true)
        #expect(outline(none) == "A(+5)")
    }

    @Test func `the whole of it is to be had`() async throws {
        var pages = TreePages { Marked(Self.answer($0)) }
        let whole = try await pages.read(GetReferralTree(code: "A", depth: 64), isWhole: true)
        #expect(outline(whole) == "A(B(D(d1 d2 d3 d4) b1 b2) C(c1) a1 a2 a3)" && whole.next == nil)
        let three = try await pages.read(GetReferralTree(code: "A", depth: 2), isWhole: true)
        #expect(outline(three) == "A(B(D(+4) b1 b2) C(c1) a1 a2 a3)")
        #expect(pages.missing == nil)
    }

    @Test func `what one page does not count the whole does not`() async throws {
        var pages = TreePages { Marked(Self.answer($0), missing: $0.code == "D" ? 7 : nil) }
        _ = try await pages.read(GetReferralTree(code: "A", depth: 64), isWhole: true)
        #expect(pages.missing == 7)
    }
}
