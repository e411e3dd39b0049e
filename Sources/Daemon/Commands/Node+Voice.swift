package import API
import AuthorLog
import Community
import Identity
import Storage

/// What stewards and members say to each other.
extension Node {
    // MARK: Posts

    package nonisolated func answer(_ request: AnnouncePost) async throws -> AnnouncePost.Answer {
        let post = Voice(.post)
        try await mayWrite(post)
        return AnnouncePost.Answer(post: try await write(post, text: try TextRule.voice(request.text)).hex)
    }

    package nonisolated func answer(_ request: ListPosts) async throws -> ListPosts.Answer {
        let page = try page(request)
        let found = try await ask { try await $0.posts(page, VoiceQuery.Direction(newest: request.newest)) }
        return Page(rows: found.rows.map { PostRow($0) }, next: found.next)
    }

    package nonisolated func answer(_ request: ShowPost) async throws -> ShowPost.Answer {
        PostRow(try await voice(request.post, .post))
    }

    // MARK: Feedback

    package nonisolated func answer(_ request: AddFeedback) async throws -> AddFeedback.Answer {
        let mood = request.mood
        if let mood, !Community.Limits.moodRange.contains(mood) {
            throw Failure(.mood, "--mood: \(mood) is not a mood")
        }
        let text = try request.text.map { text throws(Failure) in try TextRule.voice(text) }
        guard text != nil || mood != nil else {
            throw Failure(.text, "there is nothing in it", hint: "give a text, or --mood, or both")
        }
        let person: FoundPerson? = if let from = request.from { try await self.person(from) } else { nil }
        let feedback = Voice(.feedback, person: person?.id, mood: mood)
        try await mayWrite(feedback)
        var about = feedback
        if let reference = request.about { about.answers = try await voice(reference, nil).id }
        let id = try await write(about, text: text)
        let row = try await voice(id.hex, .feedback)
        return AddFeedback.Answer(feedback: id.hex, person: row.speaker.text)
    }

    package nonisolated func answer(_ request: ListFeedback) async throws -> ListFeedback.Answer {
        let page = try page(request)
        let onlyUnanswered = request.unanswered ?? false
        let found = try await ask {
            try await $0.feedback(page, VoiceQuery.Direction(newest: request.newest), onlyUnanswered: onlyUnanswered)
        }
        return Page(rows: found.rows.map { FeedbackRow($0) }, next: found.next)
    }

    package nonisolated func answer(_ request: ShowFeedback) async throws -> ShowFeedback.Answer {
        let row = try await voice(request.feedback, .feedback)
        return FeedbackRow(row, answers: try await ask { try await $0.answers(to: row.id) })
    }

    package nonisolated func answer(_ request: AnswerFeedback) async throws -> AnswerFeedback.Answer {
        var post = Voice(.post)
        try await mayWrite(post)
        let text = try TextRule.voice(request.text)
        let feedback = try await voice(request.feedback, .feedback).id
        post.answers = feedback
        return AnswerFeedback.Answer(post: try await write(post, text: text).hex, feedback: feedback.hex)
    }

    // MARK: What they share

    /// - Throws: `E-ROLE`, naming the own role and the one that is needed.
    private nonisolated func mayWrite(_ voice: Voice) async throws {
        guard let right = await right else { throw await whyNoRight }
        guard !Permission.allows(voice, under: right) else { return }
        let needed = voice.fact.roles.lowerBound
        throw Failure(.role, "your role is \(right.role.name), and this needs the role \(needed.name)")
    }

    /// - Returns: The id of the operation that was written, once it is durable.
    private nonisolated func write(_ voice: Voice, text: String?) async throws -> VoiceID {
        var operation = Operation(publicPart: voice.encoded)
        if let text {
            operation.privatePart = .held(salt: Sodium.random16(1)[0], bytes: VoicePrivate(text: text).encoded)
        }
        let bundles = try await write(operations: [operation])
        guard let header = bundles.first?.header else {
            throw Failure(.internalError, "it was written, and is in no bundle")
        }
        return VoiceID(log: header.log, position: header.position)
    }

    /// - Parameter kind: nil for whatever it is.
    /// - Throws: `E-VOICE-UNKNOWN`, `E-AMBIGUOUS`.
    private nonisolated func voice(_ reference: String, _ kind: Voice.Kind?) async throws -> VoiceQuery.Row {
        let list = kind == .post ? "grapevine post list" : "grapevine feedback list"
        let noun = kind.map { $0 == .post ? "post" : "feedback" } ?? "post or feedback"
        switch try await ask({ try await $0.voice(reference, kind) }) {
        case .one(let row): return row
        case .several:
            throw Failure(.ambiguous, "more than one id begins with \(reference)", hint: "give more digits of it")
        case .none:
            throw Failure(.voiceUnknown, "no \(noun) has the id \(reference)", hint: list)
        }
    }
}

extension VoiceQuery.Direction {
    fileprivate init(newest: Bool?) { self = newest ?? false ? .newestFirst : .oldestFirst }
}

extension PostRow {
    init(_ row: VoiceQuery.Row) {
        self.init(
            id: row.id.hex, at: Timestamp(stored: row.at), member: row.author.member.hex,
            author: row.author.person?.text, name: row.author.displayName, text: row.text, answers: row.answers?.hex)
    }
}

extension FeedbackRow {
    init(_ row: VoiceQuery.Row, answers: [VoiceQuery.Row]? = nil) {
        let author = row.author
        let isRelayed = author.personID != row.speaker.id
        self.init(
            id: row.id.hex, at: Timestamp(stored: row.at), person: row.speaker.text, name: row.speakerName,
            member: author.member.hex, recordedBy: isRelayed ? author.person?.text ?? author.personID?.hex : nil,
            recordedByName: isRelayed ? author.displayName : nil,
            mood: row.mood, text: row.text, about: row.answers?.hex,
            answeredAt: row.answeredAt.map { Timestamp(stored: $0) }, answers: answers.map { $0.map { PostRow($0) } },
            nameLookalike: row.isLookalike ? true : nil)
    }
}
