package import AuthorLog
package import Identity

/// What people say to each other: a steward's post, or a member's feedback. The words are in the private part.
package struct Voice: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case post = 33
        case feedback = 34
    }

    package var kind: Kind
    /// What it answers, or is about.
    package var answers: VoiceID?
    /// Of feedback: for whom the author speaks; nil for himself.
    package var person: PersonID?
    /// Of feedback: how the speaker feels, within ``Limits/moodRange``.
    package var mood: Int?

    package init(_ kind: Kind, answers: VoiceID? = nil, person: PersonID? = nil, mood: Int? = nil) {
        self.kind = kind
        self.answers = answers
        self.person = person
        self.mood = mood
    }

    /// The right that it needs.
    package var fact: Fact {
        switch kind {
        case .post: answers == nil ? .announcement : .reply
        case .feedback: person == nil ? .feedback : .relayedFeedback
        }
    }
}

extension Voice.Kind {
    package var operationKind: OperationKind {
        switch self {
        case .post: .post
        case .feedback: .feedback
        }
    }
}

extension Permission {
    /// - Parameter right: The author's strongest right valid at the operation's time.
    package static func allows(_ voice: Voice, under right: Right) -> Bool { voice.fact.roles.contains(right.role) }
}
