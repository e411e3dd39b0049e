import ArgumentParser

/// How many single pledges a daemon makes durable and acknowledges.
struct MeasureWrites: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writes", abstract: "Write single pledges from many clients at once.",
        discussion: "Prints how many were acknowledged, and the seconds that took.")

    @Argument(help: "The socket of the daemon's local API.")
    var socket: String
    @Option(help: "Connections, each with one pledge under way.")
    var clients = 16
    @Option(help: "How long.")
    var seconds = 10

    func run() throws {
        let connections = try (0..<clients).map { _ in try LocalConnection(socket: socket) }
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        var acknowledged = 0
        for connection in connections { try connection.ask("pledge/add", Self.pledge) }
        while clock.now < end {
            LocalConnection.wait(for: connections, atMost: end - clock.now)
            for connection in connections where connection.isBusy {
                guard try connection.answer() != nil else { continue }
                acknowledged += 1
                try connection.ask("pledge/add", Self.pledge)
            }
        }
        print(acknowledged, (clock.now - start) / .seconds(1))
    }

    static let pledge = #"{"amount":"12.50"}"#
}
