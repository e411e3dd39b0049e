import Foundation
import Testing

/// A wire between a peer who dials and a daemon that does the peer harm: another process, which passes bytes on as it is told to.
final class BadWire {
    /// Of one connection after the other; the last plan holds for all that follow.
    struct Plan: Encodable {
        /// Ends after so many bytes to the dialler.
        var cutAfter: Int?
        /// Reads nothing more from the daemon after so many.
        var deafAfter: Int?
        /// Passes so many bytes a second on to the daemon, one by one, from its tenth kilobyte on.
        var trickle: Double?
        /// Bytes a second to the dialler at most.
        var rate: Int?
        /// Says `mark` in the log after so many bytes to the dialler.
        var markAfter: Int?
    }

    let address: String
    private let child: Child
    private let log: URL

    init(to address: String, in folder: URL, _ plans: [Plan]) throws {
        log = folder.appending(path: "wire-\(UInt32.random(in: 0 ... .max))")
        let json = String(decoding: try JSONEncoder().encode(plans), as: UTF8.self)
        let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemFailure(doing: "opening a wire's log", number: errno) }
        defer { close(file) }
        let port = address.split(separator: ":").last.map(String.init) ?? ""
        child = try Child(Python.url, ["-c", Self.script, port, json], input: file, output: file, errors: file)
        var line: Substring?
        for _ in 0..<200 where line == nil {
            usleep(50_000)
            line = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").first
        }
        self.address = "127.0.0.1:\(try #require(line, "the wire did not open"))"
    }

    deinit { child.end() }

    private var words: [[Substring]] {
        ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").map { $0.split(separator: " ") }
    }

    /// Bytes to the dialler on each connection that has ended, in their order.
    var ended: [Int] { words.filter { $0.first == "end" }.compactMap { $0.last.flatMap { Int($0) } } }
    var marks: Int { words.count { $0.first == "mark" } }
    var connections: Int { words.count { $0.first == "open" } }

    private static let script = """
        import json, socket, sys, threading, time
        plans = json.loads(sys.argv[2])
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        def up(dialler, server, plan):
            count = 0
            try:
                while data := dialler.recv(4096):
                    if plan.get("trickle") and count > 10000:
                        for byte in data:
                            server.sendall(bytes([byte]))
                            time.sleep(1 / plan["trickle"])
                    else:
                        server.sendall(data)
                    count += len(data)
                server.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        def down(dialler, server, plan):
            count = 0
            marked = False
            try:
                while True:
                    left = min(x - count for x in (plan.get("cutAfter"), plan.get("deafAfter"), 1 << 62) if x is not None)
                    if left <= 0 and plan.get("deafAfter") is not None:
                        time.sleep(3600)
                    if left <= 0:
                        break
                    data = server.recv(min(left, 16384))
                    if not data:
                        break
                    dialler.sendall(data)
                    count += len(data)
                    if plan.get("rate"):
                        time.sleep(len(data) / plan["rate"])
                    if plan.get("markAfter") and count >= plan["markAfter"] and not marked:
                        marked = True
                        print("mark", count, flush=True)
            except OSError:
                pass
            print("end", count, flush=True)
            for end in (server, dialler):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()
        number = 0
        while True:
            dialler = listener.accept()[0]
            plan = plans[min(number, len(plans) - 1)]
            number += 1
            server = socket.socket()
            if plan.get("deafAfter") is not None:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                server.connect(("127.0.0.1", int(sys.argv[1])))
            except OSError:
                dialler.close()
                continue
            print("open", flush=True)
            for end in (dialler, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for work in (up, down):
                threading.Thread(target=work, args=(dialler, server, plan), daemon=True).start()
        """
}
