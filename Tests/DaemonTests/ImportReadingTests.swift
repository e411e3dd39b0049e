import API
import Community
import Identity
import Testing

@testable import Daemon

/// From bytes to rows, and to what is rejected.
struct ImportReadingTests {
    private static let pseudonyms = Pseudonyms(personKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
    private static let latest: Int64 = 1_800_000_000_000

    private func read(
        _ kind: RecordKind, _ text: String, header: String? = nil, firstLine: Int = 2
    ) throws -> PartReader {
        try read(kind, Array(text.utf8), header: header, firstLine: firstLine)
    }

    private func read(
        _ kind: RecordKind, _ bytes: [UInt8], header: String? = nil, firstLine: Int = 2
    ) throws -> PartReader {
        let columns = try ImportColumns(header ?? kind.columns.joined(separator: ","), of: kind)
        let reader = RowReader(
            kind: kind, columns: columns, source: "import", pseudonyms: Self.pseudonyms,
            latestMilliseconds: Self.latest)
        return PartReader(bytes, firstLine: firstLine, reader: reader)
    }

    private func person(_ external: String) -> ImportRow.Name<PersonID> {
        .init(id: Self.pseudonyms.person(source: "import", externalID: external), external: external)
    }

    private func pledge(_ external: String) -> ImportRow.Name<PledgeID> {
        .init(id: Self.pseudonyms.pledge(source: "import", externalID: external), external: external)
    }

    // MARK: Kinds

    @Test func `an ambassador has a person, a code as written, and a date`() throws {
        let read = try read(.ambassadors, "p_1,Sunny-1,2014-01-06T11:41:00Z\n")
        let registration = try #require(Record.Registration(written: "Sunny-1", at: 1_389_008_460_000))
        #expect(read.rows.map(\.statement) == [.ambassador(.init(person: person("p_1"), registration: registration))])
        #expect(read.rejected == [])
    }

    @Test func `a backer has a person, a date, and perhaps a code in normal form`() throws {
        let read = try read(.backers, "p_1,2009-12-31T23:09:39Z,sunny-1\np_2,2009-12-31T23:09:39Z,\n")
        #expect(
            read.rows.map(\.statement) == [
                .backer(.init(person: person("p_1"), joinedAt: 1_262_300_979_000, code: CodeText("SUNNY1"))),
                .backer(.init(person: person("p_2"), joinedAt: 1_262_300_979_000, code: nil)),
            ])
    }

    @Test func `a backer of whom only a claim was exported has no date`() throws {
        let read = try read(.backers, "p_1,,SUNNY1\np_2,,\n")
        #expect(
            read.rows.map(\.statement) == [
                .backer(.init(person: person("p_1"), joinedAt: nil, code: CodeText("SUNNY1")))
            ])
        #expect(read.rejected.map(\.column) == ["joined_at"])
    }

    @Test(arguments: PledgeStatus.allCases)
    func `a pledge has every status`(status: PledgeStatus) throws {
        let read = try read(.pledges, "g-1,p_1,12.50,USD,2009-12-31T23:09:39Z,\(status.rawValue),SUNNY1\n")
        let row = ImportRow.Pledge(
            pledge: pledge("g-1"), backer: person("p_1"), amount: try #require(Amount(minor: 1_250, currency: .usd)),
            at: 1_262_300_979_000, status: status, code: CodeText("SUNNY1"))
        #expect(read.rows.map(\.statement) == [.pledge(row)])
    }

    @Test func `a pledge without a backer is anonymous, and without a code carries none`() throws {
        let read = try read(.pledges, "g-1,,100,VND,2009-12-31T23:09:39Z,paid,\n")
        guard case .pledge(let pledge) = try #require(read.rows.first).statement else { return }
        #expect(pledge.backer == nil)
        #expect(pledge.code == nil)
        #expect(pledge.amount == Amount(minor: 100, currency: try #require(Currency("VND"))))
    }

    @Test func `the first moment of 1970 is stated as the millisecond after it`() throws {
        let read = try read(.backers, "p_1,1970-01-01T00:00:00Z,\n")
        #expect(read.rows.map(\.statement) == [.backer(.init(person: person("p_1"), joinedAt: 1, code: nil))])
    }

    @Test func `a cell in the form of a printed id may mean that id`() throws {
        let id = "000102030405060708090a0b0c0d0e0f"
        let read = try read(.backers, "\(id),2009-12-31T23:09:39Z,\n")
        guard case .backer(let backer) = try #require(read.rows.first).statement else { return }
        #expect(backer.person.printed?.hex == id)
        #expect(backer.person.external == id)
    }

    // MARK: The text

    @Test func `columns come in any order, and others are skipped`() throws {
        let read = try read(
            .backers, "SUNNY1,whatever,p_1,2009-12-31T23:09:39Z\n", header: "code,-,backer , joined_at")
        #expect(
            read.rows.map(\.statement) == [
                .backer(.init(person: person("p_1"), joinedAt: 1_262_300_979_000, code: CodeText("SUNNY1")))
            ])
    }

    @Test func `quotes hold commas, quotes and line ends`() throws {
        let text = "\"p,\"\"1\"\"\",2009-12-31T23:09:39Z,\"SUN\nNY\"\np_2,\"2009-12-31T23:09:39Z\",\"\"\n"
        let read = try read(.backers, text)
        #expect(
            read.rows.map(\.statement) == [
                .backer(.init(person: person("p_2"), joinedAt: 1_262_300_979_000, code: nil))
            ])
        #expect(read.rows.map(\.line) == [4])
        #expect(read.rejected.map(\.column) == ["code"])
        #expect(read.rejected.map(\.value) == ["SUN\nNY"])
        #expect(read.rejected.map(\.line) == [2])
        let quoted = try self.read(.backers, "\"p,\"\"1\"\"\",2009-12-31T23:09:39Z,\n")
        #expect(
            quoted.rows.map(\.statement) == [
                .backer(.init(person: person("p,\"1\""), joinedAt: 1_262_300_979_000, code: nil))
            ])
    }

    @Test func `lines end in LF, in CRLF, or with the file`() throws {
        let rows = ["p_1,2009-12-31T23:09:39Z,A", "p_2,2009-12-31T23:09:39Z,", "p_3,2009-12-31T23:09:39Z,C"]
        let expected = try read(.backers, rows.joined(separator: "\n") + "\n").rows.map(\.statement)
        #expect(expected.count == 3)
        #expect(try read(.backers, rows.joined(separator: "\r\n") + "\r\n").rows.map(\.statement) == expected)
        #expect(try read(.backers, rows.joined(separator: "\r\n")).rows.map(\.statement) == expected)
        #expect(try read(.backers, rows.joined(separator: "\n\n\r\n")).rows.map(\.statement) == expected)
    }

    @Test func `blank lines are no rows, and count as lines`() throws {
        let read = try read(.backers, "\n\r\np_1,2009-12-31T23:09:39Z,\n\n", firstLine: 10)
        #expect(read.rowCount == 1)
        #expect(read.rows.map(\.line) == [12])
    }

    @Test func `a file gives the same rows however it is cut between records`() throws {
        var text: [UInt8] = []
        var ends = [0]
        var seed: UInt64 = 3
        func next(_ bound: UInt64) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % bound)
        }
        let ids = ["p_1", "  p 2 ", "a,b", "say \"so\"", "Zoë", "x\ny", "\u{1F33B}"]
        let codes = ["", "SUNNY1", "no code!", "a-b_c d"]
        for _ in 0..<300 {
            CSVText.append([ids[next(7)], "2009-12-31T23:09:39Z", codes[next(4)]], to: &text)
            ends.append(text.count)
        }
        let whole = try read(.backers, text)
        #expect(whole.rowCount == 300)
        for _ in 0..<20 {
            var start = 0
            var line = 2
            var statements: [ImportRow.Statement] = []
            var lines: [Int] = []
            var rejected: [RejectedRow] = []
            while start < ends.count - 1 {
                let end = min(start + 1 + next(40), ends.count - 1)
                let part = Array(text[ends[start]..<ends[end]])
                let read = try read(.backers, part, firstLine: line)
                statements += read.rows.map(\.statement)
                lines += read.rows.map(\.line)
                rejected += read.rejected
                line += part.count { $0 == UInt8(ascii: "\n") }
                start = end
            }
            #expect(statements == whole.rows.map(\.statement))
            #expect(lines == whole.rows.map(\.line))
            #expect(rejected == whole.rejected)
        }
    }

    // MARK: What is rejected

    @Test(arguments: [
        ("g-1,p,-1.00,USD,2009-12-31T23:09:39Z,paid,", "amount", "an amount is not negative"),
        ("g-1,p,1.005,USD,2009-12-31T23:09:39Z,paid,", "amount", "an amount in USD has at most 2 decimals"),
        ("g-1,p,1.0,VND,2009-12-31T23:09:39Z,paid,", "amount", "an amount in VND has no decimals"),
        (
            "g-1,p,10000000000000.01,USD,2009-12-31T23:09:39Z,paid,", "amount",
            "an amount is at most 1000000000000000 minor units"
        ),
        (
            "g-1,p,99999999999999999999999,USD,2009-12-31T23:09:39Z,paid,", "amount",
            "an amount is at most 1000000000000000 minor units"
        ),
        (
            "g-1,p,1e3,USD,2009-12-31T23:09:39Z,paid,", "amount",
            "an amount is digits, with a point before the decimals if there are some, like 12.50"
        ),
        (
            "g-1,p,,USD,2009-12-31T23:09:39Z,paid,", "amount",
            "an amount is digits, with a point before the decimals if there are some, like 12.50"
        ),
        (
            "g-1,p,1.00,US$,2009-12-31T23:09:39Z,paid,", "currency", "a currency is an ISO 4217 code, like USD or EUR"
        ),
        ("g-1,p,1.00,usd,2009-12-31T23:09:39Z,paid,", "currency", "a currency is an ISO 4217 code, like USD or EUR"),
        ("g-1,p,1.00,,2009-12-31T23:09:39Z,paid,", "currency", "a currency is an ISO 4217 code, like USD or EUR"),
        (
            "g-1,p,1.00,USD,2009-12-31,paid,", "pledged_at",
            "a time has a time of day and an offset, like 2026-01-31T18:00:00Z: this is a date alone"
        ),
        (
            "g-1,p,1.00,USD,,paid,", "pledged_at",
            "a time is RFC 3339, like 2026-01-31T18:00:00Z or 2026-01-31T20:00:00+02:00"
        ),
        ("g-1,p,1.00,USD,2400-12-31T23:09:39Z,paid,", "pledged_at", "a time has come already"),
        (
            "g-1,p,1.00,USD,2009-12-31T23:09:39Z,Paid,", "status",
            "a status is one of pledged, paid, refunded, cancelled, lapsed"
        ),
        (
            "g-1,p,1.00,USD,2009-12-31T23:09:39Z,paid,no!", "code",
            "a code is 1 to 32 ASCII letters and digits; - and _ and spaces do not count: "
                + "it holds ! (U+0021 EXCLAMATION MARK)"
        ),
        (",p,1.00,USD,2009-12-31T23:09:39Z,paid,", "pledge", "an id is 1 to 255 bytes without control characters"),
        (
            "g-1,p\u{7}x,1.00,USD,2009-12-31T23:09:39Z,paid,", "backer",
            "an id is 1 to 255 bytes without control characters"
        ),
        (
            "g-1,p\u{9B}x,1.00,USD,2009-12-31T23:09:39Z,paid,", "backer",
            "an id is 1 to 255 bytes without control characters"
        ),
        (
            "g-1,p,1.00,USD,2009-12-31T23:09:39Z,paid", "",
            "a row has as many cells as the header, 7: this one has 6"
        ),
        (
            "g-1,p,1,00,USD,2009-12-31T23:09:39Z,paid,", "",
            "a row has as many cells as the header, 7: this one has 8"
        ),
        (
            "\"g\"-1,p,1.00,USD,2009-12-31T23:09:39Z,paid,", "",
            "a quoted cell ends in a quote, and a comma or the end follows"
        ),
    ])
    func `a wrong row is rejected with its column and rule, and the rest goes on`(
        row: String, column: String, rule: String
    ) throws {
        let good = "g-0,p,1.00,USD,2009-12-31T23:09:39Z,paid,\n"
        let read = try read(.pledges, good + row + "\n" + good)
        #expect(read.rows.map(\.line) == [2, 4])
        #expect(read.rejected.map(\.line) == [3])
        #expect(read.rejected.map(\.column) == [column])
        #expect(read.rejected.map(\.rule) == [rule])
        #expect(read.rejected.map(\.text) == [row])
    }

    @Test func `an ambassador's row needs a code`() throws {
        #expect(try read(.ambassadors, "p_1,,2009-12-31T23:09:39Z\n").rejected.map(\.column) == ["code"])
    }

    @Test func `bytes that are no UTF-8 are rejected where they stand`() throws {
        let bytes = Array("p_1,2009-12-31T23:09:39Z,\np_".utf8) + [0xFF] + Array(",2009-12-31T23:09:39Z,\n".utf8)
        let read = try read(.backers, bytes)
        #expect(read.rows.count == 1)
        #expect(read.rejected.map(\.column) == ["backer"])
        #expect(read.rejected.map(\.rule) == ["a file is UTF-8"])
        #expect(read.rejected.map(\.line) == [3])
    }

    @Test func `a NUL is rejected where it stands`() throws {
        let read = try read(.backers, "p_1,2009-12-31T23:09:39Z,A\0B\n")
        #expect(read.rejected.map(\.rule) == ["text has no NUL"])
        #expect(read.rejected.map(\.column) == ["code"])
    }

    @Test func `a quote that stays open takes the rest of the part with it`() throws {
        let read = try read(.backers, "p_1,2009-12-31T23:09:39Z,\n\"p_2,2009-12-31T23:09:39Z,\np_3,x,\n")
        #expect(read.rows.count == 1)
        #expect(read.rejected.map(\.rule) == ["a quoted cell ends in a quote"])
        #expect(read.rejected.map(\.line) == [3])
    }

    @Test func `a row that is far too long is rejected`() throws {
        let read = try read(
            .backers, String(repeating: "x", count: API.Limits.importRowBytes) + ",2009-12-31T23:09:39Z,\n")
        #expect(read.rejected.map(\.rule) == ["a row has at most 65536 bytes"])
    }

    @Test func `an id of 255 bytes is taken, and one more is not`() throws {
        let longest = String(repeating: "x", count: 255)
        #expect(try read(.backers, " \(longest) ,2009-12-31T23:09:39Z,\n").rows.count == 1)
        #expect(try read(.backers, "\(longest)x,2009-12-31T23:09:39Z,\n").rejected.map(\.column) == ["backer"])
    }

    @Test(arguments: ["backer,code", "backer,joined_at,code,code", "", "backer;joined_at;code"])
    func `a header that lacks a column or has it twice is refused`(header: String) throws {
        let failure = try #require(throws: Failure.self) { try ImportColumns(header, of: .backers) }
        #expect(failure.code == .csvHeader)
    }
}

extension Currency {
    static var usd: Currency {
        guard let currency = Currency("USD") else { preconditionFailure("USD is a currency") }
        return currency
    }
}
