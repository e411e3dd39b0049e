import API
import ArgumentParser
import FoundationEssentials
import Glibc

struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the daemon in the background.",
        discussion: """
            Examples:
              grapevine start
              grapevine start --listen 192.168.1.20:7433 --peer ana.example.org:7433

            It returns once the daemon is ready. Its log is grapevined.log in the home.
            """)

    @Option(help: ArgumentHelp("Where peers may reach this node.", valueName: "host:port"))
    var listen: String?
    @Option(help: ArgumentHelp("A peer to call; may be repeated.", valueName: "host:port"))
    var peer: [String] = []
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let home = try common.homePath()
        let member = try FoundingBridge.describe(home: home).member
        if let status = try? await DaemonClient.with(
            home: home, { try await $0.ask(GetStatus(), patience: .seconds(5)) })
        {
            try show(ReadyLine(listen: status.listen ?? "none", api: "unix:" + ControlSocket.path(home: home)))
            if !common.json { Console.remark(Self.runningAlready(hasOptions: listen != nil || !peer.isEmpty)) }
            return
        }
        let arguments =
            ["--home", home] + (listen.map { ["--listen", $0] } ?? []) + peer.flatMap { ["--peer", $0] }
        let log = try DaemonLog(home: home)
        let daemon = try DaemonProcess.spawn(arguments, log: log.file)
        let ready = try await DaemonStart(daemon: daemon, log: log).wait()
        try show(ready)
        if !common.json { Console.remark("\(Words.short(member)) is ready. Next: grapevine status") }
    }

    /// - Parameter hasOptions: An address or a peer was given, which only a daemon that starts takes up.
    static func runningAlready(hasOptions: Bool) -> String {
        guard hasOptions else { return "It was running already." }
        return "It was running already: --listen and --peer were not taken up. First: grapevine stop"
    }

    private func show(_ ready: ReadyLine) throws {
        if common.json {
            try Console.show(json: ready)
        } else {
            Console.show([ready.text])
        }
    }
}

struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End the daemon, and wait until it has.",
        discussion: """
            Examples:
              grapevine stop
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await DaemonClient.with(home: try common.homePath()) { try await $0.ask(StopDaemon()) }
        let daemon = DaemonProcess(pid: pid_t(answer.pid))
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while daemon.isRunning {
            guard clock.now < deadline else {
                throw Failure(.daemonStop, "process \(answer.pid) was told to stop and still runs")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        if common.json {
            try Console.show(json: answer)
        } else {
            Console.show(["Stopped."])
        }
    }

    /// A checkpoint of a big database takes seconds. A guess.
    private static let patience = Duration.seconds(30)
}
