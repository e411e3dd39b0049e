/// What a steward said to everybody, or in answer to somebody.
package struct PostRow: Codable, Hashable, Sendable {
    package var id: String
    package var at: Timestamp
    /// Who wrote it: the member, and the person whom the record knows the member as.
    package var member: String
    @Nullable package var author: String?
    package var name: String?
    /// Null where it is not held.
    @Nullable package var text: String?
    /// The id of what it answers; null for an announcement.
    @Nullable package var answers: String?

    package init(
        id: String, at: Timestamp, member: String, author: String?, name: String? = nil, text: String?, answers: String?
    ) {
        self.id = id
        self.at = at
        self.member = member
        self.author = author
        self.name = name
        self.text = text
        self.answers = answers
    }
}

/// What somebody fed back, in a list, and alone.
package struct FeedbackRow: Codable, Hashable, Sendable {
    package var id: String
    package var at: Timestamp
    /// Who speaks.
    package var person: String
    package var name: String?
    /// True where that name looks like another one of the record: who is meant is for the id to say.
    package var nameLookalike: Bool?
    /// Who wrote it down.
    package var member: String
    /// The person behind that member, where it is another than the speaker.
    @Nullable package var recordedBy: String?
    package var recordedByName: String?
    /// -2, very bad, to 2, very good; null where nobody said.
    @Nullable package var mood: Int?
    /// Null where there are no words, or where they are not held.
    @Nullable package var text: String?
    /// The id of what it is about, if it is about one thing.
    @Nullable package var about: String?
    package var answered: Bool
    @Nullable package var answeredAt: Timestamp?
    /// Only alone: the posts that answer it, the first ones first.
    package var answers: [PostRow]?

    enum CodingKeys: String, CodingKey {
        case id, at, person, name, member, mood, text, about, answered, answers
        case recordedBy = "recorded_by"
        case recordedByName = "recorded_by_name"
        case answeredAt = "answered_at"
        case nameLookalike = "name_lookalike"
    }

    package init(
        id: String, at: Timestamp, person: String, name: String? = nil, member: String, recordedBy: String?,
        recordedByName: String? = nil, mood: Int?, text: String?, about: String?, answeredAt: Timestamp?,
        answers: [PostRow]? = nil, nameLookalike: Bool? = nil
    ) {
        self.id = id
        self.at = at
        self.person = person
        self.name = name
        self.member = member
        self.recordedBy = recordedBy
        self.recordedByName = recordedByName
        self.mood = mood
        self.text = text
        self.about = about
        answered = answeredAt != nil
        self.answeredAt = answeredAt
        self.answers = answers
        self.nameLookalike = nameLookalike
    }
}
