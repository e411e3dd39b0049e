import API

/// Posts and feedback, for people.
enum VoiceText {
    static func lines(_ post: PostRow) -> [String] {
        Facts.lines([
            ("post", post.id), ("at", post.at.text),
            ("author", Words.author(post.author, name: post.name, member: post.member)), ("answers", post.answers),
        ]) + body(post.text)
    }

    static func lines(_ feedback: FeedbackRow) -> [String] {
        let recorder = Words.author(feedback.recordedBy, name: feedback.recordedByName, member: feedback.member)
        let facts = Facts.lines([
            ("feedback", feedback.id), ("at", feedback.at.text),
            ("from", Words.person(feedback.person, name: feedback.name, isLookalike: feedback.nameLookalike)),
            ("recorded by", feedback.recordedBy == nil ? nil : recorder),
            ("mood", feedback.mood.map { mood($0) }), ("about", feedback.about),
            ("answered", feedback.answeredAt?.text ?? "not yet: grapevine feedback answer \(short(feedback.id)) TEXT"),
        ])
        let answers = (feedback.answers ?? []).flatMap { answer in
            let author = Words.author(answer.author, name: answer.name, member: answer.member)
            return ["", "\(answer.at.text)  \(author) answered:"] + body(answer.text)
        }
        return facts + (feedback.text == nil && feedback.mood != nil ? [] : body(feedback.text)) + answers
    }

    /// Digits enough to answer with; the daemon says so should two begin alike.
    static func short(_ id: String) -> String { String(id.prefix(12)) }

    static func mood(_ mood: Int?) -> String { mood.map { $0 > 0 ? "+\($0)" : String($0) } ?? "" }

    /// For a row of a table, where ``display(_:width:)`` cuts it.
    static func oneLine(_ text: String?) -> String { (text ?? "").replacing("\n", with: " ") }

    /// Line by line, as each goes to the terminal by itself.
    private static func body(_ text: String?) -> [String] {
        guard let text else { return ["", "  (the words are not held here)"] }
        return [""] + text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    }
}
