import AuthorLog
import Community
import GRDB
import Identity

/// Writes posts and feedback, and the words of those whose private part is held.
struct VoiceWriter {
    let database: Database

    func write(_ changes: FoldChanges) throws {
        try write(changes.voices)
        try write(changes.toldVoices)
    }

    private func write(_ rows: [VoiceRow]) throws {
        let insert = try DirectStatement(database, "INSERT INTO state_voices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            try insert.run { values in
                values.add(row.stamp.log)
                values.add(bits: row.stamp.position)
                values.add(row.id)
                values.add(Int64(row.kind.rawValue))
                values.add(Int64(clamping: row.stamp.time.milliseconds))
                values.add(Int64(row.stamp.time.counter))
                values.add(row.person)
                values.add(row.mood.map(Int64.init))
                if let answers = row.answers { values.add(answers) } else { values.addNull() }
            }
        }
    }

    private func write(_ parts: [ToldVoice]) throws {
        let insert = try DirectStatement(database, "INSERT OR REPLACE INTO detail_voices VALUES (?, ?, ?)")
        for part in parts {
            guard let told = VoicePrivate(decoding: part.bytes) else { continue }
            try insert.run { values in
                values.add(part.stamp.log)
                values.add(bits: part.stamp.position)
                values.add(told.text)
            }
        }
    }
}
