import Identity
import Testing

@testable import Transport

struct NoiseSessionTests {
    private static let older = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
    private static let oldest = SecretBytes(copying: [UInt8](repeating: 10, count: 32))

    private func credentials(
        _ networkKeys: [SecretBytes] = [Village.networkKey], prologue: [UInt8] = Village.prologue,
        key: AgreementKey = .generate()
    ) -> Credentials {
        Credentials(networkKeys: networkKeys, prologue: prologue, staticKey: key)
    }

    /// Two sessions at the end of their handshake, and which network key the responder found.
    private func pair(
        _ initiator: Credentials, _ responder: Credentials
    ) throws -> (initiator: Box, responder: Box, age: Int) {
        let (left, right) = (Box(initiator), Box(responder))
        guard case .reply(let second) = try right.session.receive(try left.session.begin()),
            case .established(responder.staticKey.publicKey, _, let third?) = try left.session.receive(second),
            case .established(initiator.staticKey.publicKey, let age, nil) = try right.session.receive(third)
        else { throw CloseReason.closed }
        return (left, right, age)
    }

    private final class Box {
        var session: NoiseSession

        init(_ credentials: Credentials) {
            session = NoiseSession(credentials: credentials)
        }
    }

    @Test func `a responder reads with the current network key and two before it`() throws {
        let responder = credentials([Village.networkKey, Self.older, Self.oldest])
        #expect(try pair(credentials(), responder).age == 0)
        #expect(try pair(credentials([Self.older]), responder).age == 1)
        #expect(try pair(credentials([Self.oldest, Village.networkKey]), responder).age == 2)
        #expect(throws: CloseReason.handshakeRefused) {
            try pair(credentials([Village.otherNetworkKey]), responder)
        }
    }

    @Test func `another community's first message cannot be read`() {
        #expect(throws: CloseReason.handshakeRefused) {
            try pair(credentials(prologue: Village.otherPrologue), credentials())
        }
    }

    @Test func `one's own static key on the other side is refused by both sides`() throws {
        let key = AgreementKey.generate()
        #expect(throws: CloseReason.ownKey) { try pair(credentials(key: key), credentials(key: key)) }
    }

    @Test func `our own messages that come back are refused`() throws {
        var session = NoiseSession(credentials: credentials())
        let first = try session.begin()
        #expect(throws: CloseReason.handshakeRefused) { try session.receive(first) }
    }

    @Test func `a handshake message is whole and has no payload, and any flipped bit is refused`() throws {
        for bit in stride(from: 0, to: 48 * 8, by: 5) {
            var initiator = NoiseSession(credentials: credentials())
            var responder = NoiseSession(credentials: credentials())
            var first = try initiator.begin()
            first[bit / 8] ^= 1 << UInt8(bit % 8)
            // X25519 ignores the point's highest bit, but the hash does not.
            #expect(throws: CloseReason.handshakeRefused) { try responder.receive(first) }
        }
        for change in [{ $0 + [0] }, { $0.dropLast() }, { _ in [0] }] as [([UInt8]) -> [UInt8]] {
            var initiator = NoiseSession(credentials: credentials())
            var responder = NoiseSession(credentials: credentials())
            let first = change(try initiator.begin())
            #expect(throws: CloseReason.handshakeRefused) { try responder.receive(first) }
            #expect(throws: CloseReason.closed) { try responder.receive(first) }
        }
    }

    @Test(arguments: [0, 1, 65_517, 65_518, 1 << 20]) func `a message is whole on the other side`(count: Int) throws {
        let (initiator, responder, _) = try pair(credentials(), credentials())
        let message = bytes(count)
        let frames = try initiator.session.seal(message)
        #expect(frames.allSatisfy { $0.count <= TransportLimits.sentFrameByteLimit })
        for frame in frames.dropLast() {
            #expect(try responder.session.receive(frame) == .part)
        }
        #expect(try responder.session.receive(frames[frames.count - 1]) == .message(message))
        #expect(responder.session.frameCount == UInt64(frames.count))
    }

    @Test func `a frame that does not decrypt is the last`() throws {
        let (initiator, responder, _) = try pair(credentials(), credentials())
        var frame = try initiator.session.seal([1])[0]
        frame[0] ^= 1
        #expect(throws: CloseReason.decryptionFailed) { try responder.session.receive(frame) }
        frame[0] ^= 1
        #expect(throws: CloseReason.closed) { try responder.session.receive(frame) }
        #expect(throws: CloseReason.closed) { try responder.session.seal([1]) }
    }
}
