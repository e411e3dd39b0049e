import Identity
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Transport

extension SocketTests {
    struct ExchangeTests {
        @Test func `messages of every size go both ways, in order`() async throws {
            try await withPair { server, ofServer, client, ofClient in
                let sizes = [1, 0, 65_516, 65_517, 65_518, 65_536, 1 << 20, 2]
                for (number, size) in sizes.enumerated() {
                    let message = bytes(size, seed: UInt64(number))
                    #expect(client.transport.send(message, to: ofClient) != .unknown)
                    #expect(server.transport.send(message, to: ofServer) != .unknown)
                }
                let expected = sizes.enumerated().map { bytes($1, seed: UInt64($0)) }
                for (party, link) in [(server, ofServer), (client, ofClient)] {
                    let messages = try await party.eventually("all messages") {
                        let messages = party.messages(on: link)
                        return messages.count == sizes.count ? messages : nil
                    }
                    #expect(messages == expected)
                }
                #expect(server.counters.messagesReceived == sizes.count)
                #expect(server.counters.bytesReceived == sizes.reduce(0, +))
                #expect(client.counters.bytesSent == sizes.reduce(0, +))
            }
        }

        @Test func `both sides learn the other's key, and where it is`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let address = try await server.listen()
                client.transport.dial(address)
                let ofServer = try await server.first("established") {
                    if case .established(_, let session) = $0 { session } else { nil }
                }
                let ofClient = try await client.first("established") {
                    if case .established(_, let session) = $0 { session } else { nil }
                }
                #expect(ofServer.remoteKey == client.key.publicKey)
                #expect(!ofServer.isInitiator)
                #expect(ofServer.address.host == "127.0.0.1")
                #expect(
                    ofClient
                        == Session(
                            isInitiator: true, remoteKey: server.key.publicKey, networkKeyAge: 0, address: address))
                #expect(server.counters.peers == 1 && server.counters.strangers == 0)
                #expect(client.counters.peers == 1 && client.counters.dialling == 0)
            }
        }

        @Test func `IPv6 and names are dialled, too`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let v6 = try await server.transport.listen(on: Address(parsing: "[::1]:0"))
                #expect(v6.host == "::1")
                client.transport.dial(v6)
                _ = try await client.established()
                let v4 = try await server.listen()
                client.transport.dial(try Address(parsing: "localhost:\(v4.port)"))
                _ = try await client.established(after: 1)
            }
        }

        @Test func `an IPv4 peer of a socket for both is known by his IPv4 address`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let both = try await server.transport.listen(on: Address(parsing: "[::]:0"))
                client.transport.dial(try Address(parsing: "127.0.0.1:\(both.port)"))
                let session = try await server.first("established") {
                    if case .established(_, let session) = $0 { session } else { nil }
                }
                #expect(session.address.host == "127.0.0.1")
            }
        }

        @Test func `a lent group of several threads serves, and is given back`() async throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
            var limits = TransportLimits()
            limits.hostRate = .init(perSecond: 1_000, burst: 100)
            let server = Party(limits: limits, group: group)
            let client = Party(limits: limits, group: group)
            try await withParties(server, client) {
                let address = try await server.listen()
                for _ in 0..<8 { client.transport.dial(address) }
                _ = try await client.established(after: 7)
                _ = try await server.established(after: 7)
                for case .established(let link, _) in client.events {
                    _ = client.transport.send(bytes(10_000), to: link)
                }
                try await server.eventually("messages") { server.counters.messagesReceived == 8 ? () : nil }
            }
            try await group.shutdownGracefully()
        }

        @Test func `a message above a mebibyte ends the link`() async throws {
            let server = Party()
            try await withParties(server) {
                let address = try await server.listen()
                let socket = try await blocking {
                    let socket = try RawSocket(to: address)
                    let peer = try RawPeer(socket)
                    for _ in 0..<16 { try peer.write(plaintext: [0] + bytes(65_535 - 17)) }
                    try peer.write(plaintext: [1] + bytes((1 << 20) - 16 * (65_535 - 17) + 1))
                    return socket
                }
                #expect(try await server.closed(server.established()) == .messageTooLong)
                #expect(server.counters.messagesReceived == 0)
                #expect(try await blocking { socket.readToEnd(seconds: 1).isClosed })
            }
        }

        @Test func `a message of a mebibyte in long frames is received`() async throws {
            let server = Party()
            try await withParties(server) {
                let address = try await server.listen()
                let message = bytes(1 << 20)
                let socket = try await blocking {
                    let socket = try RawSocket(to: address)
                    let peer = try RawPeer(socket)
                    for start in stride(from: 0, to: 1 << 20, by: 65_518) {
                        let end = min(start + 65_518, 1 << 20)
                        try peer.write(plaintext: [end == 1 << 20 ? 1 : 0] + message[start..<end])
                    }
                    return socket
                }
                let link = try await server.established()
                try await server.eventually("the message") { server.messages(on: link) == [message] ? () : nil }
                withExtendedLifetime(socket) {}
            }
        }

        @Test func `an unknown flag, no flag, and an idle part end the link`() async throws {
            for plaintext in [[2, 1], [], [0]] as [[UInt8]] {
                let server = Party()
                try await withParties(server) {
                    let address = try await server.listen()
                    let socket = try await blocking {
                        let socket = try RawSocket(to: address)
                        let peer = try RawPeer(socket)
                        try peer.write(plaintext: plaintext)
                        return socket
                    }
                    #expect(try await server.closed(server.established()) == .messageMalformed)
                    withExtendedLifetime(socket) {}
                }
            }
        }

        @Test func `nobody there, no such place, and no such name are told apart`() async throws {
            var limits = TransportLimits()
            limits.connectDeadline = .milliseconds(300)
            let client = Party(limits: limits)
            try await withParties(client) {
                let free = try await blocking { try RawSocket.listening(on: "127.0.0.1").localAddress }
                #expect(try await client.dialFailed(client.transport.dial(free)) == .connectFailed)
                let linkLocal = try Address(parsing: "169.254.1.1:80")
                #expect(try await client.dialFailed(client.transport.dial(linkLocal)) == .forbiddenAddress)
                let nowhere = try Address(parsing: "does-not-exist.invalid:80")
                let reason = try await client.dialFailed(client.transport.dial(nowhere))
                #expect([.unresolved, .connectTimedOut].contains(reason))
                #expect(client.counters.dialling == 0)
            }
        }

        @Test func `who listens and says nothing is waited for no longer than the deadline`() async throws {
            var limits = TransportLimits()
            limits.acceptanceDeadline = .milliseconds(300)
            let client = Party(limits: limits)
            try await withParties(client) {
                let mute = try RawSocket.listening()
                let link = client.transport.dial(try mute.localAddress)
                #expect(try await client.dialFailed(link, seconds: 2) == .notAcceptedInTime)
            }
        }

        @Test func `an address that is taken is an error that says so`() async throws {
            let party = Party()
            try await withParties(party) {
                let address = try await party.listen()
                let error = await #expect(throws: TransportError.self) { try await party.transport.listen(on: address) }
                #expect(error?.description.hasPrefix("could not listen on \(address): ") == true)
            }
        }

        @Test func `what grew old is said once`() async throws {
            var limits = TransportLimits()
            limits.reconnectFrameCount = 3
            try await withPair(limits: limits) { server, ofServer, client, ofClient in
                for _ in 0..<10 { _ = client.transport.send([1], to: ofClient) }
                try await server.eventually("messages") { server.messages(on: ofServer).count == 10 ? () : nil }
                let serverSays = server.events.filter { $0 == .grewOld(ofServer) }
                #expect(serverSays.count == 1)
                let clientSays = client.events.filter { $0 == .grewOld(ofClient) }
                #expect(clientSays.count == 1)
            }
            limits = TransportLimits()
            limits.reconnectAge = .milliseconds(100)
            try await withPair(limits: limits) { server, ofServer, _, _ in
                _ = try await server.first("grewOld") { $0 == .grewOld(ofServer) ? () : nil }
            }
        }

        @Test func `what was sent before closing arrives, also to one who is sending himself`() async throws {
            try await withPair { server, ofServer, client, ofClient in
                for _ in 0..<3 { _ = client.transport.send(bytes(1 << 20), to: ofClient) }
                _ = server.transport.send(bytes(500_000), to: ofServer)
                _ = server.transport.send([6], to: ofServer)
                server.transport.close(ofServer)
                #expect(server.transport.send([7], to: ofServer) == .unknown)
                let reasonThere = try await client.closed(ofClient)
                #expect(reasonThere == .closedByPeer)
                #expect(client.messages(on: ofClient) == [bytes(500_000), [6]])
                let reasonHere = try await server.closed(ofServer)
                #expect(reasonHere == .closed)
            }
        }

        @Test(arguments: [false, true]) func `what nobody takes is not read`(isAccepted: Bool) async throws {
            let server = Party()
            let client = Party()
            // The server's shell is asleep: nobody takes events.
            let address = try await server.listen()
            try await withParties(client) {
                client.transport.dial(address)
                let link = try await client.established()
                try await server.eventually("established") { server.counters.established == 1 ? () : nil }
                if isAccepted { server.transport.accepted(LinkID(rawValue: 1)) }
                let count = try await client.stuff(link)
                #expect(count < 1_000)
                let received = server.counters.bytesReceived
                // Of a stranger it is one message, and what came with it.
                let limit = isAccepted ? 2 << 20 : 65_536 + TransportLimits.readBurstByteCount
                #expect(received >= 65_536 && received <= limit)
                try await Task.sleep(for: .milliseconds(200))
                #expect(server.counters.bytesReceived == received)
                try await withParties(server) {
                    try await server.eventually("all") { server.counters.messagesReceived == count ? () : nil }
                }
            }
        }
    }
}
