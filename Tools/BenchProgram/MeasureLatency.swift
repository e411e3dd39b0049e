import ArgumentParser

/// How long what is durable on one node stays invisible on another.
struct MeasureLatency: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Write on one node, and ask another until it shows.",
        discussion: """
            The clock of an update starts when the first node has acknowledged it, and ends with the
            answer of the other one that counts it. Prints how many updates there were, and the 50th
            and 99th percentile and the longest, in milliseconds.
            """)

    @Argument(help: "The socket of the node that is written to.")
    var writer: String
    @Argument(help: "The socket of the node that is asked.")
    var reader: String
    @Option(help: "Updates a second.")
    var rate = 200
    @Option(help: "Updates.")
    var updates = 4_000

    func run() throws {
        // More than one only where one is still waiting: an update that takes long does not hold up the next.
        var writers: [LocalConnection] = []
        let reader = try LocalConnection(socket: self.reader)
        let clock = ContinuousClock()
        let before = try Self.pledges(try Self.answer(of: reader, "totals", "{}"))
        let start = clock.now
        var (sent, seen) = (0, 0)
        var acknowledged: [ContinuousClock.Instant] = []
        var latencies: [Duration] = []
        while seen < updates {
            let due = start + .seconds(1) * sent / rate
            if sent < updates, clock.now >= due {
                if !writers.contains(where: { !$0.isBusy }) { writers.append(try LocalConnection(socket: writer)) }
                try writers.first { !$0.isBusy }?.ask("pledge/add", MeasureWrites.pledge)
                sent += 1
            }
            for connection in writers where connection.isBusy {
                if try connection.answer() != nil { acknowledged.append(clock.now) }
            }
            if reader.isBusy, let answer = try reader.answer() {
                let now = clock.now
                let shown = try Self.pledges(answer) - before
                // What shows before its writer knows of it was not late.
                while seen < min(shown, acknowledged.count) {
                    latencies.append(now - acknowledged[seen])
                    seen += 1
                }
            }
            if !reader.isBusy, seen < acknowledged.count { try reader.ask("totals", "{}") }
            guard clock.now < start + Self.patience * updates / rate else { throw BenchError.notTaken("too slow") }
            LocalConnection.wait(
                for: writers + [reader],
                atMost: sent < updates ? start + .seconds(1) * sent / rate - clock.now : .seconds(1))
        }
        latencies.sort()
        print(
            latencies.count, Self.milliseconds(latencies[latencies.count / 2]),
            Self.milliseconds(latencies[latencies.count * 99 / 100]), Self.milliseconds(latencies[latencies.count - 1]))
    }

    private static func answer(of connection: LocalConnection, _ path: String, _ body: String) throws -> String {
        try connection.ask(path, body)
        while true {
            LocalConnection.wait(for: [connection], atMost: .seconds(1))
            if let answer = try connection.answer() { return answer }
        }
    }

    private static func pledges(_ totals: String) throws -> Int {
        guard let key = totals.firstRange(of: #""pledges":"#),
            let count = Int(totals[key.upperBound...].prefix(while: \.isNumber))
        else { throw BenchError.notTaken(totals) }
        return count
    }

    private static func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

    /// For every second that it should take.
    private static let patience = Duration.seconds(20)
}
