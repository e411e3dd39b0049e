import Identity
import Noise
import Testing

@testable import Transport

extension SocketTests {
    struct StrangerTests {
        /// What a listening party answers to these bytes, and whether it closes before its deadline.
        private func answer(
            _ server: Party, _ write: @escaping @Sendable (RawSocket) throws -> Void
        ) async throws -> (bytes: [UInt8], isClosed: Bool) {
            let address = try await server.listen()
            return try await blocking {
                let socket = try RawSocket(to: address)
                try write(socket)
                return socket.readToEnd(seconds: 6)
            }
        }

        @Test(arguments: [1, 2, 48, 50, 1_000, 100_000]) func `random bytes get no byte back`(count: Int) async throws {
            var limits = TransportLimits()
            limits.acceptanceDeadline = .milliseconds(500)
            let server = Party(limits: limits)
            try await withParties(server) {
                let answer = try await answer(server) { $0.write(bytes(count, seed: UInt64(count))) }
                #expect(answer.bytes.isEmpty)
                #expect(answer.isClosed)
                #expect(server.events.isEmpty)
                #expect(server.counters.established == 0)
                try await server.eventually("no stranger") { server.counters.strangers == 0 ? () : nil }
            }
        }

        @Test func `a message of the right size and a wrong network key get no byte back`() async throws {
            let firsts: [@Sendable () throws -> [UInt8]] = [
                { bytes(48) },
                {
                    var handshake = try HandshakeState(
                        pattern: .xxpsk0, role: .initiator, prologue: Village.prologue, psks: [Village.otherNetworkKey],
                        s: .generate(), e: .generate())
                    return try handshake.writeMessage()
                },
                {
                    // A valid XX without psk: an ephemeral key and nothing else.
                    let xx = try #require(HandshakePattern.standard.first { $0.name == "XX" })
                    var handshake = try HandshakeState(
                        pattern: xx, role: .initiator, prologue: Village.prologue, s: .generate(), e: .generate())
                    return try handshake.writeMessage()
                },
            ]
            for first in firsts {
                let server = Party()
                try await withParties(server) {
                    let answer = try await answer(server) { $0.write(frame: try first()) }
                    #expect(answer.bytes.isEmpty)
                    #expect(answer.isClosed)
                    try await server.ended(.handshakeRefused)
                    #expect(server.events.isEmpty)
                }
            }
        }

        @Test func `a wrong prologue fails at the first encrypted field`() async throws {
            let server = Party()
            let client = Party(prologue: Village.otherPrologue)
            try await withParties(server, client) {
                let link = client.transport.dial(try await server.listen())
                #expect(try await client.dialFailed(link) == .closedByPeer)
                try await server.ended(.handshakeRefused)
            }
        }

        @Test func `older network keys are read, and told by their age`() async throws {
            let server = Party(networkKeys: [Village.otherNetworkKey, Village.networkKey])
            let client = Party()
            try await withParties(server, client) {
                let address = try await server.listen()
                client.transport.dial(address)
                try await server.first("age 1") {
                    if case .established(_, let session) = $0, session.networkKeyAge == 1 { () } else { nil }
                }
                server.transport.use(networkKeys: [Village.otherNetworkKey])
                #expect(try await client.dialFailed(client.transport.dial(address)) == .closedByPeer)
            }
        }

        @Test func `who dials himself refuses himself`() async throws {
            let party = Party()
            try await withParties(party) {
                let link = party.transport.dial(try await party.listen())
                #expect([.ownKey, .closedByPeer].contains(try await party.dialFailed(link)))
                try await party.ended(.ownKey)
            }
        }

        @Test func `a man in the middle without the network key gets past neither side`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let address = try await server.listen()
                // Towards the server he is a stranger with a key of his own.
                await #expect(throws: NotAnswered.self) {
                    try await blocking {
                        _ = try RawPeer(try RawSocket(to: address), networkKey: Village.otherNetworkKey)
                    }
                }
                try await server.ended(.handshakeRefused)
                // Towards the client he cannot read the first message; he answers with what he would say to another.
                let listener = try RawSocket.listening()
                let link = client.transport.dial(try listener.localAddress)
                try await blocking {
                    let socket = try listener.accepted()
                    _ = try #require(socket.readFrame())
                    var his = try HandshakeState(
                        pattern: .xxpsk0, role: .initiator, prologue: Village.prologue, psks: [Village.otherNetworkKey],
                        s: .generate(), e: .generate())
                    var him = try HandshakeState(
                        pattern: .xxpsk0, role: .responder, prologue: Village.prologue, psks: [Village.otherNetworkKey],
                        s: .generate(), e: .generate())
                    _ = try him.readMessage(try his.writeMessage())
                    socket.write(frame: try him.writeMessage())
                    #expect(socket.readToEnd(seconds: 3).bytes.isEmpty)
                }
                #expect(try await client.dialFailed(link) == .handshakeRefused)
                #expect(server.counters.established == 0 && client.counters.established == 0)
            }
        }

        @Test func `one's own first message thrown back is refused`() async throws {
            let client = Party()
            try await withParties(client) {
                let listener = try RawSocket.listening()
                let link = client.transport.dial(try listener.localAddress)
                try await blocking {
                    let socket = try listener.accepted()
                    socket.write(frame: try #require(socket.readFrame()))
                    #expect(socket.readToEnd(seconds: 3).bytes.isEmpty)
                }
                #expect(try await client.dialFailed(link) == .handshakeRefused)
            }
        }

        @Test func `a session recorded and replayed is answered once and never completes`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let address = try await server.listen()
                let proxy = try Proxy(to: address)
                client.transport.dial(proxy.address)
                let link = try await client.established()
                _ = client.transport.send(bytes(1_000), to: link)
                let ofServer = try await server.established()
                try await server.eventually("message") { server.messages(on: ofServer).count == 1 ? () : nil }
                let recorded = proxy.framesSeen
                #expect(recorded.count == 3)
                let answer = try await blocking {
                    let socket = try RawSocket(to: address)
                    for frame in recorded { socket.write(frame: frame) }
                    return socket.readToEnd(seconds: 6)
                }
                #expect(answer.bytes.count <= 2 + 96)
                #expect(answer.isClosed)
                try await server.ended(.handshakeRefused)
                #expect(server.counters.established == 1)
                #expect(server.counters.messagesReceived == 1)
            }
        }

        @Test func `a capture shows neither static keys nor the community nor what was said`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let proxy = try Proxy(to: try await server.listen())
                client.transport.dial(proxy.address)
                let link = try await client.established()
                let secret = Array("the treasurer's telephone number".utf8)
                _ = client.transport.send(secret, to: link)
                _ = server.transport.send(secret, to: try await server.established())
                try await client.eventually("message") { client.messages(on: link).count == 1 ? () : nil }
                let seen = [proxy.framesSeen, proxy.framesAnswered].joined().joined()
                for clear in [
                    server.key.publicKey.bytes, client.key.publicKey.bytes, secret, Array(Village.prologue.suffix(32)),
                    Array("grapevine".utf8),
                ] {
                    #expect(!Array(seen).contains(clear))
                }
            }
        }

        @Test func `a stranger with the network key whom the shell does not accept is closed`() async throws {
            var limits = TransportLimits()
            limits.acceptanceDeadline = .milliseconds(400)
            let server = Party(limits: limits)
            try await withParties(server, acceptsAll: false) {
                let address = try await server.listen()
                let isClosed = try await blocking {
                    let peer = try RawPeer(try RawSocket(to: address))
                    return peer.socket.readToEnd(seconds: 2).isClosed
                }
                #expect(isClosed)
                #expect(try await server.closed(server.established()) == .notAcceptedInTime)
                #expect(server.counters.strangers == 0)
            }
        }
    }
}
