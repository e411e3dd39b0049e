import API
import ArgumentParser

struct FeedbackGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "What members say, and what stewards answer.",
        discussion: """
            Examples:
              grapevine feedback add "The forum is down again." --mood -1
              grapevine feedback add "Thank you!" --mood 2 --from p_1042
              grapevine feedback list --unanswered
              grapevine feedback answer 3f2a9c "It is back; we moved it to a larger machine."
            """,
        subcommands: [FeedbackAdd.self, FeedbackList.self, FeedbackShow.self, FeedbackAnswer.self])
}

struct FeedbackAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Say what you think, or what a backer told you.",
        discussion: """
            Examples:
              grapevine feedback add "The forum is down again." --mood -1
              grapevine feedback add --mood 2 --from p_1042
              grapevine feedback add "Which Monday?" --about 77b0e1
            """)

    @Argument(help: "The text, of at most 12,000 bytes; - reads it from standard input.")
    var text: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("-2 very bad, to 2 very good.", valueName: "mood"))
    var mood: Int?
    @Option(help: ArgumentHelp("For whom you speak; yourself unless given.", valueName: "person"))
    var from: String?
    @Option(help: ArgumentHelp("The post or feedback that it is about: its id.", valueName: "id"))
    var about: String?
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AddFeedback {
        let text: String? = if let text { try VoiceArgument.text(text) } else { nil }
        return AddFeedback(
            text, mood: mood, from: from.map { PersonReference($0, source: source.source) }, about: about)
    }

    func lines(_ answer: AddFeedback.Answer) -> [String] { [answer.feedback] }
}

struct FeedbackList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All feedback.",
        discussion: """
            Examples:
              grapevine feedback list --newest
              grapevine feedback list --unanswered
            """)

    @Flag(help: "Only what no steward has answered.")
    var unanswered = false
    @Flag(help: "The newest first; else the oldest.")
    var newest = false
    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String {
        unanswered ? "No feedback waits for an answer" : "No feedback: grapevine feedback add TEXT --mood 1"
    }

    static var columns: [Table<FeedbackRow>.Column] {
        [
            .init("feedback", for: .people) { VoiceText.short($0.id) },
            .init("feedback", for: .spreadsheets) { $0.id },
            .init("at") { $0.at.text },
            .init("from") { Words.person($0.person, name: $0.name, isLookalike: $0.nameLookalike) },
            .init("recorded_by", for: .spreadsheets) { $0.recordedBy ?? "" },
            .init("mood", isNumber: true) { VoiceText.mood($0.mood) },
            .init("answered", for: .people) { $0.answered ? "answered" : "open" },
            .init("answered_at", for: .spreadsheets) { $0.answeredAt?.text ?? "" },
            .init("about", for: .spreadsheets) { $0.about ?? "" },
            .init("text") { VoiceText.oneLine($0.text) },
        ]
    }

    func question() -> ListFeedback {
        ListFeedback(newest: newest ? true : nil, unanswered: unanswered ? true : nil)
    }
}

struct FeedbackShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One piece of feedback, whole, with its answers.",
        discussion: """
            Examples:
              grapevine feedback show 3f2a9c
            """)

    @Argument(help: "The id, or its first digits: six or more.")
    var feedback: String
    @OptionGroup var common: CommonOptions

    func question() -> ShowFeedback { ShowFeedback(feedback) }

    func lines(_ row: FeedbackRow) -> [String] { VoiceText.lines(row) }
}

struct FeedbackAnswer: Asking {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Answer it, for everybody to read; for stewards.",
        discussion: """
            Examples:
              grapevine feedback answer 3f2a9c "It is back."
              grapevine feedback answer 3f2a9c - < answer.txt
            """)

    @Argument(help: "The id, or its first digits: six or more.")
    var feedback: String
    @Argument(help: "The text, of at most 12,000 bytes; - reads it from standard input.")
    var text: String
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AnswerFeedback {
        AnswerFeedback(feedback, text: try VoiceArgument.text(text))
    }

    func lines(_ answer: AnswerFeedback.Answer) -> [String] { [answer.post] }
}
