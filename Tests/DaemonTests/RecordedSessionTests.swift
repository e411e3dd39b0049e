import AuthorLog
import Foundation
import Identity
import Testing

/// Protocol/vectors/sync/session.json: written down once with GRAPEVINE_WRITE_VECTORS=1, compared ever after.
struct RecordedSessionTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Protocol/vectors/sync/session.json")

    @Test func `a whole session with fixed keys is, byte for byte, the one that is written down`() throws {
        let session = try RecordedSession()
        let names = ["i static", "i ephemeral", "r static", "r ephemeral"]
        let secrets = Dictionary(
            uniqueKeysWithValues: names.map { name in
                (
                    name.replacingOccurrences(of: " ", with: "_") + "_secret",
                    Hex.encode(RecordedSession.bytes32("session " + name))
                )
            })
        let object: [String: Any] = [
            "about":
                "XXpsk0 handshake, then every transport frame until the newcomer (initiator) holds all that the founder holds",
            "ticket": session.ticket.text,
            "initiator_member_seed": Hex.encode(RecordedSession.bytes32("session newcomer")),
            "responder_member_seed": Hex.encode(RecordedSession.bytes32("session founder")),
            "noise": secrets,
            "handshake_hash": Hex.encode(session.handshakeHash),
            "frontier_in_the_end": session.frontier.hex,
            "frames": session.frames.map { frame in
                var row: [String: Any] = [
                    "by": frame.isByInitiator ? "initiator" : "responder", "bytes": Hex.encode(frame.bytes),
                ]
                if let message = frame.message { row["message"] = Hex.encode(message) }
                return row
            },
        ]
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        if ProcessInfo.processInfo.environment["GRAPEVINE_WRITE_VECTORS"] == "1" {
            try (data + Data("\n".utf8)).write(to: Self.file)
        }
        let held = try JSONSerialization.jsonObject(with: try Data(contentsOf: Self.file))
        let made = try JSONSerialization.jsonObject(with: data)
        #expect(held as? NSDictionary == made as? NSDictionary)
        #expect(session.frames.count > 8)
    }
}
