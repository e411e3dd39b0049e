import API

/// A referral tree put together from as many answers as it takes.
struct TreePages {
    /// The daemon's.
    private let ask: @Sendable (GetReferralTree) async throws -> Marked<ReferralNode>
    /// The most that an answer did not count; nil: each counted all that is known.
    private(set) var missing: Int?

    init(ask: @escaping @Sendable (GetReferralTree) async throws -> Marked<ReferralNode>) { self.ask = ask }

    /// - Parameters:
    ///   - question: Its limit is how many of the root's children are wanted.
    ///   - isWhole: All of everybody's children are wanted.
    mutating func read(_ question: GetReferralTree, isWhole: Bool) async throws -> ReferralNode {
        let generations = question.depth ?? Limits.treeDepth
        var wanted = isWhole ? Int.max : question.limit ?? Limits.treeChildren
        var question = question
        question.limit = min(wanted, Limits.pageRowsCeiling)
        var root = try await page(question)
        wanted -= root.children.count
        while generations > 0, wanted > 0, let next = root.next {
            question.after = next
            question.limit = min(wanted, Limits.pageRowsCeiling)
            let page = try await page(question)
            wanted -= page.children.count
            root.take(page)
        }
        if isWhole { try await complete(&root, generations: generations) }
        return root
    }

    private mutating func page(_ question: GetReferralTree) async throws -> ReferralNode {
        let marked = try await ask(question)
        missing = marked.missing(with: missing)
        return marked.answer
    }

    /// Fetches what is left out below the children.
    private mutating func complete(_ node: inout ReferralNode, generations: Int) async throws {
        guard generations > 1 else { return }
        for index in node.children.indices {
            var child = node.children[index]
            if child.leftOut > 0, let code = child.code {
                let rest = GetReferralTree(code: code, depth: generations - 1, after: child.next)
                child.take(try await read(rest, isWhole: true))
            }
            // Of those who came just now all is there already.
            try await complete(&child, generations: generations - 1)
            node.children[index] = child
        }
    }
}

extension ReferralNode {
    /// Adds what comes behind its children.
    fileprivate mutating func take(_ page: ReferralNode) {
        children += page.children
        leftOut -= page.children.count
        next = page.next
    }
}
