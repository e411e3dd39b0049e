package import Identity

/// A post or feedback; all are kept. Whether feedback is answered follows from the posts that name it.
package struct VoiceRow: Equatable, Sendable {
    package var id: VoiceID
    package var kind: Voice.Kind
    package var stamp: Stamp
    /// Who speaks: whom the operation names, else the author's person.
    package var person: PersonID
    /// Of feedback, where it states one.
    package var mood: Int?
    /// What it answers, or is about; nobody may know that, yet.
    package var answers: VoiceID?

    package init(id: VoiceID, stamp: Stamp, person: PersonID, voice: Voice) {
        self.id = id
        kind = voice.kind
        self.stamp = stamp
        self.person = person
        mood = voice.mood
        answers = voice.answers
    }
}

/// The private part of a permitted voice, unread.
package struct ToldVoice: Sendable {
    package var stamp: Stamp
    package var bytes: [UInt8]
}
