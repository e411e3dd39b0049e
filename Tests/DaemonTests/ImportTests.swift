import API
import AuthorLog
import Community
import Storage
import Testing

@testable import Daemon

/// Import and export against a real record.
struct ImportTests {
    private func send(
        _ kind: RecordKind, _ text: String, to node: Node, source: String? = nil, dryRun: Bool = false
    ) async throws -> ImportPart {
        try await node.answer(
            importing: kind, part: Array(text.utf8), header: kind.columns.joined(separator: ","), firstLine: 2,
            source: source, dryRun: dryRun)
    }

    private let ambassadors = "ana,Sun-ny,2014-01-06T11:41:00Z\nbob,RAINY,2014-01-07T11:41:00Z\n"
    private let backers = """
        ana,2014-01-06T12:00:00Z,RAINY
        cai,2014-02-06T12:00:00Z,sunny
        dee,2014-02-07T12:00:00Z,SUNNY
        eve,2014-02-08T12:00:00Z,

        """
    private let pledges = """
        g-1,cai,10.00,USD,2014-02-06T12:30:00Z,paid,SUNNY
        g-2,dee,5.00,USD,2014-02-07T12:30:00Z,refunded,
        g-3,,2.50,EUR,2014-02-08T12:30:00Z,paid,
        g-4,eve,7.00,USD,2014-02-09T12:30:00Z,cancelled,RAINY
        g-5,eve,8.00,USD,2014-02-10T12:30:00Z,lapsed,LATER
        g-6,fay,9.00,USD,2014-02-11T12:30:00Z,pledged,

        """

    private func importAll(to node: Node) async throws -> [ImportPart] {
        [
            try await send(.ambassadors, ambassadors, to: node), try await send(.backers, backers, to: node),
            try await send(.pledges, pledges, to: node),
        ]
    }

    @Test func `files become the record, and importing them again changes nothing`() async throws {
        try await CommandsCommunity.with { node in
            let first = try await importAll(to: node)
            #expect(first.map(\.rows) == [2, 4, 6])
            #expect(first.map(\.applied) == [2, 4, 6])
            #expect(first.map(\.unchanged) == [0, 0, 0])
            #expect(first.flatMap(\.rejected) == [])
            let updates = try await node.store.recordFigures().updates
            let second = try await importAll(to: node)
            #expect(second.map(\.applied) == [0, 0, 0])
            #expect(second.map(\.unchanged) == [2, 4, 6])
            #expect(try await node.store.recordFigures().updates == updates)

            let totals = try await node.answer(GetTotals())
            #expect(totals.backers == 5)
            #expect(totals.ambassadors == 2)
            #expect(totals.attributedBackers == 3)
            #expect(totals.pledges == 6)
            #expect(totals.anonymousPledges == 1)
            #expect(totals.money.map(\.currency) == ["EUR", "USD"])
            #expect(totals.money.map(\.pledgedMinor) == [250, 3_900])
            #expect(totals.money.map(\.paidMinor) == [250, 1_500])
            #expect(totals.money.map(\.refundedMinor) == [0, 500])
            #expect(totals.money.map(\.cancelledMinor) == [0, 1_500])
            let board = try await node.answer(GetLeaderboard())
            #expect(board.rows.map(\.ambassador) == ["ana", "bob"])
            #expect(board.rows.map(\.creditedMinor) == [1_000, 0])
            #expect(board.rows.map(\.code) == ["Sun-ny", "RAINY"])
            #expect(board.rows.map(\.brought) == [2, 1])
            #expect(board.rows.map(\.reach) == [2, 3])
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }

    @Test func `order of the files does not matter`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await send(.pledges, pledges, to: node)
            _ = try await send(.backers, backers, to: node)
            _ = try await send(.ambassadors, ambassadors, to: node)
            let board = try await node.answer(GetLeaderboard())
            #expect(board.rows.map(\.reach) == [2, 3])
            #expect(board.rows.map(\.creditedMinor) == [1_000, 0])
        }
    }

    @Test func `what is exported reads back as unchanged`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await importAll(to: node)
            // What no file said: an own code, a contact, a claim without joining, a payment in parts, a claim of another day.
            let own = try await node.answer(AddAmbassador(NewPerson(external: "gus", code: "SUNNY"))).code
            let hal = try await node.answer(AddBacker(NewPerson(contact: "hal@example.org", code: own))).person
            let pledge = try await node.answer(AddPledge(backer: PersonReference(hal), amount: "4.00")).pledge
            _ = try await node.answer(PayPledge(PledgeReference(pledge), reference: "stripe-1"))
            _ = try await node.answer(RefundPledge(PledgeReference(pledge), amount: "1.00"))
            _ = try await node.answer(AddReferral(PersonReference("eve"), code: "RAINY"))
            let updates = try await node.store.recordFigures().updates
            for kind in RecordKind.allCases {
                let page = try await node.answer(ExportRows(kind))
                #expect(page.columns == kind.columns)
                #expect(page.next == nil)
                var text: [UInt8] = []
                for row in page.rows { CSVText.append(row, to: &text) }
                let part = try await send(kind, String(decoding: text, as: UTF8.self), to: node)
                #expect(part.rows == page.rows.count)
                #expect(part.unchanged == part.rows)
                #expect(part.rejected == [])
            }
            #expect(try await node.store.recordFigures().updates == updates)
        }
    }

    @Test func `a file that says something else is a change, with its history`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await importAll(to: node)
            let part = try await send(
                .pledges,
                "g-1,cai,12.00,USD,2014-02-06T12:30:00Z,paid,SUNNY\ng-2,dee,5.00,USD,2014-02-07T12:30:00Z,paid,\n",
                to: node)
            #expect(part.applied == 2)
            let first = try await node.answer(ShowPledge(PledgeReference("g-1")))
            #expect(first.paidMinor == 1_200)
            let second = try await node.answer(ShowPledge(PledgeReference("g-2")))
            #expect(second.status == .paid)
            let money = try #require(second.history).filter {
                [.paid, .refunded, .lapsed, .cancelled].contains($0.kind)
            }
            #expect(
                money.map { "\($0.kind) \($0.standing)" } == ["paid counts", "refunded overtaken", "refunded void"])
        }
    }

    @Test func `wrong rows are rejected, and the rest goes on`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await send(.ambassadors, ambassadors, to: node)
            let rows = "cai,SUNNY,2015-01-01T00:00:00Z\ndee,GOLD,2015-01-01\nfay,GOLD,2015-01-01T00:00:00Z\n"
            let part = try await send(.ambassadors, rows, to: node)
            #expect(part.rows == 3)
            #expect(part.applied == 1)
            #expect(part.rejected.map(\.line) == [2, 3])
            #expect(part.rejected.map(\.column) == ["code", "joined_at"])
            #expect(part.rejected.map(\.value) == ["SUNNY", "2015-01-01"])
            #expect(part.rejected.map(\.text) == ["cai,SUNNY,2015-01-01T00:00:00Z", "dee,GOLD,2015-01-01"])
        }
    }

    @Test func `a dry run judges, and writes nothing`() async throws {
        try await CommandsCommunity.with { node in
            let part = try await send(.backers, backers + "x,y,z\n", to: node, dryRun: true)
            #expect(part.applied == 4)
            #expect(part.rejected.count == 1)
            #expect(try await node.store.recordFigures().updates == 0)
        }
    }

    @Test func `the same id of two sources is two persons`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await send(.backers, "1,2014-02-06T12:00:00Z,\n", to: node, source: "shop")
            _ = try await send(.backers, "1,2014-02-06T12:00:00Z,\n", to: node, source: " stall ")
            _ = try await send(.backers, "1,2014-02-06T12:00:00Z,\n", to: node, source: "stall")
            #expect(try await node.answer(GetTotals()).backers == 2)
        }
    }

    @Test func `only a steward imports`() async throws {
        for role in [Role.observer, .ambassador, .treasurer] {
            try await CommandsCommunity.with(role) { node in
                let failure = try await #require(throws: Failure.self) {
                    try await send(.backers, "broken", to: node)
                }
                #expect(failure.code == .role)
                #expect(failure.message == "your role is \(role.name), and this needs the role steward")
            }
        }
    }

    @Test func `bad parts are refused as a whole`() async throws {
        try await CommandsCommunity.with { node in
            let header = try await #require(throws: Failure.self) {
                try await node.answer(importing: .backers, part: [], header: "backer,code", firstLine: 2)
            }
            #expect(header.code == .csvHeader)
            let source = try await #require(throws: Failure.self) {
                try await send(.backers, "", to: node, source: "a\nb")
            }
            #expect(source.code == .text)
            let large = try await #require(throws: Failure.self) {
                try await send(.backers, String(repeating: "\n", count: API.Limits.importPartBytes + 1), to: node)
            }
            #expect(large.code == .tooLarge)
            #expect(
                try await send(.backers, "", to: node) == ImportPart(rows: 0, applied: 0, unchanged: 0, rejected: []))
        }
    }
}
