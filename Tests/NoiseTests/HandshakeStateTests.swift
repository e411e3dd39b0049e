import Identity
import Noise
import Testing

struct HandshakeStateTests {
    private let psk = SecretBytes(random: 32)
    private let initiatorStatic = AgreementKey.generate()
    private let responderStatic = AgreementKey.generate()

    private func initiator(prologue: [UInt8] = [1], psk: SecretBytes? = nil) throws -> HandshakeState {
        try HandshakeState(
            pattern: .xxpsk0, role: .initiator, prologue: prologue, psks: [psk ?? self.psk], s: initiatorStatic,
            e: .generate())
    }

    private func responder(prologue: [UInt8] = [1]) throws -> HandshakeState {
        try HandshakeState(
            pattern: .xxpsk0, role: .responder, prologue: prologue, psks: [psk], s: responderStatic, e: .generate())
    }

    private func failureOfSplit(_ handshake: consuming HandshakeState) -> NoiseError? {
        do throws(NoiseError) {
            _ = try handshake.split()
            return nil
        } catch {
            return error
        }
    }

    @Test func `two nodes learn each other's static keys and one name for the session`() throws {
        var left = try initiator()
        var right = try responder()
        #expect(try right.readMessage(left.writeMessage()).isEmpty)
        #expect(try left.readMessage(right.writeMessage([7])) == [7])
        #expect(try right.readMessage(left.writeMessage([8])) == [8])
        #expect(left.isFinished && right.isFinished)
        #expect(left.remoteStatic == responderStatic.publicKey)
        #expect(right.remoteStatic == initiatorStatic.publicKey)
        #expect(left.handshakeHash == right.handshakeHash)
    }

    @Test func `a forged tag is refused and the state is closed`() throws {
        var left = try initiator()
        var right = try responder()
        let genuine = try left.writeMessage()
        var forged = genuine
        forged[forged.count - 1] ^= 1
        #expect(throws: NoiseError.refused) { try right.readMessage(forged) }
        #expect(right.nextStep == .nothing && !right.isFinished)
        #expect(throws: NoiseError.closed) { try right.readMessage(genuine) }
        #expect(throws: NoiseError.closed) { try right.writeMessage() }
        let failure = failureOfSplit(right)
        #expect(failure == .closed)
    }

    @Test func `a changed bit in any byte of any message is refused`() throws {
        let (leftEphemeral, rightEphemeral) = (AgreementKey.generate(), AgreementKey.generate())
        // The same conversation again and again, up to a message that is not the genuine one.
        func converse(upTo last: Int, changing bit: Int?) throws -> Int {
            var left = try HandshakeState(
                pattern: .xxpsk0, role: .initiator, psks: [psk], s: initiatorStatic, e: leftEphemeral)
            var right = try HandshakeState(
                pattern: .xxpsk0, role: .responder, psks: [psk], s: responderStatic, e: rightEphemeral)
            var byteCount = 0
            for index in 0...last {
                var message = try index % 2 == 0 ? left.writeMessage([1]) : right.writeMessage([1])
                byteCount = message.count
                if index == last, let bit { message[bit / 8] ^= 1 << UInt8(bit % 8) }
                _ = try index % 2 == 0 ? right.readMessage(message) : left.readMessage(message)
            }
            return byteCount
        }
        for last in 0...2 {
            for byte in 0..<(try converse(upTo: last, changing: nil)) {
                let bit = byte * 8 + byte % 8
                #expect(throws: NoiseError.self, "message \(last), bit \(bit)") {
                    try converse(upTo: last, changing: bit)
                }
            }
        }
    }

    @Test func `a stranger without the network key fails at the first message`() throws {
        var stranger = try initiator(psk: SecretBytes(random: 32))
        var right = try responder()
        let message = try stranger.writeMessage()
        #expect(throws: NoiseError.refused) { try right.readMessage(message) }

        var plain = try HandshakeState(
            pattern: HandshakePattern(named: "XX"), role: .initiator, prologue: [1], s: initiatorStatic, e: .generate())
        var second = try responder()
        let plainMessage = try plain.writeMessage()
        #expect(throws: NoiseError.messageTooShort(byteCount: 0)) { try second.readMessage([]) }
        var third = try responder()
        #expect(throws: NoiseError.refused) { try third.readMessage(plainMessage) }
    }

    @Test func `another prologue fails at the first message`() throws {
        var left = try initiator(prologue: [1])
        var right = try responder(prologue: [2])
        let message = try left.writeMessage()
        #expect(throws: NoiseError.refused) { try right.readMessage(message) }
    }

    @Test func `a peer's own messages, reflected, are refused`() throws {
        var left = try initiator()
        let first = try left.writeMessage()
        #expect(throws: NoiseError.self) { try left.readMessage(first) }
        #expect(throws: NoiseError.closed) { try left.readMessage(first) }
    }

    @Test func `a man in the middle with a static key of his own shows it`() throws {
        let mallory = AgreementKey.generate()
        var left = try initiator()
        var middle = try HandshakeState(
            pattern: .xxpsk0, role: .responder, prologue: [1], psks: [psk], s: mallory, e: .generate())
        _ = try middle.readMessage(left.writeMessage())
        _ = try left.readMessage(middle.writeMessage())
        #expect(left.remoteStatic == mallory.publicKey)
    }

    @Test func `a recorded first message may be answered, but the handshake does not finish`() throws {
        var left = try initiator()
        var right = try responder()
        let first = try left.writeMessage()
        _ = try right.readMessage(first)
        _ = try left.readMessage(right.writeMessage())
        let third = try left.writeMessage()

        var replayed = try responder()
        _ = try replayed.readMessage(first)
        _ = try replayed.writeMessage()
        #expect(throws: NoiseError.refused) { try replayed.readMessage(third) }
    }

    @Test func `a low-order point aborts the handshake`() throws {
        let pattern = try HandshakePattern(named: "NN")
        var points = [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)]
        points.append([0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F])
        points.append([0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F])
        for point in points {
            var victim = try HandshakeState(pattern: pattern, role: .responder, e: .generate())
            _ = try victim.readMessage(point)
            #expect(throws: NoiseError.lowOrderPoint) { try victim.writeMessage() }
            #expect(throws: NoiseError.closed) { try victim.writeMessage() }

            var reader = try HandshakeState(pattern: pattern, role: .initiator, e: .generate())
            _ = try reader.writeMessage()
            #expect(throws: NoiseError.lowOrderPoint) { try reader.readMessage(point + [0, 0]) }
            #expect(throws: NoiseError.closed) { try reader.readMessage(point) }
        }
    }

    @Test func `who speaks out of turn is told, and nothing has changed`() throws {
        var left = try initiator()
        var right = try responder()
        #expect(throws: NoiseError.notTheirTurn) { try left.readMessage([]) }
        #expect(throws: NoiseError.notOurTurn) { try right.writeMessage() }
        _ = try right.readMessage(left.writeMessage())
        _ = try left.readMessage(right.writeMessage())
        _ = try right.readMessage(left.writeMessage())
        #expect(throws: NoiseError.handshakeFinished) { try left.writeMessage() }
        #expect(throws: NoiseError.handshakeFinished) { try right.readMessage([]) }
        let early = try initiator()
        let failure = failureOfSplit(early)
        #expect(failure == .handshakeNotFinished)
    }

    @Test func `a message of 65,535 bytes passes and a longer one does not`() throws {
        let overhead = 32 + 16
        var left = try initiator()
        var right = try responder()
        let message = try left.writeMessage([UInt8](repeating: 5, count: 65_535 - overhead))
        #expect(message.count == 65_535)
        #expect(try right.readMessage(message).count == 65_535 - overhead)

        var greedy = try initiator()
        #expect(throws: NoiseError.messageTooLong(byteCount: 65_536)) {
            try greedy.writeMessage([UInt8](repeating: 5, count: 65_536 - overhead))
        }
        var strict = try responder()
        #expect(throws: NoiseError.messageTooLong(byteCount: 65_536)) { try strict.readMessage(message + [0]) }
        #expect(throws: NoiseError.closed) { try strict.readMessage(message) }
    }

    @Test func `keys that do not fit the pattern are refused before anything is said`() throws {
        let key = AgreementKey.generate()
        #expect(throws: NoiseError.missingKey(.s)) {
            _ = try HandshakeState(pattern: .xxpsk0, role: .initiator, psks: [psk], e: key)
        }
        #expect(throws: NoiseError.missingKey(.e)) {
            _ = try HandshakeState(pattern: .xxpsk0, role: .initiator, psks: [psk], s: key)
        }
        #expect(throws: NoiseError.unexpectedKey(.rs)) {
            _ = try HandshakeState(
                pattern: .xxpsk0, role: .initiator, psks: [psk], s: key, e: key, rs: key.publicKey)
        }
        #expect(throws: NoiseError.missingKey(.rs)) {
            _ = try HandshakeState(pattern: HandshakePattern(named: "IK"), role: .initiator, s: key, e: key)
        }
        #expect(throws: NoiseError.unexpectedKey(.re)) {
            _ = try HandshakeState(pattern: HandshakePattern(named: "NN"), role: .initiator, e: key, re: key.publicKey)
        }
        #expect(throws: NoiseError.wrongPSKCount(expected: 1, actual: 0)) {
            _ = try HandshakeState(pattern: .xxpsk0, role: .initiator, s: key, e: key)
        }
        #expect(throws: NoiseError.wrongPSKLength(31)) {
            _ = try HandshakeState(
                pattern: .xxpsk0, role: .initiator, psks: [SecretBytes(random: 31)], s: key, e: key)
        }
    }

    @Test func `random bytes only ever throw`() throws {
        for count in 0..<400 {
            var left = try initiator()
            var right = try responder()
            #expect(throws: NoiseError.self) { try right.readMessage(Sodium.random(count)) }
            _ = try left.writeMessage()
            #expect(throws: NoiseError.self) { try left.readMessage(Sodium.random(count)) }
        }
    }
}
