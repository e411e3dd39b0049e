import API

/// The referral tree, drawn.
enum TreeText {
    /// - Parameter generations: As many as were asked for: below them nobody is missed.
    static func lines(_ root: ReferralNode, generations: Int) -> [String] {
        [label(root)] + below(root, indent: "", generations: generations)
    }

    private static func below(_ node: ReferralNode, indent: String, generations: Int) -> [String] {
        guard generations > 0 else { return [] }
        let lines = node.children.enumerated().flatMap { index, child in
            let isLast = index == node.children.count - 1 && node.leftOut == 0
            let line = indent + (isLast ? "└─ " : "├─ ") + label(child)
            return [line] + below(child, indent: indent + (isLast ? "   " : "│  "), generations: generations - 1)
        }
        guard node.leftOut > 0 else { return lines }
        return lines + [indent + "└─ \(node.children.isEmpty ? "" : "and ")\(Words.grouped(node.leftOut)) more"]
    }

    private static func label(_ node: ReferralNode) -> String {
        let person = Words.person(node.ambassador, name: node.name)
        let name = node.code.map { "\(person) (\($0))" } ?? person
        guard node.brought > 0 || node.reach > 0 else { return name }
        return
            "\(name): brought \(Words.grouped(node.brought)), reach \(Words.grouped(node.reach)), depth \(node.depth)"
    }
}
