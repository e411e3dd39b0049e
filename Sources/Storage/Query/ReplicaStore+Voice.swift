package import Community
import GRDB

extension ReplicaStore {
    private var voices: VoiceQuery { VoiceQuery(pseudonyms: rules.pseudonyms) }

    package func posts(_ page: PageRequest, _ direction: VoiceQuery.Direction) async throws -> ListPage<VoiceQuery.Row>
    {
        let query = voices
        return try await answer("listing posts") {
            try query.list(.post, onlyUnanswered: false, direction, page, $0)
        }
    }

    package func feedback(
        _ page: PageRequest, _ direction: VoiceQuery.Direction, onlyUnanswered: Bool
    ) async throws -> ListPage<VoiceQuery.Row> {
        let query = voices
        return try await answer("listing feedback") {
            try query.list(.feedback, onlyUnanswered: onlyUnanswered, direction, page, $0)
        }
    }

    /// - Parameters:
    ///   - reference: An id, or its first digits.
    ///   - kind: nil for whatever it is.
    package func voice(_ reference: String, _ kind: Voice.Kind?) async throws -> VoiceQuery.Found {
        let query = voices
        return try await answer("looking for what was said") { try query.find(reference, kind, $0) }
    }

    package func answers(to id: VoiceID) async throws -> [VoiceQuery.Row] {
        let query = voices
        return try await answer("reading answers") { try query.answers(to: id, $0) }
    }
}
