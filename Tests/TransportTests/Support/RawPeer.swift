import Identity
import Noise

struct NotAnswered: Error {}

/// A peer who knows Noise and the network key, on a blocking socket, and keeps to nothing else.
final class RawPeer: @unchecked Sendable {
    let socket: RawSocket
    private var ciphers: TransportCiphers

    /// Does the handshake as it should be done, or throws when the other side does not play.
    init(
        _ socket: RawSocket, networkKey: SecretBytes = Village.networkKey, prologue: [UInt8] = Village.prologue,
        key: AgreementKey = .generate()
    ) throws {
        ciphers = try Self.shakeHands(socket, networkKey, prologue, key)
        self.socket = socket
    }

    private static func shakeHands(
        _ socket: RawSocket, _ networkKey: SecretBytes, _ prologue: [UInt8], _ key: AgreementKey
    ) throws -> TransportCiphers {
        var handshake = try HandshakeState(
            pattern: .xxpsk0, role: .initiator, prologue: prologue, psks: [networkKey], s: key, e: .generate())
        socket.write(frame: try handshake.writeMessage())
        guard let second = socket.readFrame() else { throw NotAnswered() }
        _ = try handshake.readMessage(second)
        socket.write(frame: try handshake.writeMessage())
        return try handshake.split()
    }

    /// Flag and part, as they are.
    func write(plaintext: [UInt8]) throws {
        socket.write(frame: try ciphers.sending.encrypt(plaintext))
    }

    func write(message: [UInt8]) throws {
        try write(plaintext: [1] + message)
    }
}
