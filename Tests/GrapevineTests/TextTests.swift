import API
import Foundation
import Testing

@testable import grapevine

struct TextTests {
    private func status(
        updates: Int = 100, syncing: Bool = false, degraded: Bool = false, peers: [PeerRow] = [],
        progress: SyncProgress? = nil, peersLeftOut: Int? = nil
    ) -> GetStatus.Answer {
        GetStatus.Answer(
            community: .init(id: String(repeating: "a", count: 64), title: "Friends", currency: "USD"),
            node: .init(member: String(repeating: "b", count: 64), role: "steward"), listen: "127.0.0.1:7433",
            updates: updates, logs: 2, frontier: nil, state: nil, syncing: syncing, degraded: degraded, peers: peers,
            progress: progress, peersLeftOut: peersLeftOut)
    }

    @Test func `status says in plain words how it stands`() {
        let near = PeerRow(member: "m", address: "h:1", connected: true, behind: 0)
        let ahead = PeerRow(member: "m", address: "h:1", connected: true, behind: 300)
        let away = PeerRow(member: "m", address: "h:1", connected: false, behind: 0)
        #expect(StatusText.lines(status()).first == "Up to date: alone so far")
        #expect(StatusText.lines(status(peers: [near, away])).first == "Up to date: 1 of 2 peers connected")
        #expect(StatusText.lines(status(syncing: true, peers: [near])).first == "Syncing")
        var progress = SyncProgress(
            done: 430_000, total: 1_000_000, unfolded: 430_000, perSecond: 25_000, secondsLeft: 23,
            neededBytes: 1, freeBytes: 2)
        func headline(_ peer: PeerRow) -> String? {
            StatusText.lines(status(syncing: true, peers: [peer], progress: progress)).first
        }
        #expect(headline(ahead) == "Syncing 43 %: 430,000 of 1,000,000 updates, 25,000/s, 23 s to go")
        #expect(headline(away) == "Waiting for peers: 570,000 updates known of and not here yet")
        (progress.perSecond, progress.secondsLeft) = (0, nil)
        #expect(headline(ahead) == "Syncing 43 %: 430,000 of 1,000,000 updates")
        (progress.done, progress.unfolded) = (1_000_000, 999_000)
        #expect(headline(near) == "Syncing 100 %: all are here, 999,000 updates to be worked in")
        #expect(StatusText.lines(status(peers: [away])).first == "Waiting: none of 1 peer can be reached")
        let many = StatusText.lines(status(peers: [near, away], peersLeftOut: 1_000))
        #expect(many.first == "Up to date: 1 of 1,002 peers connected")
        #expect(many.contains("  and 1,000 addresses more: grapevine peers"))
        #expect(StatusText.lines(status(degraded: true)).first?.hasPrefix("Degraded") == true)
        for lines in [status(), status(peers: [near]), status(degraded: true)].map(StatusText.lines) {
            #expect(lines.last?.hasPrefix("Next: grapevine ") == true)
            #expect(lines.count < 24)
        }
    }

    @Test func `offline still tells who we are`() {
        let home = HomeAnswer(
            community: "c", title: "Friends", currency: "USD", member: "m", role: "steward", home: "/h")
        let lines = StatusText.lines(offline: home, reason: "the daemon is not running")
        #expect(lines.first == "Offline: the daemon is not running" && lines.last == "Next: grapevine start")
        #expect(lines.contains { $0.contains("Friends") } && lines.contains { $0.contains("steward") })
    }

    @Test(arguments: [
        ("ready listen=127.0.0.1:7433 api=unix:/h/api.sock\n", true),
        ("ready listen=[::1]:1 api=unix:/a=b\nmore", true),
        ("{\"level\":\"info\"}\nready listen=h:1 api=unix:/s\n", true), ("ready listen=h:1 api=unix:/s", false),
        ("ready\n", false), ("already listen=h:1 api=x\n", false), ("", false),
    ])
    func `the ready line is found once it is whole`(text: String, isReady: Bool) {
        #expect((ReadyLine(in: text) != nil) == isReady)
    }

    @Test func `a ready line has its parts`() {
        #expect(ReadyLine(in: "ready listen=[::1]:1 api=unix:/a=b\n") == ReadyLine(listen: "[::1]:1", api: "unix:/a=b"))
    }

    @Test func `an error has the contract's shape as JSON`() throws {
        let json = try JSONText.encode(Failure.Envelope(Failure(.daemonDown, "not running")))
        #expect(json == #"{"error":{"code":"E-DAEMON-DOWN","hint":"grapevine start","message":"not running"}}"#)
    }

    @Test func `an import's answer has the contract's keys, the file null where there is none`() throws {
        #expect(
            try JSONText.encode(ImportAnswer(rows: 3, applied: 2, unchanged: 1, rejected: 0, rejectedFile: nil))
                == #"{"applied":2,"rejected":0,"rejected_file":null,"rows":3,"unchanged":1}"#)
    }

    /// The room cannot import ours, so its codes are strings: every one has to be known here.
    @Test func `every code of the Founding room is one of ours`() throws {
        let room = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Sources/Founding")
        var codes: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(at: room, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /code: "(E-[A-Z-]+)"|\("(E-[A-Z-]+)",/) {
                codes.insert(String(match.1 ?? match.2 ?? ""))
            }
            for match in text.matches(of: /ticket\("([A-Z]+)"|ticket\(\n *"([A-Z]+)"/) {
                codes.insert("E-TICKET-" + String(match.1 ?? match.2 ?? ""))
            }
        }
        print("\(codes.count) codes of the Founding room")
        #expect(codes.count > 10)
        for code in codes { #expect(Failure.Code(rawValue: code) != nil, "\(code)") }
    }
}
