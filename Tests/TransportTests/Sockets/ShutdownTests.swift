import Testing

@testable import Transport

extension SocketTests {
    struct ShutdownTests {
        @Test func `after shutdown no descriptor is open, and the events end`() async throws {
            // What the process opens once and for all.
            try await withPair { _, _, _, _ in }
            try await Task.sleep(for: .milliseconds(100))
            let before = Process.openDescriptorCount
            for _ in 0..<3 {
                let server = Party()
                let client = Party()
                try await withParties(server, client) {
                    let address = try await server.listen()
                    _ = try await server.transport.listen(on: Address(parsing: "[::1]:0"))
                    for _ in 0..<3 { client.transport.dial(address) }
                    _ = try await client.established(after: 2)
                    _ = try await server.established(after: 2)
                    client.transport.dial(try Address(parsing: "127.66.0.1:1"))
                    client.transport.dial(address)
                }
                #expect(client.counters.ends.values.reduce(0, +) == 5)
                #expect(client.counters.peers == 0 && client.counters.dialling == 0)
            }
            try await Task.sleep(for: .milliseconds(50))
            #expect(Process.openDescriptorCount == before)
        }

        @Test func `links that came and went leave no memory and no place behind`() async throws {
            var limits = TransportLimits()
            limits.hostRate = .init(perSecond: 1_000_000, burst: 1_000_000)
            limits.networkRate = limits.hostRate
            limits.wholeRate = limits.hostRate
            let server = Party(limits: limits, keepsMessages: false)
            let client = Party(limits: limits, keepsMessages: false)
            try await withParties(server, client) {
                let address = try await server.listen()
                var memoryBefore = 0
                for round in 0..<250 {
                    let link = client.transport.dial(address)
                    _ = try await client.established(after: round)
                    _ = client.transport.send(bytes(1_000), to: link)
                    client.transport.close(link)
                    _ = try await client.closed(link)
                    if round == 50 { memoryBefore = Process.residentByteCount }
                }
                try await server.eventually("empty") {
                    let counters = server.counters
                    return counters.peers + counters.strangers == 0 && counters.established == 250 ? () : nil
                }
                let memory = Process.residentByteCount - memoryBefore
                print("two hundred links that came and went: \(memory >> 10) KiB")
                // A link alive has some 16 KiB.
                #expect(memory < 2 << 20)
            }
        }

        @Test func `after shutdown nothing begins`() async throws {
            let party = Party()
            let address = try await party.listen()
            await party.transport.shutdown()
            await party.hear()
            party.transport.dial(address)
            #expect(party.counters.ended(.stopping) == 1)
            #expect(party.transport.send([1], to: LinkID(rawValue: 1)) == .unknown)
            await #expect(throws: TransportError.self) { try await party.listen() }
        }

        @Test func `a farewell sent just before shutdown arrives`() async throws {
            let server = Party()
            let client = Party()
            try await withParties(client) {
                try await withParties(server) {
                    client.transport.dial(try await server.listen())
                    let link = try await server.established()
                    _ = try await client.established()
                    _ = server.transport.send(bytes(100_000), to: link)
                    _ = server.transport.send([5], to: link)
                }
                let link = try await client.established()
                #expect(try await client.closed(link) == .closedByPeer)
                #expect(client.messages(on: link) == [bytes(100_000), [5]])
            }
        }
    }
}
