import Testing

@testable import Transport

extension SocketTests {
    struct ThroughputTests {
        @Test(arguments: [65_517, 1 << 20]) func `large messages pass fast`(size: Int) async throws {
            try await withPair(keepsMessages: false) { server, _, client, ofClient in
                #if DEBUG
                    let total = 16 << 20
                #else
                    let total = 1 << 30
                #endif
                let message = bytes(size)
                let count = total / size
                var drainedSeen = 0
                let start = ContinuousClock.now
                for _ in 0..<count where client.transport.send(message, to: ofClient) == .overfull {
                    drainedSeen += 1
                    try await client.eventually("drained") {
                        client.drainedCount(of: ofClient) >= drainedSeen ? () : nil
                    }
                }
                try await server.eventually("all", seconds: 30) {
                    server.counters.messagesReceived == count ? () : nil
                }
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                print("throughput: \(Int(Double(count * size) / seconds / 1e6)) MB/s in messages of \(size) bytes")
            }
        }
    }
}
