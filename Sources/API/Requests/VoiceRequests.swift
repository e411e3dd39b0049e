/// A steward speaks to everybody.
package struct AnnouncePost: Request {
    package static let path = "post/announce"

    package var text: String

    package init(_ text: String) { self.text = text }

    package struct Answer: Codable, Hashable, Sendable {
        package var post: String

        package init(post: String) { self.post = post }
    }
}

package struct ListPosts: PagedRequest {
    package static let path = "post/list"

    package typealias Answer = Page<PostRow>
    package typealias Row = PostRow

    package var after: String?
    package var limit: Int?
    /// The newest first.
    package var newest: Bool?

    package init(after: String? = nil, limit: Int? = nil, newest: Bool? = nil) {
        self.after = after
        self.limit = limit
        self.newest = newest
    }
}

package struct ShowPost: Request {
    package static let path = "post/show"

    package typealias Answer = PostRow

    /// The id, or its first digits.
    package var post: String

    package init(_ post: String) { self.post = post }
}

/// A member says what he thinks, or what a backer told him.
package struct AddFeedback: Request {
    package static let path = "feedback/add"

    /// May be left out beside a mood.
    package var text: String?
    /// -2 to 2.
    package var mood: Int?
    /// For whom the member speaks; himself unless given.
    package var from: PersonReference?
    /// The id of what it is about, or its first digits.
    package var about: String?

    package init(_ text: String?, mood: Int? = nil, from: PersonReference? = nil, about: String? = nil) {
        self.text = text
        self.mood = mood
        self.from = from
        self.about = about
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var feedback: String
        /// Who speaks.
        package var person: String

        package init(feedback: String, person: String) {
            self.feedback = feedback
            self.person = person
        }
    }
}

package struct ListFeedback: PagedRequest {
    package static let path = "feedback/list"

    package typealias Answer = Page<FeedbackRow>
    package typealias Row = FeedbackRow

    package var after: String?
    package var limit: Int?
    /// The newest first.
    package var newest: Bool?
    /// Only what nobody has answered.
    package var unanswered: Bool?

    package init(after: String? = nil, limit: Int? = nil, newest: Bool? = nil, unanswered: Bool? = nil) {
        self.after = after
        self.limit = limit
        self.newest = newest
        self.unanswered = unanswered
    }
}

package struct ShowFeedback: Request {
    package static let path = "feedback/show"

    package typealias Answer = FeedbackRow

    /// The id, or its first digits.
    package var feedback: String

    package init(_ feedback: String) { self.feedback = feedback }
}

/// A steward answers, for everybody to read.
package struct AnswerFeedback: Request {
    package static let path = "feedback/answer"

    /// The id, or its first digits.
    package var feedback: String
    package var text: String

    package init(_ feedback: String, text: String) {
        self.feedback = feedback
        self.text = text
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var post: String
        package var feedback: String

        package init(post: String, feedback: String) {
            self.post = post
            self.feedback = feedback
        }
    }
}
