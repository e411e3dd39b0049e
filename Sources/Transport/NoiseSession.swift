import Identity
import Noise

/// Who we are to the other side of a socket, and what we let strangers know.
struct Credentials: Sendable {
    /// The current one first.
    let networkKeys: [SecretBytes]
    /// Index of the one with which an initiator begins.
    var dialledKey = 0
    /// What both sides must agree on.
    let prologue: [UInt8]
    let staticKey: AgreementKey
}

/// One connection's Noise, as a value: first the handshake, then two ciphers. Any error closes it, and it throws from then on.
struct NoiseSession: ~Copyable {
    /// What came of a frame.
    enum Reading: Equatable {
        /// The handshake goes on with this.
        case reply([UInt8])
        /// The handshake is over; an initiator has one more message to send.
        case established(remoteKey: NoiseKey, networkKeyAge: Int, reply: [UInt8]?)
        case message([UInt8])
        /// A message goes on in the next frame.
        case part
    }

    private enum Phase: ~Copyable {
        /// A responder does not know yet which network key the other has.
        case listening
        case handshaking(HandshakeState, networkKeyAge: Int)
        case open(TransportCiphers)
        case closed
    }

    private static let partByteLimit = TransportLimits.sentFrameByteLimit - 1 - ChaChaPoly.tagByteCount

    private let credentials: Credentials
    private var phase: Phase
    private var assembler = MessageAssembler(byteLimit: TransportLimits.messageByteLimit)
    /// Frames under the current keys, in the busier direction.
    private(set) var frameCount: UInt64 = 0

    init(credentials: Credentials) {
        self.credentials = credentials
        phase = .listening
    }

    /// Makes this side the initiator; before anything else.
    ///
    /// - Returns: The first frame.
    mutating func begin() throws(CloseReason) -> [UInt8] {
        do throws(NoiseError) {
            let networkKey = credentials.networkKeys[credentials.dialledKey]
            var handshake = try credentials.handshake(as: .initiator, networkKey: networkKey)
            let first = try handshake.writeMessage()
            phase = .handshaking(handshake, networkKeyAge: 0)
            return first
        } catch {
            phase = .closed
            throw .handshakeRefused
        }
    }

    mutating func receive(_ frame: consuming [UInt8]) throws(CloseReason) -> Reading {
        var current = Phase.closed  // and so it stays when this throws
        swap(&current, &phase)
        switch consume current {
        case .listening:
            return try answer(frame)
        case .handshaking(let handshake, let networkKeyAge):
            var handshake = handshake
            do throws(NoiseError) {
                try handshake.readNothing(from: frame)
            } catch {
                throw .handshakeRefused
            }
            return try proceed(handshake, networkKeyAge: networkKeyAge)
        case .open(let ciphers):
            var ciphers = ciphers
            do throws(NoiseError) {
                try ciphers.receiving.decryptInPlace(&frame)
            } catch {
                throw .decryptionFailed
            }
            let message: [UInt8]?
            do throws(MessageError) {
                message = try assembler.receive(frame)
            } catch {
                throw error == .tooLong ? .messageTooLong : .messageMalformed
            }
            frameCount = max(frameCount, ciphers.receiving.nonce)
            phase = .open(ciphers)
            return message.map { .message($0) } ?? .part
        case .closed:
            throw .closed
        }
    }

    /// Only after `established`.
    ///
    /// - Parameter message: At most 1 MiB.
    /// - Returns: Its frames.
    mutating func seal(_ message: [UInt8]) throws(CloseReason) -> [[UInt8]] {
        var current = Phase.closed
        swap(&current, &phase)
        guard case .open(let ciphers) = consume current else { throw .closed }
        var sealing = ciphers
        var frames: [[UInt8]] = []
        let plaintexts = MessageAssembler.cut(
            message, partByteLimit: Self.partByteLimit, spareByteCount: ChaChaPoly.tagByteCount)
        for var frame in plaintexts {
            do throws(NoiseError) {
                try sealing.sending.encryptInPlace(&frame)
            } catch {
                throw .closed
            }
            frames.append(frame)
        }
        frameCount = max(frameCount, sealing.sending.nonce)
        phase = .open(sealing)
        return frames
    }

    /// The first message is read with each of our network keys; who has none of them gets no answer.
    private mutating func answer(_ first: [UInt8]) throws(CloseReason) -> Reading {
        for (age, networkKey) in credentials.networkKeys.enumerated() {
            if let handshake = credentials.handshake(answering: first, networkKey: networkKey) {
                return try proceed(handshake, networkKeyAge: age)
            }
        }
        throw .handshakeRefused
    }

    /// Goes on after a message has been read.
    private mutating func proceed(
        _ handshake: consuming HandshakeState, networkKeyAge: Int
    ) throws(CloseReason) -> Reading {
        guard handshake.remoteStatic != credentials.staticKey.publicKey else { throw .ownKey }
        do throws(NoiseError) {
            let reply = handshake.nextStep == .write ? try handshake.writeMessage() : nil
            guard handshake.isFinished else {
                phase = .handshaking(handshake, networkKeyAge: networkKeyAge)
                return .reply(reply ?? [])
            }
            let ciphers = try handshake.split()
            guard let remoteKey = ciphers.remoteStatic else { throw .handshakeNotFinished }
            phase = .open(ciphers)
            return .established(remoteKey: remoteKey, networkKeyAge: networkKeyAge, reply: reply)
        } catch {
            throw .handshakeRefused
        }
    }
}

extension Credentials {
    /// Each with an ephemeral key of its own.
    fileprivate func handshake(
        as role: HandshakeState.Role, networkKey: SecretBytes
    ) throws(NoiseError) -> HandshakeState {
        try HandshakeState(
            pattern: .xxpsk0, role: role, prologue: prologue, psks: [networkKey], s: staticKey, e: .generate())
    }

    /// Nil when the first message was not made with this key.
    fileprivate func handshake(answering first: [UInt8], networkKey: SecretBytes) -> HandshakeState? {
        do throws(NoiseError) {
            var handshake = try handshake(as: .responder, networkKey: networkKey)
            try handshake.readNothing(from: first)
            return handshake
        } catch {
            return nil
        }
    }
}

extension HandshakeState {
    /// Our handshake's payloads are empty.
    fileprivate mutating func readNothing(from message: [UInt8]) throws(NoiseError) {
        guard try readMessage(message).isEmpty else { throw .messageTooLong(byteCount: message.count) }
    }
}
