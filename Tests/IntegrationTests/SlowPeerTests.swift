import Foundation
import Testing

/// Members who listen to nothing, or to a little at a time, or speak a byte now and then: they cost little, and not for long.
@Suite(.serialized)
struct SlowPeerTests {
    private static let peers = 8

    @Test func `peers who never read, or sip, or drip cost bounded memory and are dropped`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let file = cluster.folder.appending(path: "pledges.csv")
        var text = "pledge,backer,amount,currency,pledged_at,status,code\n"
        for index in 0..<30_000 { text += "p\(index),b\(index % 997),1.00,USD,2026-01-01T00:00:10Z,paid,\n" }
        try text.write(to: file, atomically: false, encoding: .utf8)
        try node.importing("pledges", file)
        let totals = try node.totals()
        let processID = try #require(node.processID)
        // What the import took is not theirs.
        try eventually("a node at rest", seconds: 30) { try node.json(["status"])["state"] is String }

        // Transport's deadlines: 30 s for a queue to drain, 10 s for a frame to be whole; and some for a busy machine.
        for (manner, seconds) in [("deaf", 45.0), ("sipping", 45.0), ("drip", 20.0)] {
            let before = try Self.residentBytes(of: processID)
            var peak = before
            let ticket = try cluster.ticket(role: "observer", uses: Self.peers)
            let hostile = Background {
                try run(
                    Python.url,
                    [
                        "-c", Self.script, Program.repository.appending(path: "Tools").path, manner, "\(Self.peers)",
                        "\(seconds)",
                    ], input: ticket, seconds: seconds + 40)
            }
            var connected = 0
            while !hostile.hasEnded {
                peak = max(peak, try Self.residentBytes(of: processID))
                connected = max(connected, try Self.connectedPeers(node))
                #expect(try node.totals() == totals)
                usleep(100_000)
            }
            let ended = try hostile.value()
            try #require(ended.status == 0, "\(manner): \(ended)")
            let answer = try ended.json
            #expect(answer["dropped"] as? Int == Self.peers, "\(manner): \(answer)")
            #expect(answer["asked"] as? Int ?? 0 > (manner == "drip" ? 0 : 8 << 20), "\(manner): \(answer)")
            #expect(connected == Self.peers, "\(manner)")
            print("\(manner): \(answer), \((peak - before) >> 20) MiB more at most for \(Self.peers)")
            #expect(peak - before < Self.peers * Self.bytesOfPeer, "\(manner): from \(before) to \(peak)")
            try eventually("the end of all \(manner)", seconds: 10) { try Self.connectedPeers(node) == 0 }
        }
        try node.expectClean()
    }

    /// Transport's hard limit on a queue, 4 MiB, and as much for what is read to fill it and what the heap keeps.
    private static let bytesOfPeer = 8 << 20

    private static func connectedPeers(_ node: Node) throws -> Int {
        let peers = try node.json(["status"])["peers"] as? [[String: Any]]
        return (peers ?? []).count { $0["connected"] as? Bool == true }
    }

    private static func residentBytes(of processID: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) << 10
    }

    private static let script = """
        import json, socket, sys, threading, time
        sys.path.insert(0, sys.argv[1])
        from conformance_client.main import Joining, Keys, read_ticket
        from conformance_client.primitives import u16
        from conformance_client.sync import Closed, WANT
        manner, count, seconds = sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
        ticket, lock, results = read_ticket("-"), threading.Lock(), []

        def connected():
            end = time.monotonic() + 30
            joining = Joining(ticket, Keys(None), end)
            host, port = joining.ticket.addresses[0].rsplit(":", 1)
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((host, int(port)))
            joining.connect(sock)
            joining.wait(lambda: joining.session.wants, "rows")
            return joining.session

        def put(session):
            connection = session.connection
            if connection.outgoing:
                connection._send()

        def deaf(session, sip=lambda: time.sleep(0.2)):
            rows, asked = list(session.wants.values()), 0
            while True:
                if len(session.connection.outgoing) < 65536:
                    session.pull_id += 1
                    session.send("pull", id=session.pull_id, credit=1 << 62, wants=[
                        WANT.encode(member=row.member, incarnation=row.incarnation, from_=0, head=bytes(32), to=row.length)
                        for row in rows])
                    asked += 4 << 20
                yield asked
                put(session)
                sip()

        def sipping(session):
            def sip():
                time.sleep(1)
                try:
                    if not session.connection.sock.recv(1024):
                        raise Closed("the peer closed the connection")
                except BlockingIOError:
                    pass
                except OSError as error:
                    raise Closed(str(error)) from None
            return deaf(session, sip)

        def drip(session):
            session.connection.outgoing += u16(1000)
            sent = 0
            while True:
                session.connection.outgoing += b"x"
                sent += 1
                yield sent
                put(session)
                # What came is read, so that nothing but the drip is to blame.
                session.connection.pump(0.5)

        def work(session):
            start, asked = time.monotonic(), 0
            try:
                for asked in {"deaf": deaf, "sipping": sipping, "drip": drip}[manner](session):
                    if time.monotonic() - start > seconds:
                        break
            except Closed:
                with lock:
                    results.append((time.monotonic() - start, asked))

        sessions = []
        while len(sessions) < count:
            try:
                sessions.append(connected())
            except Closed:
                time.sleep(0.5)  # so many at once from one host are not let in
        time.sleep(1)
        threads = [threading.Thread(target=work, args=(session,)) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps({
            "dropped": len(results), "slowest": round(max((r[0] for r in results), default=0), 1),
            "asked": min((r[1] for r in results), default=0)}))
        """
}
