import Foundation
import Testing

/// Daemons with homes of their own under one temporary folder; all ended and removed with it.
final class Cluster {
    private let place: TemporaryFolder
    private(set) var nodes: [Node] = []
    private var homes = 0

    var folder: URL { place.url }

    /// Founds a community and starts its first node.
    ///
    /// - Parameters:
    ///   - memory: The first node's home is a file system of this size, like `8m`; needs root.
    ///   - isUntold: It tells nobody where it listens.
    init(currency: String = "USD", options: [String] = [], memory: String? = nil, isUntold: Bool = false) throws {
        place = try TemporaryFolder()
        let home = place.url.appending(path: "0")
        if let memory { try place.mount(memory, at: home) }
        let founded = try run(
            Program.url("grapevine"),
            [
                "--home", home.path, "init", "--title", "Test", "--currency", currency, "--root-key",
                place.url.appending(path: "root-key").path, "--json",
            ] + options)
        try #require(founded.status == 0, "init: \(founded.output) \(founded.errors)")
        try start(home, isUntold: isUntold)
    }

    /// A ticket by the first node.
    func ticket(role: String = "steward", uses: Int = 1, expires: String = "1h") throws -> String {
        let answer = try nodes[0].json(["invite", "--role", role, "--uses", "\(uses)", "--expires", expires])
        return try #require(answer["ticket"] as? String)
    }

    /// A further node, joined and started.
    @discardableResult
    func join(role: String = "steward", memory: String? = nil, over wire: BadWire? = nil) throws -> Node {
        homes += 1
        let home = folder.appending(path: "\(homes)")
        if let memory { try place.mount(memory, at: home) }
        let joined = try run(
            Program.url("grapevine"), ["--home", home.path, "join", "-", "--json"], input: try ticket(role: role))
        try #require(joined.status == 0, "join: \(joined.output) \(joined.errors)")
        return try start(home, isUntold: wire != nil, peers: wire.map { [$0.address] } ?? [])
    }

    @discardableResult
    func start(_ home: URL, isUntold: Bool = false, peers: [String] = []) throws -> Node {
        let node = Node(home: home, in: place, isUntold: isUntold, peers: peers)
        try node.start()
        nodes.append(node)
        return node
    }

    /// Forgets the node that came last: it takes no part in what follows.
    func removeLast() { nodes.removeLast() }

    /// Every node verifies its record, side by side.
    func expectClean() throws {
        let runs = nodes.map { node in Background { try node.call(["verify", "--json"], seconds: 300) } }
        for run in runs {
            let ended = try run.value()
            #expect(ended.status == 0, "\(ended)")
        }
    }

    /// Waits until every node prints the same frontier and state, is not syncing, and holds at least `updates`.
    func agree(updates: Int = 0, seconds: Double = 120) throws {
        var seen: [String] = []
        do {
            try eventually("agreement of \(nodes.count) nodes", seconds: seconds) {
                let answers = try nodes.map { try $0.json(["status"]) }
                seen = answers.map {
                    "\($0["updates"] ?? "") \($0["frontier"] ?? "") \($0["state"] ?? "") \($0["syncing"] ?? "")"
                }
                let held = answers.compactMap { $0["updates"] as? Int }.min() ?? 0
                let isIdle = answers.allSatisfy { ($0["syncing"] as? Bool) == false && $0["state"] is String }
                return Set(seen).count == 1 && isIdle && held >= updates
            }
        } catch {
            Issue.record("\(error): \(seen.joined(separator: " | "))")
            throw error
        }
    }
}

/// A folder of ours alone, removed with the last who holds it, and with it what was mounted there.
final class TemporaryFolder {
    /// Short, so that sockets fit beside the record.
    let url = URL(filePath: "/tmp/gv-\(UInt32.random(in: 0 ... .max))")
    private var mounts: [URL] = []

    init() throws {
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    func mount(_ size: String, at folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let ended = try run(
            URL(filePath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=\(size),mode=0700", "tmpfs", folder.path])
        try #require(ended.status == 0, "mount: \(ended.errors)")
        mounts.append(folder)
    }

    deinit {
        for mount in mounts { umount2(mount.path, Int32(MNT_DETACH)) }
        try? FileManager.default.removeItem(at: url)  // what is left in /tmp harms nobody
    }
}

/// One daemon and the command line that talks to it. The daemon ends with it.
final class Node {
    let home: URL
    private let place: TemporaryFolder
    /// Nobody is told where it listens: it is reached by whoever is given its address.
    private let isUntold: Bool
    private let peers: [String]
    private var process: Child?
    private(set) var listen = ""

    init(home: URL, in place: TemporaryFolder, isUntold: Bool = false, peers: [String] = []) {
        self.home = home
        self.place = place
        self.isUntold = isUntold
        self.peers = peers
    }

    deinit { kill() }

    var database: URL { home.appending(path: "record.sqlite") }
    var processID: Int32? { process.flatMap { $0.status == nil ? $0.processID : nil } }

    /// Starts the daemon and waits for its ready line. It keeps its port over a restart.
    func start(extra: [String] = []) throws {
        let log = open(home.appending(path: "grapevined.log").path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw SystemFailure(doing: "opening the log", number: errno) }
        defer { close(log) }
        let output = try Channel()
        defer { close(output.reading) }
        let process: Child
        do {
            defer { close(output.writing) }
            process = try Child(
                Program.url("grapevined"),
                ["--home", home.path] + (listen.isEmpty ? ["--listen", isUntold ? "0.0.0.0:0" : "127.0.0.1:0"] : [])
                    + peers.flatMap { ["--peer", $0] } + extra, in: home,
                input: log,
                output: output.writing, errors: log)
        }
        self.process = process
        var line = ""
        let deadline = Date(timeIntervalSinceNow: 30)
        while !line.contains("\n") {
            guard let bytes = Channel.read(output.reading, seconds: deadline.timeIntervalSinceNow), !bytes.isEmpty
            else { break }
            line += String(decoding: bytes, as: UTF8.self)
        }
        guard line.hasPrefix("ready listen="), let address = line.split(separator: " ").dropFirst().first else {
            throw NotInTime(what: "ready of \(home.path): \(line) \(self.log.suffix(600))", seconds: 30)
        }
        listen = String(address.dropFirst("listen=".count))
    }

    var log: String {
        (try? String(contentsOf: home.appending(path: "grapevined.log"), encoding: .utf8)) ?? ""
    }

    /// At once, as a power cut would.
    func kill() {
        process?.end()
    }

    /// Waits until the daemon has ended by itself.
    ///
    /// - Returns: Its exit status.
    func ended() throws -> Int32? { process?.wait(seconds: 30) }

    func stop(sourceLocation: SourceLocation = #_sourceLocation) throws {
        guard let process, process.status == nil else { return }
        process.signal(SIGTERM)
        guard let status = process.wait(seconds: 30) else {
            throw NotInTime(what: "the end of \(home.path): \(log.suffix(400))", seconds: 30)
        }
        #expect(status == 0, "\(log.suffix(400))", sourceLocation: sourceLocation)
        for suffix in ["-wal", "-shm"] {
            let isLeft = FileManager.default.fileExists(atPath: database.path + suffix)
            #expect(!isLeft, "a stopped node leaves \(suffix)", sourceLocation: sourceLocation)
        }
    }

    @discardableResult
    func call(_ arguments: [String], input: String? = nil, seconds: Double = 120) throws -> Ended {
        try run(Program.url("grapevine"), ["--home", home.path] + arguments, input: input, in: home, seconds: seconds)
    }

    /// A call that must succeed, with its JSON answer.
    func json(_ arguments: [String], seconds: Double = 120) throws -> [String: Any] {
        let ended = try call(arguments + ["--json"], seconds: seconds)
        try #require(
            ended.status == 0, "\(arguments.joined(separator: " ")): \(ended.status) \(ended.output) \(ended.errors)")
        return try ended.json
    }

    /// A call that must be refused: its exit status and its error's code.
    func expectRefusal(
        _ arguments: [String], _ status: Int32, _ code: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let ended = try call(arguments + ["--json"])
        #expect(
            ended.status == status && ended.errorCode == code,
            "\(arguments.joined(separator: " ")): \(ended.status) \(ended.output) \(ended.errors)",
            sourceLocation: sourceLocation)
    }

    /// Tries to start a daemon on the home that must not start.
    func expectNoStart(_ status: Int32, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let ended = try run(
            Program.url("grapevined"), ["--home", home.path, "--listen", "127.0.0.1:0"], seconds: 20)
        #expect(
            ended.status == status && ended.errors.contains(reason),
            "\(ended.status) \(ended.output) \(ended.errors)", sourceLocation: sourceLocation)
    }

    /// All totals as one text, to be compared.
    func totals() throws -> String {
        let data = try JSONSerialization.data(withJSONObject: json(["totals"]), options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    @discardableResult
    func importing(_ kind: String, _ file: URL, source: String? = nil) throws -> [String: Any] {
        try json(["import", kind, file.path] + (source.map { ["--source", $0] } ?? []), seconds: 300)
    }

    func expectClean(_ comment: Comment? = nil) throws {
        let answer = try json(["verify"], seconds: 300)
        #expect(answer["ok"] as? Bool == true, "\(answer["problems"] ?? "") \(comment?.rawValue ?? "")")
    }
}
