import AuthorLog
import Identity

extension Fold {
    /// Keeps what somebody said. Nothing else follows from it, and whoever is named in it need not be known.
    func merge(_ voice: Voice, told: [UInt8]?, stamp: Stamp, right: Right, into batch: FoldBatch) {
        guard Permission.allows(voice, under: right) else {
            batch.skipped.append(Skipped(log: stamp.log, position: stamp.position, reason: .notPermitted))
            return
        }
        batch.voices.append(
            VoiceRow(
                id: VoiceID(log: order.log(stamp.log), position: stamp.position), stamp: stamp,
                person: voice.person ?? right.person ?? rules.pseudonyms.person(of: right.memberID), voice: voice))
        if let told { batch.toldVoices.append(ToldVoice(stamp: stamp, bytes: told)) }
    }
}
