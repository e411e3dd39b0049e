import Foundation
import Identity
import Noise
import Testing

struct HandshakeVectorTests {
    /// Both sides say what the file says, in every byte.
    private func replay(_ conversation: Conversation) throws {
        let name = conversation.protocolName
        var initiator = try conversation.handshake(.initiator)
        var responder = try conversation.handshake(.responder)
        let handshakeCount = initiator.pattern.messages.count
        #expect(initiator.pattern.protocolName == name)

        for (index, message) in conversation.messages.prefix(handshakeCount).enumerated() {
            let (payload, ciphertext) = (try Hex.decode(message.payload), try Hex.decode(message.ciphertext))
            if index % 2 == 0 {
                #expect(try initiator.writeMessage(payload) == ciphertext, "\(name), message \(index)")
                #expect(try responder.readMessage(ciphertext) == payload, "\(name), message \(index)")
            } else {
                #expect(try responder.writeMessage(payload) == ciphertext, "\(name), message \(index)")
                #expect(try initiator.readMessage(ciphertext) == payload, "\(name), message \(index)")
            }
        }
        let isOneWay = initiator.pattern.isOneWay
        var left = try initiator.split()
        var right = try responder.split()
        #expect(Hex.encode(left.handshakeHash) == conversation.handshakeHash, "\(name)")
        #expect(left.handshakeHash == right.handshakeHash, "\(name)")
        #expect(try right.remoteStatic == conversation.initStatic.map(Conversation.agreementKey)?.publicKey, "\(name)")
        #expect(try left.remoteStatic == conversation.respStatic.map(Conversation.agreementKey)?.publicKey, "\(name)")

        for (index, message) in conversation.messages.enumerated().dropFirst(handshakeCount) {
            let (payload, ciphertext) = (try Hex.decode(message.payload), try Hex.decode(message.ciphertext))
            let isForwards = isOneWay || index % 2 == 0
            if let direction = message.dir { #expect((direction == "i2r") == isForwards) }
            if isForwards {
                #expect(try left.sending.encrypt(payload) == ciphertext, "\(name), message \(index)")
                #expect(try right.receiving.decrypt(ciphertext) == payload, "\(name), message \(index)")
            } else {
                #expect(try right.sending.encrypt(payload) == ciphertext, "\(name), message \(index)")
                #expect(try left.receiving.decrypt(ciphertext) == payload, "\(name), message \(index)")
            }
        }
    }

    @Test func `cacophony's four core conversations are spoken byte for byte`() throws {
        let conversations = try Vectors.conversations("noise/core.json")
        #expect(conversations.count == 4)
        for conversation in conversations { try replay(conversation) }
    }

    @Test func `cacophony's 36 patterns are spoken byte for byte`() throws {
        let conversations = try Vectors.conversations("noise/all-patterns.json")
        #expect(conversations.count == 36)
        for conversation in conversations { try replay(conversation) }
    }

    @Test func `what Grapevine speaks, XXpsk0, is what Python's noiseprotocol speaks`() throws {
        let conversations = try Vectors.conversations("noise/xxpsk0.json")
        #expect(conversations.map(\.protocolName) == ["Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"])
        #expect(try HandshakePattern(protocolName: conversations[0].protocolName) == .xxpsk0)
        for conversation in conversations { try replay(conversation) }
    }

    @Test func `the hash after every message, and the keys after the last, are those of the trace`() throws {
        let traces = try #require(
            try JSONSerialization.jsonObject(with: Vectors.data("noise/core-trace.json")) as? [[String: Any]])
        let conversations = try Vectors.conversations("noise/core.json")
        #expect(traces.count == 4)
        for trace in traces {
            let conversation = try #require(
                conversations.first { $0.protocolName == trace["protocol_name"] as? String })
            let steps = try #require(trace["trace"] as? [[String: Any]])
            var initiator = try conversation.handshake(.initiator)
            #expect(Hex.encode(initiator.handshakeHash) == steps[0]["h"] as? String)
            for (index, step) in steps.dropFirst().dropLast().enumerated() {
                if index % 2 == 0 {
                    _ = try initiator.writeMessage(Hex.decode(conversation.messages[index].payload))
                } else {
                    _ = try initiator.readMessage(Hex.decode(conversation.messages[index].ciphertext))
                }
                #expect(Hex.encode(initiator.handshakeHash) == step["h_after_payload"] as? String)
            }
            var ciphers = try initiator.split()
            let key = try Hex.decode(#require(steps.last?["k_i2r"] as? String))
            var expected = CipherState(key: SecretBytes(copying: key))
            #expect(try ciphers.sending.encrypt([1, 2, 3]) == expected.encrypt([1, 2, 3]))
        }
    }

    @Test func `HMAC and HKDF are those of Python's hashlib`() throws {
        let file = try #require(
            try JSONSerialization.jsonObject(with: Vectors.data("blake2/hmac-hkdf-blake2b.json")) as? [String: Any])
        let hmacRows = try #require(file["hmac"] as? [[String: String]])
        let hkdfRows = try #require(file["noise_hkdf"] as? [[String: String]])
        #expect(hmacRows.count == 9 && hkdfRows.count == 6)
        for row in hmacRows {
            let (key, message) = (try row.bytes("key"), try row.bytes("msg"))
            var digest = [UInt8](repeating: 0, count: 64)
            digest.withUnsafeMutableBytes { digest in
                key.withUnsafeBytes { key in message.withUnsafeBytes { HKDF.hmac(key: key, [$0], into: digest) } }
            }
            #expect(try digest == row.bytes("hmac_blake2b_512"))
        }
        for row in hkdfRows {
            let (chainingKey, input) = (
                SecretBytes(copying: try row.bytes("chaining_key")), try row.bytes("input_key_material")
            )
            let outputs = try (1...3).flatMap { try row.bytes("output\($0)") }
            for count in 2...3 {
                let derived = input.withUnsafeBytes {
                    HKDF.derive(count, chainingKey: chainingKey, input: $0) { [UInt8]($0) }
                }
                #expect(derived == [UInt8](outputs.prefix(count * 64)))
            }
        }
    }
}

extension [String: String] {
    fileprivate func bytes(_ name: String) throws -> [UInt8] {
        let hex = try #require(self[name])
        return try Hex.decode(hex)
    }
}
