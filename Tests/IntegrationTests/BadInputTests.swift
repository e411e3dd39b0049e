import Foundation
import Testing

/// Whatever people type, paste or feed: a code and an exit status that say what was wrong, and nothing lost.
@Suite(.serialized)
struct BadInputTests {
    private static let header = "pledge,backer,amount,currency,pledged_at,status,code"

    /// A community with a code, a backer and a pledge.
    private func cluster() throws -> Cluster {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        _ = try node.json(["ambassador", "add", "--external", "ann", "--registered", "ANN"])
        _ = try node.json(["backer", "add", "--external", "bob", "--code", "ann"])
        _ = try node.json(["pledge", "add", "--backer", "bob", "--amount", "12.50", "--external", "first"])
        return cluster
    }

    @Test func `a ticket that is none, cut, mistyped, too new, expired or foreign makes no home and no member`() throws
    {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let before = try node.totals()
        let ticket = try cluster.ticket(role: "ambassador")
        let expired = try cluster.ticket(role: "ambassador", expires: "1s")
        usleep(1_100_000)
        var mistyped = Array(ticket)
        let middle = mistyped.count / 2
        mistyped[middle] = mistyped[middle] == "A" ? "B" : "A"
        let home = cluster.folder.appending(path: "new")
        let cases: [(String, Int32, String)] = [
            ("hello", 2, "E-TICKET-MALFORMED"), ("", 2, "E-TICKET-MALFORMED"),
            (String(repeating: "A", count: 100_000), 2, "E-TICKET-MALFORMED"),
            (String(ticket.dropLast(20)), 2, "E-TICKET-TRUNCATED"), (String(mistyped), 2, "E-TICKET-TRUNCATED"),
            ("GRAPEVINE2" + ticket.dropFirst(10), 2, "E-TICKET-VERSION"), (expired, 5, "E-TICKET-EXPIRED"),
        ]
        for (text, status, code) in cases {
            let ended = try join(home, text)
            #expect(ended.status == status && ended.errorCode == code, "\(text.prefix(12)): \(ended)")
            #expect(!FileManager.default.fileExists(atPath: home.path), "\(code)")
        }
        let other = try Cluster()
        let foreign = try join(node.home, try other.ticket())
        #expect(foreign.status == 5 && foreign.errorCode == "E-TICKET-FOREIGN", "\(foreign)")
        let own = try join(node.home, ticket)
        #expect(own.status == 5 && own.errorCode == "E-HOME-LOCKED", "\(own)")
        #expect(try node.totals() == before)
        try node.expectClean()
        // In lower case, and broken over lines as a mail program would, the right one still works.
        let wrapped = ticket.lowercased().enumerated().map { $0 % 60 == 59 ? "\($1)\n" : "\($1)" }.joined()
        let joined = try join(home, wrapped)
        #expect(joined.status == 0, "\(joined)")
    }

    @Test func `a port that somebody else listens on is named, with what to do`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let home = cluster.folder.appending(path: "new")
        let joined = try join(home, try cluster.ticket())
        #expect(joined.status == 0, "\(joined)")
        _ = try run(Program.url("grapevine"), ["--home", home.path, "stop"])
        let ended = try run(Program.url("grapevine"), ["--home", home.path, "start", "--listen", node.listen])
        #expect(ended.status != 0 && ended.errors.contains("could not listen on \(node.listen)"), "\(ended)")
        #expect(ended.errors.contains("try: another port"), "\(ended)")
    }

    private func join(_ home: URL, _ ticket: String) throws -> Ended {
        try run(Program.url("grapevine"), ["--home", home.path, "join", "-", "--json"], input: ticket)
    }

    @Test func `a wrong row is rejected by line and column, and the rest of the file goes on`() throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let paid = "USD,2026-01-01T00:00:00Z,paid,"
        let cases: [(String, column: String)] = [
            ("x,bob,-1.00,\(paid)", "amount"), ("x,bob,-0.01,\(paid)", "amount"),
            ("x,bob,10000000000000.01,\(paid)", "amount"), ("x,bob,92233720368547758.08,\(paid)", "amount"),
            ("x,bob,184467440737095516.17,\(paid)", "amount"),
            ("x,bob,\(String(repeating: "9", count: 400)),\(paid)", "amount"),
            ("x,bob,1e3,\(paid)", "amount"), ("x,bob,\"1,5\",\(paid)", "amount"), ("x,bob,NaN,\(paid)", "amount"),
            ("x,bob,,\(paid)", "amount"), ("x,bob,1.234,\(paid)", "amount"), ("x,bob,0x10,\(paid)", "amount"),
            ("x,bob,12.50,VND,2026-01-01T00:00:00Z,paid,", "amount"),
            ("x,bob,1.2345,BHD,2026-01-01T00:00:00Z,paid,", "amount"),
            ("x,bob,1.00,XYZ,2026-01-01T00:00:00Z,paid,", "currency"),
            ("x,bob,1.00,,2026-01-01T00:00:00Z,paid,", "currency"),
            ("x,bob,1.00,USD,2026-01-01T00:00:00Z,payed,", "status"),
            ("x,bob,1.00,USD,2026-01-01T00:00:00Z,,", "status"),
            ("x,bob,1.00,USD,yesterday,paid,", "pledged_at"),
            ("x,bob,1.00,USD,2026-02-30T00:00:00Z,paid,", "pledged_at"),
            ("x,bob,1.00,USD,2999-01-01T00:00:00Z,paid,", "pledged_at"),
            ("x,bob,1.00,USD,2026-01-01T00:00:00Z,paid,C\u{F6}DE", "code"),
            (",bob,1.00,\(paid)", "pledge"), ("\u{1B}]0;x\u{7},bob,1.00,\(paid)", "pledge"),
            ("x,\(String(repeating: "b", count: 5_000)),1.00,\(paid)", "backer"),
            ("x,bob,1.00", ""), ("x,bob,1.00,\(paid),one,too,many", ""), ("x,bo\"b\"\"o,\"1.00\"x,\(paid)", ""),
        ]
        var text = Self.header + "\n"
        for (index, row) in cases.enumerated() { text += "\(row.0)\ngood\(index),bob,1.00,\(paid)\n" }
        let file = cluster.folder.appending(path: "bad.csv")
        try text.write(to: file, atomically: false, encoding: .utf8)
        let ended = try node.call(["import", "pledges", file.path, "--json"])
        #expect(ended.status == 6, "\(ended)")
        let answer = try ended.json
        #expect(answer["rows"] as? Int == cases.count * 2)
        #expect(answer["applied"] as? Int == cases.count)
        #expect(answer["rejected"] as? Int == cases.count)

        let path = try #require(answer["rejected_file"] as? String)
        let rejected = try #require(
            try Python.run(Self.readCSV, [node.home.appending(path: path).path]).data(using: .utf8))
        let rows = try #require(try JSONSerialization.jsonObject(with: rejected) as? [[String]])
        #expect(rows.first?.prefix(4) == ["line", "column", "value", "rule"])
        #expect(rows.count == cases.count + 1)
        for (index, row) in rows.dropFirst().enumerated() where cases.indices.contains(index) {
            #expect(
                row.first == "\(index * 2 + 2)" && row.dropFirst().first == cases[index].column,
                "\(cases[index]) \(row)")
            #expect(row.count > 3 && !row[3].isEmpty)
        }
        let totals = try node.json(["totals"])
        #expect(totals["pledges"] as? Int == cases.count + 1)
        let money = try #require(totals["money"] as? [[String: Any]])
        #expect(money.count == 1 && money.first?["paid_minor"] as? Int == cases.count * 100, "\(money)")
        try node.expectClean()
    }

    private static let readCSV = """
        import csv, json, sys
        with open(sys.argv[1], newline="", encoding="utf-8") as file:
            print(json.dumps(list(csv.reader(file))))
        """

    @Test func `a file in another encoding, without a column, cut or missing changes nothing that it should not`()
        throws
    {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let before = try node.totals()
        let row = "x,bob,1.00,USD,2026-01-01T00:00:00Z,paid,"
        let whole = Self.header + "\n" + row + "\n"
        func refuse(_ name: String, _ bytes: Data, _ code: String, sourceLocation: SourceLocation = #_sourceLocation)
            throws
        {
            let file = cluster.folder.appending(path: name)
            try bytes.write(to: file)
            try node.expectRefusal(["import", "pledges", file.path], 2, code, sourceLocation: sourceLocation)
            #expect(try node.totals() == before, "\(name)", sourceLocation: sourceLocation)
        }
        try refuse("utf-16.csv", try #require(whole.data(using: .utf16)), "E-CSV-HEADER")
        try refuse("utf-16le.csv", try #require(whole.data(using: .utf16LittleEndian)), "E-CSV-HEADER")
        try refuse("empty.csv", Data(), "E-CSV-HEADER")
        try refuse("header.csv", Data("pledge,backer,amount,currency,pledged_at,code\n\(row)\n".utf8), "E-CSV-HEADER")
        try refuse("twice.csv", Data("\(Self.header),amount\n\(row),1.00\n".utf8), "E-CSV-HEADER")
        try refuse("semicolons.csv", Data(whole.replacing(",", with: ";").utf8), "E-CSV-HEADER")
        try refuse("no-gzip.csv.gz", Data("no gzip at all".utf8), "E-CSV-HEADER")
        try node.expectRefusal(["import", "pledges", "/nonexistent/file.csv"], 2, "E-FILE")
        try node.expectRefusal(["import", "pledges", node.home.path], 2, "E-FILE")
        #expect(try node.totals() == before)

        // Latin-1: the row with the foreign byte is rejected, the one without is not.
        let latin = cluster.folder.appending(path: "latin-1.csv")
        let text = whole + row.replacing("x,bob", with: "y,J\u{FC}rgen") + "\n"
        try #require(text.data(using: .isoLatin1)).write(to: latin)
        let ended = try node.call(["import", "pledges", latin.path, "--json"])
        #expect(ended.status == 6, "\(ended)")
        let answer = try ended.json
        #expect(answer["applied"] as? Int == 1 && answer["rejected"] as? Int == 1, "\(ended)")
        // A mark of byte order, as spreadsheets write it, is no fault; nor are line ends of two bytes.
        let marked = cluster.folder.appending(path: "marked.csv")
        try Data([0xEF, 0xBB, 0xBF] + Array(whole.replacing("\n", with: "\r\n").utf8)).write(to: marked)
        #expect(try node.importing("pledges", marked)["unchanged"] as? Int == 1)
        // A cut gzip: what came before the cut may stand, and is counted.
        let cut = cluster.folder.appending(path: "cut.csv.gz")
        try Python.run(
            """
            import gzip, sys
            rows = "".join(f"c{i},bob,1.00,USD,2026-01-01T00:00:00Z,paid,\\n" for i in range(20000))
            data = gzip.compress((sys.argv[2] + "\\n" + rows).encode())
            open(sys.argv[1], "wb").write(data[: len(data) // 2])
            """, [cut.path, Self.header])
        let held = try #require(try node.json(["totals"])["pledges"] as? Int)
        let broken = try node.call(["import", "pledges", cut.path, "--json"])
        #expect(broken.status == 2 && broken.errorCode == "E-GZIP", "\(broken)")
        let acknowledged = (try broken.json["error"] as? [String: Any])?["acknowledged_rows"] as? Int ?? 0
        #expect(try node.json(["totals"])["pledges"] as? Int == held + acknowledged)
        try node.expectClean()
    }

    @Test func `a wrong value in a command is refused with its own code`() throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let before = try node.totals()
        let frontier = try node.json(["status"])["frontier"] as? String
        let pledge = ["pledge", "add", "--backer", "bob"]
        for amount in ["0x1", "1e3", "12.345", "1,50", "", "10000000000000.01", "92233720368547758.08", "NaN"] {
            try node.expectRefusal(pledge + ["--amount", amount], 2, "E-AMOUNT")
        }
        try node.expectRefusal(pledge + ["--amount=-1.00"], 2, "E-AMOUNT")
        try node.expectRefusal(pledge + ["--amount", "12.50", "--currency", "VND"], 2, "E-AMOUNT")
        try node.expectRefusal(pledge + ["--amount", "1.00", "--currency", "XYZ"], 2, "E-CURRENCY")
        try node.expectRefusal(pledge + ["--amount", "1.00", "--at", "soon"], 2, "E-TIME")
        try node.expectRefusal(pledge + ["--amount", "1.00", "--external", "first"], 5, "E-PLEDGE-EXISTS")
        try node.expectRefusal(["pledge", "add", "--backer", "nobody", "--amount", "1.00"], 4, "E-PERSON-UNKNOWN")
        try node.expectRefusal(["pledge", "show", "nothing"], 4, "E-PLEDGE-UNKNOWN")
        try node.expectRefusal(["pledge", "refund", "first", "--amount", "99.00"], 5, "E-PLEDGE-STATE")
        try node.expectRefusal(["backer", "add", "--external", "eve", "--code", "GHOST"], 4, "E-CODE-UNKNOWN")
        try node.expectRefusal(["backer", "add", "--external", "eve", "--code", "C\u{F6}DE"], 2, "E-CODE-FORM")
        try node.expectRefusal(["backer", "add", "--external", "eve", "--joined-at", "2026-13-01"], 2, "E-TIME")
        try node.expectRefusal(["backer", "add", "--contact", "nowhere"], 2, "E-CONTACT")
        try node.expectRefusal(["backer", "add", "--external", "e\u{1B}[2J"], 2, "E-TEXT")
        for name in ["\u{1B}]0;x\u{7}", "a\u{202E}b", "a\u{200B}b", "a\nb", String(repeating: "x", count: 65)] {
            try node.expectRefusal(["backer", "add", "--external", "eve", "--name", name], 2, "E-TEXT")
        }
        try node.expectRefusal(["code", "add", "bob", "ann"], 5, "E-CODE-TAKEN")
        try node.expectRefusal(["referral", "add", "ann", "ANN"], 5, "E-SELF")
        try node.expectRefusal(["invite", "--role", "observer", "--expires", "soon"], 2, "E-DURATION")
        try node.expectRefusal(["invite", "--role", "king"], 2, "E-USAGE")
        try node.expectRefusal(["frobnicate"], 2, "E-USAGE")
        #expect(try node.totals() == before)
        #expect(try node.json(["status"])["frontier"] as? String == frontier)
    }

    @Test func `an ambassador, a treasurer and an observer may not import, before the first row`() throws {
        let cluster = try cluster()
        let logs = try #require(try cluster.nodes[0].json(["status"])["logs"] as? Int)
        let file = cluster.folder.appending(path: "one.csv")
        try (Self.header + "\nx,bob,1.00,USD,2026-01-01T00:00:00Z,paid,\n")
            .write(to: file, atomically: false, encoding: .utf8)
        let members = try ["ambassador", "treasurer", "observer"].map { try cluster.join(role: $0) }
        // Each of them shows his right, and the ambassador is one in the figures from then on.
        try eventually("all are members") {
            try cluster.nodes[0].json(["status"])["logs"] as? Int == logs + members.count
        }
        try cluster.agree()
        let before = try cluster.nodes[0].totals()
        for node in members {
            try node.expectRefusal(["import", "pledges", file.path], 5, "E-ROLE")
            try node.expectRefusal(["invite", "--role", "steward"], 5, "E-ROLE")
        }
        try cluster.nodes[3].expectRefusal(["backer", "add", "--external", "eve"], 5, "E-ROLE")
        try cluster.nodes[3].expectRefusal(["pledge", "add", "--anonymous", "--amount", "1.00"], 5, "E-ROLE")
        try cluster.agree()
        for node in cluster.nodes { #expect(try node.totals() == before) }
    }

    @Test func `without a daemon the command line says so; two daemons never share a home`() throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let before = try node.totals()
        try node.expectNoStart(5, "already running")
        #expect(try node.totals() == before)
        try node.stop()
        for command in [["totals"], ["status"], ["verify"], ["backer", "add", "--external", "eve"], ["stop"]] {
            try node.expectRefusal(command, 3, "E-DAEMON-DOWN")
        }
        let nowhere = cluster.folder.appending(path: "none").path
        for command in ["status", "start", "totals", "stop", "verify"] {
            let ended = try run(Program.url("grapevine"), ["--home", nowhere, command, "--json"])
            #expect(ended.status == 4 && ended.errorCode == "E-NO-COMMUNITY", "\(ended)")
        }
        try node.start()
        #expect(try node.totals() == before)
    }

    @Test func `keys that others could read or replace stop the start, with the reason`() throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        let before = try node.totals()
        try node.stop()
        let key = node.home.appending(path: "member.key").path
        let aside = cluster.folder.appending(path: "aside").path
        let files = FileManager.default
        for name in ["member.key", "noise.key", "network.key", "person.key"] {
            let path = node.home.appending(path: name).path
            chmod(path, 0o644)
            try node.expectNoStart(5, "is open to others")
            chmod(path, 0o600)
        }
        try files.moveItem(atPath: key, toPath: aside)
        try files.createSymbolicLink(atPath: key, withDestinationPath: aside)
        try node.expectNoStart(5, "is a symbolic link")
        try files.removeItem(atPath: key)
        link(aside, key)
        try node.expectNoStart(5, "has 2 names")
        try files.removeItem(atPath: key)
        mkfifo(key, 0o600)
        try node.expectNoStart(5, "is not a regular file")
        try files.removeItem(atPath: key)
        try files.moveItem(atPath: aside, toPath: key)
        chmod(node.home.path, 0o777)
        try node.expectNoStart(5, "is open to others")
        chmod(node.home.path, 0o700)
        try files.copyItem(
            atPath: cluster.folder.appending(path: "root-key").path, toPath: node.home.appending(path: "notes").path)
        try node.expectNoStart(5, "is a root key")
        try files.removeItem(atPath: node.home.appending(path: "notes").path)
        if geteuid() == 0 {
            chown(key, 65_534, 65_534)
            try node.expectNoStart(5, "belongs to user 65534")
            chown(key, 0, 0)
        }
        try node.start()
        #expect(try node.totals() == before)
    }

    @Test func `what would move the cursor or reorder text is shown as an escape`() throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        // Ids are compared byte for byte, so formatting characters are theirs to have.
        let id = "ev\u{202E}e\u{2066}\u{200B}"
        _ = try node.json(["backer", "add", "--external", id])
        for command in [["backer", "show", id], ["backer", "list"]] {
            let ended = try node.call(command)
            #expect(ended.status == 0 && ended.output.contains("ev\\u{202E}e\\u{2066}\\u{200B}"), "\(ended)")
            expectHarmless(ended.output)
        }
        let unknown = try node.call(["backer", "show", "\u{1B}]0;x\u{7}\u{202E}"])
        #expect(unknown.status == 4)
        expectHarmless(unknown.errors)
    }
}

/// No byte below a space but line ends, no C1 control, nothing that reorders or hides.
func expectHarmless(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let harmful = text.unicodeScalars.filter { scalar in
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }
    #expect(harmful.isEmpty, "\(harmful.map { String($0.value, radix: 16) })", sourceLocation: sourceLocation)
}
