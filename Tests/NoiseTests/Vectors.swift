import Foundation
import Identity
import Noise
import Testing

/// A conversation that another implementation had, in cacophony's shape.
struct Conversation: Decodable {
    struct Message: Decodable {
        let payload: String
        let ciphertext: String
        let dir: String?
    }

    let protocolName: String
    let handshakeHash: String
    let initPrologue: String
    let initPsks: [String]?
    let initStatic: String?
    let initEphemeral: String?
    let initRemoteStatic: String?
    let respPrologue: String
    let respPsks: [String]?
    let respStatic: String?
    let respEphemeral: String?
    let respRemoteStatic: String?
    let messages: [Message]

    func handshake(_ role: HandshakeState.Role) throws -> HandshakeState {
        let isInitiator = role == .initiator
        return try HandshakeState(
            pattern: HandshakePattern(protocolName: protocolName), role: role,
            prologue: Hex.decode(isInitiator ? initPrologue : respPrologue),
            psks: ((isInitiator ? initPsks : respPsks) ?? []).map { SecretBytes(copying: try Hex.decode($0)) },
            s: (isInitiator ? initStatic : respStatic).map(Self.agreementKey),
            e: (isInitiator ? initEphemeral : respEphemeral).map(Self.agreementKey),
            rs: (isInitiator ? initRemoteStatic : respRemoteStatic).flatMap { NoiseKey(hex: $0) })
    }

    static func agreementKey(_ hex: String) throws -> AgreementKey {
        try AgreementKey(secret: SecretBytes(copying: Hex.decode(hex)))
    }
}

enum Vectors {
    private struct File: Decodable {
        let vectors: [Conversation]
    }

    static func data(_ path: String) throws -> Data {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/vectors")
        return try Data(contentsOf: root.appending(path: path))
    }

    static func conversations(_ path: String) throws -> [Conversation] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(File.self, from: data(path)).vectors
    }
}
