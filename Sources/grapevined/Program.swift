import API
import ArgumentParser
import Daemon
import Founding
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals
import Web

/// The daemon: one home, one record, in the foreground until it is stopped.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grapevined",
        abstract: "Keeps one home's replica of a community's record, and gossips it with peers.",
        discussion: """
            Examples:
              grapevined                                   listens where it did last
              grapevined --listen 192.168.1.20:4040        reachable by peers in the local network
              grapevined --home ~/festival --peer ana.example:4040
            """)

    @Option(help: "The home to serve; else GRAPEVINE_HOME, else $XDG_DATA_HOME/grapevine.")
    var home: String?

    @Option(
        help: ArgumentHelp(
            "Where peers reach this node; port 0 takes any that is free. Else where it listened last, at first a free loopback port.",
            valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("A peer to dial, HOST:PORT; may be given several times.", valueName: "host:port"))
    var peer: [String] = []

    static func main() async {
        do {
            var command = try parse()
            try await command.run()
        } catch let failure as Stop {
            FileHandleOutput.error(failure.text)
            Glibc.exit(failure.exit.rawValue)
        } catch {
            // ArgumentParser's own: help is 0, a wrong flag 2.
            let isHelp = exitCode(for: error) == .success
            let text = fullMessage(for: error)
            isHelp ? FileHandleOutput.standard(text) : FileHandleOutput.error(text)
            Glibc.exit(isHelp ? 0 : ExitStatus.usage.rawValue)
        }
    }

    mutating func run() async throws {
        var logger = Logger(label: "grapevined") { JSONLogHandler(label: $0) }
        logger.logLevel = .info
        do {
            try await serve(logger: logger)
        } catch let error as FoundingError {
            throw Stop(
                text: "grapevined: \(error.message)\n  \(error.hint)", exit: error.outcome == .usage ? .usage : .refused
            )
        } catch let stop as Stop {
            throw stop
        } catch let error as LocalSocketError where error.isUnsafe {
            throw Stop(text: "grapevined: \(error)", exit: .refused)
        } catch {
            throw Stop(text: "grapevined: \(error)", exit: .failed)
        }
    }

    private func serve(logger: Logger) async throws {
        let environment = Environment.current
        guard
            let path = HomePath.resolve(
                flag: home, environment: environment, workingDirectory: Environment.workingDirectory)
        else { throw Stop(text: "grapevined: no home: give --home", exit: .usage) }
        try ProcessSafety.harden()
        let opened = try Home.open(at: path)
        let lock = try opened.lock()
        guard let socket = SocketPath.path(home: path, runtimeDirectory: environment["XDG_RUNTIME_DIR"]) else {
            throw Stop(
                text: "grapevined: the path of the home is too long for a socket: choose a shorter --home", exit: .usage
            )
        }
        let node: Node
        do {
            node = try await Node(
                home: opened, lock: lock, options: .init(listen: listen, peers: peer), logger: logger)
        } catch let error as NodeOptionError {
            throw Stop(text: "grapevined: \(error)", exit: .usage)
        }
        let server = try LocalServer(path: socket, routes: Routes(answeredBy: node), logger: logger)
        let ready = Ready(line: "ready listen=\(await node.listenAddress ?? "none") api=unix:\(socket)")
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: ready),
                    .init(service: node, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await services.run()
    }
}

/// Says that we are ready once signals are listened to: whoever reads the line may stop us at once.
struct Ready: Service {
    let line: String

    func run() async throws {
        FileHandleOutput.standard(line)
        try await gracefulShutdown()
    }
}

/// Why the process ends, for people, and with which status.
struct Stop: Error {
    let text: String
    let exit: ExitStatus
}

enum Environment {
    static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return variables
    }

    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}

/// Whole lines, at once: a reader of the pipe sees them when they are written.
enum FileHandleOutput {
    static func standard(_ line: String) { write(line, to: STDOUT_FILENO) }
    static func error(_ line: String) { write(line, to: STDERR_FILENO) }

    static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
