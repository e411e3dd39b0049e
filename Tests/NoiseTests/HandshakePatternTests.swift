import Identity
import Noise
import Testing

struct HandshakePatternTests {
    @Test func `there are 3 one-way, 12 interactive and 23 deferred patterns, each once`() {
        #expect(HandshakePattern.standard.count == 38)
        #expect(Set(HandshakePattern.standard.map(\.name)).count == 38)
        #expect(HandshakePattern.standard.count { $0.isOneWay } == 3)
    }

    @Test func `the table keeps the specification's rules`() {
        for pattern in HandshakePattern.standard {
            // Section 7.3: no key is sent twice, no agreement is made twice, and ee precedes whatever else se needs.
            let initiator = pattern.initiatorPremessage + evenMessages(of: pattern)
            let responder = pattern.responderPremessage + oddMessages(of: pattern)
            for side in [initiator, responder] {
                #expect(side.count { $0 == .e } <= 1 && side.count { $0 == .s } <= 1, "\(pattern.name)")
            }
            for token in [HandshakePattern.Token.ee, .es, .se, .ss] {
                #expect(pattern.messages.joined().count { $0 == token } <= 1, "\(pattern.name)")
            }
            #expect(pattern.messages[0].first == .e)
            #expect(pattern.isOneWay || pattern.messages[1].starts(with: [.e, .ee]))
            // Who has a static key is authenticated by it, in the end.
            #expect(initiator.contains(.s) == pattern.messages.joined().contains { $0 == .se || $0 == .ss })
            #expect(responder.contains(.s) == pattern.messages.joined().contains(.es))
        }
    }

    private func evenMessages(of pattern: HandshakePattern) -> [HandshakePattern.Token] {
        pattern.messages.indices.filter { $0 % 2 == 0 }.flatMap { pattern.messages[$0] }
    }

    private func oddMessages(of pattern: HandshakePattern) -> [HandshakePattern.Token] {
        pattern.messages.indices.filter { $0 % 2 == 1 }.flatMap { pattern.messages[$0] }
    }

    @Test func `every pattern, with every psk, finishes with equal hashes and working ciphers`() throws {
        for base in HandshakePattern.standard {
            let names =
                [base.name] + (0...base.messages.count).map { "\(base.name)psk\($0)" } + ["\(base.name)psk0+psk1"]
            for name in names { try finish(HandshakePattern(named: name)) }
        }
    }

    private func finish(_ pattern: HandshakePattern) throws {
        let psks = (0..<pattern.pskCount).map { _ in SecretBytes(random: 32) }
        let statics = (AgreementKey.generate(), AgreementKey.generate())
        var initiator = try HandshakeState(
            pattern: pattern, role: .initiator, psks: psks, s: statics.0, e: .generate(),
            rs: pattern.responderPremessage.contains(.s) ? statics.1.publicKey : nil)
        var responder = try HandshakeState(
            pattern: pattern, role: .responder, psks: psks, s: statics.1, e: .generate(),
            rs: pattern.initiatorPremessage.contains(.s) ? statics.0.publicKey : nil)
        while !initiator.isFinished {
            if initiator.nextStep == .write {
                #expect(try responder.readMessage(initiator.writeMessage([1])) == [1])
            } else {
                #expect(try initiator.readMessage(responder.writeMessage([2])) == [2])
            }
        }
        var left = try initiator.split()
        var right = try responder.split()
        #expect(left.handshakeHash == right.handshakeHash, "\(pattern.name)")
        #expect(try right.receiving.decrypt(left.sending.encrypt([3])) == [3])
        if pattern.isOneWay {
            #expect(throws: NoiseError.closed) { try right.sending.encrypt([4]) }
            #expect(throws: NoiseError.closed) { try left.receiving.decrypt([4]) }
        } else {
            #expect(try left.receiving.decrypt(right.sending.encrypt([4])) == [4])
        }
    }

    @Test(arguments: [
        "", "ZZ", "xx", "XX2", "XXpsk", "XXpsk4", "XXpsk10", "XXpsk0+", "XXpsk0+psk0", "XXpsk-1", "XXpsk0psk1",
        "XXfallback", "XX psk0", "Npsk2",
    ])
    func `an unknown name is refused`(name: String) {
        #expect(throws: NoiseError.unknownPattern(name)) { try HandshakePattern(named: name) }
    }

    @Test(arguments: [
        "Noise_XX_25519_AESGCM_SHA256", "Noise__25519_ChaChaPoly_BLAKE2b", "XX", "Noise_25519_ChaChaPoly_BLAKE2b",
    ])
    func `another suite is refused`(name: String) {
        #expect(throws: NoiseError.self) { try HandshakePattern(protocolName: name) }
    }
}
