import Identity
import Synchronization
import Testing

@testable import Transport

extension SocketTests {
    struct TamperTests {
        /// The initiator's frames: two of the handshake, then one per message. The third message is tampered with.
        private static let tamperings: [(String, Proxy.Tamper)] = [
            ("doubled", { $0 == 4 ? [$1, $1] : [$1] }),
            ("dropped", { $0 == 4 ? [] : [$1] }),
            ("swapped", swapping()),
            ("flipped at the start", { [flipped($1, at: $0 == 4 ? 0 : nil)] }),
            ("flipped in the tag", { [flipped($1, at: $0 == 4 ? $1.count - 1 : nil)] }),
            ("cut", { [$0 == 4 ? $1.dropLast() : $1] }),
            ("drawn out", { [$0 == 4 ? $1 + [0] : $1] }),
        ]

        private static func flipped(_ frame: [UInt8], at index: Int?) -> [UInt8] {
            guard let index else { return frame }
            var frame = frame
            frame[index] ^= 0x10
            return frame
        }

        private static func swapping() -> Proxy.Tamper {
            let held = Mutex<[UInt8]>([])
            return { number, frame in
                guard number != 4 else {
                    held.withLock { $0 = frame }
                    return []
                }
                return number == 5 ? [frame, held.withLock { $0 }] : [frame]
            }
        }

        @Test(arguments: 0..<tamperings.count) func `a frame tampered with ends the link`(index: Int) async throws {
            let (name, tamper) = Self.tamperings[index]
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let proxy = try Proxy(to: try await server.listen(), tamper: tamper)
                client.transport.dial(proxy.address)
                let link = try await client.established()
                let ofServer = try await server.established()
                for number in 0..<6 { _ = client.transport.send(bytes(100 + number), to: link) }
                #expect(try await server.closed(ofServer) == .decryptionFailed, "\(name)")
                #expect(try await client.closed(link) == .closedByPeer)
                // What came before is whole, nothing came after.
                let messages = server.messages(on: ofServer)
                #expect(messages == (0..<(name == "doubled" ? 3 : 2)).map { bytes(100 + $0) }, "\(name)")
            }
        }

        @Test(arguments: [0, 1]) func `a handshake tampered with ends in nothing`(number: Int) async throws {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let proxy = try Proxy(to: try await server.listen()) { [Self.flipped($1, at: $0 == number ? 40 : nil)] }
                client.transport.dial(proxy.address)
                try await server.ended(.handshakeRefused)
                #expect(server.counters.established == 0)
            }
        }

        @Test(arguments: lowOrderPoints) func `points of low order are refused as any key`(point: [UInt8]) async throws
        {
            let server = Party()
            let client = Party()
            try await withParties(server, client) {
                let address = try await server.listen()
                // As the initiator's ephemeral key.
                let ephemeral = try await blocking {
                    let socket = try RawSocket(to: address)
                    var sly = SlyInitiator()
                    socket.write(frame: try sly.first(showing: point))
                    return socket.readToEnd(seconds: 3)
                }
                #expect(ephemeral.bytes.isEmpty && ephemeral.isClosed)
                try await server.ended(.handshakeRefused, count: 1)
                // As the initiator's static key.
                let isClosed = try await blocking {
                    let socket = try RawSocket(from: "127.66.0.2", to: address)
                    var sly = SlyInitiator()
                    socket.write(frame: try sly.first())
                    try sly.read(second: try #require(socket.readFrame()))
                    socket.write(frame: try sly.third(showing: point))
                    return socket.readToEnd(seconds: 3).isClosed
                }
                #expect(isClosed)
                try await server.ended(.handshakeRefused, count: 2)
                // As the responder's ephemeral key.
                let listener = try RawSocket.listening()
                let link = client.transport.dial(try listener.localAddress)
                try await blocking {
                    let socket = try listener.accepted()
                    var sly = SlyResponder()
                    socket.write(frame: try sly.answer(try #require(socket.readFrame()), showing: point))
                    #expect(socket.readToEnd(seconds: 3).bytes.isEmpty)
                }
                #expect(try await client.dialFailed(link) == .handshakeRefused)
                #expect(server.counters.established == 0 && client.counters.established == 0)
            }
        }

        @Test func `the sly initiator is let in when he shows a sound key at first`() async throws {
            let server = Party()
            try await withParties(server) {
                let address = try await server.listen()
                let isAnswered = try await blocking {
                    let socket = try RawSocket(to: address)
                    var sly = SlyInitiator()
                    socket.write(frame: try sly.first())
                    try sly.read(second: try #require(socket.readFrame()))
                    return true
                }
                #expect(isAnswered)
            }
        }
    }
}
