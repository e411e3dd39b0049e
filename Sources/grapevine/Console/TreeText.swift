import API

/// The referral tree, drawn.
enum TreeText {
    static func lines(_ root: ReferralNode) -> [String] {
        [label(root)] + below(root, indent: "")
    }

    private static func below(_ node: ReferralNode, indent: String) -> [String] {
        node.children.enumerated().flatMap { index, child in
            let isLast = index == node.children.count - 1
            let line = indent + (isLast ? "└─ " : "├─ ") + label(child)
            return [line] + below(child, indent: indent + (isLast ? "   " : "│  "))
        }
    }

    private static func label(_ node: ReferralNode) -> String {
        let person = Words.person(node.ambassador, name: node.name)
        let name = node.code.map { "\(person) (\($0))" } ?? person
        guard node.brought > 0 || node.reach > 0 else { return name }
        return
            "\(name): brought \(Words.grouped(node.brought)), reach \(Words.grouped(node.reach)), depth \(node.depth)"
    }
}
