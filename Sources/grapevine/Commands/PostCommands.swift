import API
import ArgumentParser

struct PostGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post",
        abstract: "What stewards say to everybody.",
        discussion: """
            Examples:
              grapevine post announce "The second wave of rewards ships on Monday."
              grapevine post list --newest
              grapevine post show 3f2a9c
            """,
        subcommands: [PostAnnounce.self, PostList.self, PostShow.self])
}

struct PostAnnounce: Asking {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Say something to everybody; for stewards.",
        discussion: """
            Examples:
              grapevine post announce "We reached 40 million."
              grapevine post announce - < letter.txt
            """)

    @Argument(help: "The text, of at most 12,000 bytes; - reads it from standard input.")
    var text: String
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AnnouncePost { AnnouncePost(try VoiceArgument.text(text)) }

    func lines(_ answer: AnnouncePost.Answer) -> [String] { [answer.post] }
}

struct PostList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All posts: announcements, and answers to feedback.",
        discussion: """
            Examples:
              grapevine post list
              grapevine post list --newest --limit 3
            """)

    @Flag(help: "The newest first; else the oldest.")
    var newest = false
    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No posts yet: grapevine post announce TEXT" }

    static var columns: [Table<PostRow>.Column] {
        [
            .init("post", for: .people) { VoiceText.short($0.id) },
            .init("post", for: .spreadsheets) { $0.id },
            .init("at") { $0.at.text },
            .init("author") { Words.author($0.author, name: $0.name, member: $0.member) },
            .init("answers", for: .people) { $0.answers.map(VoiceText.short) ?? "" },
            .init("answers", for: .spreadsheets) { $0.answers ?? "" },
            .init("text") { VoiceText.oneLine($0.text) },
        ]
    }

    func question() -> ListPosts { ListPosts(newest: newest ? true : nil) }
}

struct PostShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One post, whole.",
        discussion: """
            Examples:
              grapevine post show 3f2a9c
            """)

    @Argument(help: "The id, or its first digits: six or more.")
    var post: String
    @OptionGroup var common: CommonOptions

    func question() -> ShowPost { ShowPost(post) }

    func lines(_ row: PostRow) -> [String] { VoiceText.lines(row) }
}
