import Identity
import Testing

@testable import Transport

extension SocketTests {
    struct FloodTests {
        /// An address of an attacker, each in a network of its own.
        private static func source(_ number: Int) -> String {
            "127.66.\(number % 250).\(1 + number / 250 % 250)"
        }

        /// Without limits on how often one may connect.
        private static var unhurried: TransportLimits {
            var limits = TransportLimits()
            let any = TransportLimits.Rate(perSecond: 1_000_000, burst: 1_000_000)
            (limits.hostRate, limits.networkRate, limits.wholeRate) = (any, any, any)
            return limits
        }

        @Test func `one host has eight places among the strangers`() async throws {
            let server = Party(limits: Self.unhurried)
            try await withParties(server) {
                let address = try await server.listen()
                let sockets = try await blocking { try (0..<20).map { _ in try RawSocket(to: address) } }
                try await server.ended(.tooManyFromHost, count: 12)
                #expect(server.counters.strangers == 8)
                let other = try await blocking { try RawSocket(from: "127.66.0.2", to: address) }
                try await server.eventually("another host") { server.counters.strangers == 9 ? () : nil }
                withExtendedLifetime((sockets, other)) {}
            }
        }

        @Test func `one host connects five times at once, and once more after 50 milliseconds`() async throws {
            var limits = TransportLimits()
            limits.strangersPerHostLimit = 100
            let server = Party(limits: limits)
            try await withParties(server) {
                let address = try await server.listen()
                let sockets = try await blocking { try (0..<30).map { _ in try RawSocket(to: address) } }
                try await server.eventually("all") { server.counters.connectsSeen == 30 ? () : nil }
                let letIn = server.counters.strangers
                #expect((5...8).contains(letIn))
                #expect(server.counters.ended(.connectsTooOften) == 30 - letIn)
                try await Task.sleep(for: .milliseconds(110))
                let later = try await blocking { try RawSocket(to: address) }
                try await server.eventually("later") { server.counters.strangers == letIn + 1 ? () : nil }
                withExtendedLifetime((sockets, later)) {}
            }
        }

        @Test func `two thousand connects keep descriptors and memory below their cap, and a reserved peer connects`()
            async throws
        {
            let server = Party()
            let friend = Party()
            try await withParties(server, friend) {
                let address = try await server.listen()
                server.transport.setKnownAddresses([try Address(parsing: "127.0.0.1:1")])
                try await Task.sleep(for: .milliseconds(50))
                let descriptorsBefore = Process.openDescriptorCount
                let memoryBefore = Process.residentByteCount
                async let flood = blocking {
                    var sockets: [RawSocket] = []
                    var worst = 0
                    for number in 0..<2_000 {
                        sockets.append(try RawSocket(from: Self.source(number), to: address))
                        if number % 20 == 0 {
                            worst = max(worst, Process.openDescriptorCount - descriptorsBefore - sockets.count)
                        }
                    }
                    return (sockets, worst)
                }
                // In the middle of it.
                try await server.eventually("flood") { server.counters.connectsSeen > 500 ? () : nil }
                let start = ContinuousClock.now
                friend.transport.dial(address)
                let link = try await friend.established(seconds: 2)
                _ = friend.transport.send([1], to: link)
                try await server.eventually("message", seconds: 2) {
                    server.counters.messagesReceived == 1 ? () : nil
                }
                let friendTook = ContinuousClock.now - start
                let (sockets, worst) = try await flood
                let memory = Process.residentByteCount - memoryBefore
                print(
                    "flood: \(worst) descriptors beside the attackers', \(memory >> 10) KiB, friend after \(friendTook)"
                )
                // 64 strangers, the friend's two ends, and the one being refused.
                #expect(worst <= 64 + 2 + 1)
                #expect(memory < 32 << 20)
                try await server.eventually("all") { server.counters.connectsSeen == 2_001 ? () : nil }
                #expect(server.counters.strangers <= 48)
                #expect(server.counters.established == 1)
                withExtendedLifetime(sockets) {}
            }
        }

        @Test func `sixty-four announced frames of 65,535 bytes cost nothing, and are dropped by the deadline`()
            async throws
        {
            var limits = Self.unhurried
            limits.acceptanceDeadline = .seconds(1)
            limits.reservedStrangerCount = 0
            for knowsNetworkKey in [false, true] {
                let server = Party(limits: limits)
                try await withParties(server, acceptsAll: false) {
                    let address = try await server.listen()
                    let announce = { @Sendable (source: Int) in
                        let socket = try RawSocket(from: Self.source(source), to: address)
                        if knowsNetworkKey { _ = try RawPeer(socket) }
                        socket.write([255, 255, 1])
                        return socket
                    }
                    _ = try await blocking { try announce(999) }
                    let memoryBefore = Process.residentByteCount
                    let sockets = try await blocking { try (0..<64).map(announce) }
                    try await server.eventually("all") { server.counters.connectsSeen == 65 ? () : nil }
                    if knowsNetworkKey {
                        try await server.eventually("all established") {
                            server.counters.established >= 64 ? () : nil
                        }
                    }
                    let memory = Process.residentByteCount - memoryBefore
                    print("announced \(knowsNetworkKey ? "by members" : "by strangers"): \(memory >> 10) KiB")
                    #expect(memory < 8 << 20)
                    // Strangers' frames are refused by their length, members' by the shell's silence.
                    try await server.ended(
                        knowsNetworkKey ? .notAcceptedInTime : .frameTooLong, count: 64, seconds: 3)
                    #expect(sockets.filter(\.isClosedByPeer).count == 64)
                }
            }
        }

        @Test func `an accepted peer's unfinished frames end his link, too`() async throws {
            var limits = TransportLimits()
            limits.frameDeadline = .milliseconds(500)
            let server = Party(limits: limits)
            try await withParties(server) {
                let address = try await server.listen()
                let start = ContinuousClock.now
                try await blocking {
                    let peer = try RawPeer(try RawSocket(to: address))
                    peer.socket.write([0, 200])
                    while !peer.socket.isClosedByPeer, ContinuousClock.now - start < .seconds(3) {
                        peer.socket.write([1])
                        _ = peer.socket.readToEnd(seconds: 0.05)
                    }
                }
                #expect(try await server.closed(server.established()) == .frameTooSlow)
                #expect(ContinuousClock.now - start < .seconds(2))
            }
        }

        @Test func `a silent peer is idle, and one who says something now and then is not`() async throws {
            var limits = TransportLimits()
            limits.idleDeadline = .milliseconds(400)
            try await withPair(limits: limits) { server, ofServer, client, ofClient in
                for _ in 0..<4 {
                    try await Task.sleep(for: .milliseconds(200))
                    _ = client.transport.send([1], to: ofClient)
                    _ = server.transport.send([1], to: ofServer)
                }
                #expect(server.counters.ends.isEmpty)
                let reason = try await server.closed(ofServer)
                #expect([.idle, .closedByPeer].contains(reason))
                try await server.eventually("idle") {
                    server.counters.ended(.idle) + client.counters.ended(.idle) > 0 ? () : nil
                }
            }
        }

        /// What 200 clients see who send a byte a second, 25 to a host.
        private func drip(on server: Party, friend: Party, within deadline: Double) async throws {
            let address = try await server.listen()
            server.transport.setKnownAddresses([try Address(parsing: "127.0.0.1:1")])
            let start = ContinuousClock.now
            async let lastClosed = blocking {
                var sockets = try (0..<200).map { try RawSocket(from: Self.source($0 / 8), to: address) }
                var second = 0.0
                while !sockets.isEmpty, ContinuousClock.now - start < .seconds(deadline + 2) {
                    if (ContinuousClock.now - start) / .seconds(1) >= second {
                        for socket in sockets { socket.write([second == 0 ? 0 : 48]) }
                        second += 1
                    }
                    sockets.removeAll(where: \.isClosedByPeer)
                    _ = sockets.first?.readToEnd(seconds: 0.01)
                }
                return sockets.isEmpty ? ContinuousClock.now - start : nil
            }
            try await server.eventually("strangers") { server.counters.connectsSeen == 200 ? () : nil }
            let dialled = ContinuousClock.now
            friend.transport.dial(address)
            _ = try await friend.established(seconds: 2)
            let friendTook = ContinuousClock.now - dialled
            let last = try #require(try await lastClosed)
            print("slowloris: the last of 200 dropped after \(last), friend after \(friendTook)")
            #expect(last < .seconds(deadline + 0.5))
            #expect(friendTook < .seconds(2))
            try await server.ended(.notAcceptedInTime, count: 48)
        }

        @Test func `two hundred clients at a byte a second are dropped by a short deadline`() async throws {
            var limits = Self.unhurried
            limits.acceptanceDeadline = .milliseconds(1_500)
            let server = Party(limits: limits)
            let friend = Party()
            try await withParties(server, friend) { try await drip(on: server, friend: friend, within: 1.5) }
        }

        @Test func `two hundred clients at a byte a second are dropped in five seconds`() async throws {
            let server = Party(limits: Self.unhurried)
            let friend = Party()
            try await withParties(server, friend) { try await drip(on: server, friend: friend, within: 5) }
        }
    }
}
