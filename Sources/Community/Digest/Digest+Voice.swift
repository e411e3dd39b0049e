import AuthorLog
import Identity

extension Digest.Row {
    package init(voice: VoiceRow) {
        var bytes: [UInt8] = [4]
        voice.id.append(to: &bytes)
        bytes.append(voice.kind.rawValue)
        bytes.appendBigEndian(voice.stamp.time.rawValue)
        voice.person.append(to: &bytes)
        // 0 says nothing; -2 to 2 are 1 to 5.
        bytes.append(voice.mood.map { UInt8(clamping: $0 + 3) } ?? 0)
        bytes.append(voice.answers == nil ? 0 : 1)
        if let answers = voice.answers { answers.append(to: &bytes) }
        self.init(key: voice.id.raw, bytes: bytes)
    }
}
