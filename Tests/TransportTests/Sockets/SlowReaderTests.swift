import Foundation
import Testing

@testable import Transport

extension SocketTests {
    struct SlowReaderTests {
        @Test func `who never reads is not read, and is cut when his queue is not drained in time`() async throws {
            var limits = TransportLimits()
            limits.drainDeadline = .seconds(1)
            let server = Party(limits: limits)
            let friend = Party()
            try await withParties(server, friend) {
                let address = try await server.listen()
                let deaf = try await blocking { try RawPeer(try RawSocket(to: address)).socket }
                let link = try await server.established()
                _ = try await server.stuff(link)
                let start = ContinuousClock.now
                let queued = try #require(server.transport.queuedByteCount(of: link))
                #expect(queued > 1 << 20 && queued <= (1 << 20) + 65_536 + 128)

                // Meanwhile others are served as ever.
                friend.transport.dial(address)
                let ofFriend = try await friend.established()
                let ofServer = try await server.established(after: 1)
                for number in 0..<20 {
                    _ = server.transport.send(bytes(100_000, seed: UInt64(number)), to: ofServer)
                }
                try await friend.eventually("messages", seconds: 0.9) {
                    friend.messages(on: ofFriend).count == 20 ? () : nil
                }
                #expect(try await server.closed(link, seconds: 3) == .notDrained)
                let took = ContinuousClock.now - start
                #expect(took > .milliseconds(700) && took < .milliseconds(1_500))
                #expect(server.transport.send([1], to: link) == .unknown)
                withExtendedLifetime(deaf) {}
            }
        }

        @Test(arguments: [true, false])
        func `who reads in drips is cut although his queue dips below its limit, who reads on is not`(drips: Bool)
            async throws
        {
            var limits = TransportLimits()
            (limits.outboundByteLimit, limits.drainDeadline, limits.drainByteCount) = (1 << 18, .seconds(1), 1 << 21)
            let server = Party(limits: limits)
            try await withParties(server) {
                let address = try await server.listen()
                let socket = try await blocking { try RawPeer(try RawSocket(to: address)).socket }
                let link = try await server.established()
                async let read = blocking {
                    let end = ContinuousClock.now + .seconds(4)
                    while ContinuousClock.now < end, !socket.read(1 << 16, seconds: 1).isEmpty {
                        if drips { usleep(100_000) }
                    }
                }
                // Each time the queue is below its limit, more is put into it.
                let end = ContinuousClock.now + .seconds(3.5)
                var dips = 0
                while ContinuousClock.now < end, server.counters.ends.isEmpty {
                    if server.transport.queuedByteCount(of: link).map({ $0 <= limits.outboundByteLimit }) ?? false {
                        dips += 1
                        for _ in 0..<5 { _ = server.transport.send(bytes(1 << 16), to: link) }
                    }
                    try await Task.sleep(for: .milliseconds(1))
                }
                #expect(dips > 3, "the queue never dips: this shows nothing")
                #expect(server.counters.ends == (drips ? [.notDrained: 1] : [:]))
                try await read
            }
        }

        @Test func `whoever heeds no overfull is cut at the hard limit`() async throws {
            let server = Party()
            try await withParties(server) {
                let address = try await server.listen()
                let deaf = try await blocking { try RawPeer(try RawSocket(to: address)).socket }
                let link = try await server.established()
                var worst = 0
                let message = bytes(1 << 18)
                while server.transport.send(message, to: link) != .unknown {
                    worst = max(worst, server.transport.queuedByteCount(of: link) ?? 0)
                }
                #expect(worst <= 4 << 20)
                #expect(try await server.closed(link) == .overfull)
                withExtendedLifetime(deaf) {}
            }
        }

        @Test func `a peer is heard again once he has listened`() async throws {
            let server = Party()
            try await withParties(server) {
                let address = try await server.listen()
                let peer = try await blocking { try RawPeer(try RawSocket(to: address)) }
                let link = try await server.established()
                _ = try await server.stuff(link)
                let drained = server.drainedCount(of: link)
                // The event loop had asked for this before the queue was full.
                try peer.write(message: [1])
                try await server.eventually("message") { server.messages(on: link) == [[1]] ? () : nil }
                // But not for this, which would end the link.
                peer.socket.write(frame: bytes(100))
                try await Task.sleep(for: .milliseconds(100))
                #expect(server.counters.ends.isEmpty)
                async let total = blocking { peer.socket.readToEnd(seconds: 0.5).bytes.count }
                try await server.eventually("drained") { server.drainedCount(of: link) > drained ? () : nil }
                #expect(try await server.closed(link) == .decryptionFailed)
                #expect(try await total > 1 << 20)
            }
        }
    }
}
