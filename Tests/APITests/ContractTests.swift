import API
import Foundation
import Testing

/// The keys of `cli.md`: add, never change.
struct ContractTests {
    @Test func `status has the contract's keys, null where there is nothing`() throws {
        let status = GetStatus.Answer(
            community: .init(id: "c", title: "T", currency: "USD"), node: .init(member: "m", role: "steward"),
            listen: nil,
            updates: 3, logs: 1, frontier: nil, state: nil, syncing: false, degraded: true,
            peers: [PeerRow(member: "p", address: "h:1", connected: true, behind: 2)])
        let json = try JSONSerialized(status)
        #expect(
            json.keys == [
                "community", "node", "listen", "updates", "logs", "frontier", "state", "syncing", "degraded", "peers",
            ])
        #expect(json.object["listen"] is NSNull && json.object["state"] is NSNull && json.object["frontier"] is NSNull)
        let peers = try #require(json.object["peers"] as? [[String: Any]])
        #expect(Set(peers[0].keys) == ["member", "address", "connected", "behind"])
        #expect(try JSONDecoder().decode(GetStatus.Answer.self, from: JSONEncoder().encode(status)) == status)
    }

    @Test func `status counts the peers that it leaves out`() throws {
        let status = GetStatus.Answer(
            community: .init(id: "c", title: "T", currency: "USD"), node: .init(member: "m", role: "steward"),
            listen: nil, updates: 3, logs: 1, frontier: nil, state: nil, syncing: false, degraded: true, peers: [],
            peersLeftOut: 7)
        #expect(try JSONSerialized(status).object["peers_left_out"] as? Int == 7)
    }

    @Test func `a page always says what is next`() throws {
        #expect(try JSONSerialized(Page<CodeRow>(rows: [])).object["next"] is NSNull)
        #expect(try JSONSerialized(Page<CodeRow>(rows: [], next: "x")).object["next"] as? String == "x")
    }

    @Test func `totals have the contract's keys`() throws {
        let row = MoneyRow(
            currency: "USD", exponent: 2, pledgedMinor: 4, paidMinor: 3, refundedMinor: 2, cancelledMinor: 1)
        let totals = GetTotals.Answer(
            backers: 1, ambassadors: 2, attributedBackers: 3, pledges: 4, anonymousPledges: 5, money: [row])
        let json = try JSONSerialized(totals)
        #expect(
            json.keys == [
                "backers", "ambassadors", "attributed_backers", "pledges", "anonymous_pledges", "money", "attribution",
                "organic_pledges", "unknown_pledges", "prospects", "flagged_pledges", "suspended_pledges",
            ])
        let money = try #require((json.object["money"] as? [[String: Any]])?.first)
        #expect(
            Set(money.keys).isSuperset(of: [
                "currency", "pledged_minor", "paid_minor", "refunded_minor", "cancelled_minor",
            ]))
    }

    @Test func `flags are there, empty where nothing is odd, and named as ever`() throws {
        let time = try #require(Timestamp("2014-01-06T11:41:00Z"))
        let row = PledgeRow(
            pledge: "p", id: "x", backer: nil, amountMinor: 1, currency: "USD", exponent: 2, pledgedAt: time,
            status: .pledged, paidMinor: 0, refundedMinor: 0)
        #expect(try JSONSerialized(row).object["flags"] as? [String] == [])
        #expect(
            PledgeFlag.allCases.map(\.rawValue) == [
                "overpaid", "paid-after-cancel", "cancelled-after-payment", "over-refunded", "other-currency",
                "two-amounts",
            ])
        #expect(ReferralFlag.allCases.map(\.rawValue) == ["self-referral", "mutual-pair", "ring"])
    }

    @Test func `a leaderboard row has the contract's keys`() throws {
        let row = LeaderboardRow(
            rank: 1, ambassador: "a", code: "A", brought: 1, reach: 2, depth: 1, creditedMinor: 5, creditedPledges: 1)
        #expect(
            try JSONSerialized(row).keys == [
                "rank", "ambassador", "code", "brought", "reach", "depth", "credited_minor", "credited_pledges",
            ])
    }

    @Test func `a pulse has its keys, null where there is nothing`() throws {
        let ratio = Ratio(numerator: 1, denominator: 3)
        let trend = PulseTrendRow(
            direction: .tooFew, recent: ratio, before: ratio, recentValue: nil, beforeValue: nil)
        let row = PulseRow(
            figure: "kept", currency: nil, unit: .percent, ratio: ratio, value: nil, low: nil, high: nil, n: 3,
            minimum: 30, enough: false, trend: trend, slope: nil)
        let pulse = GetPulse.Answer(
            asOf: nil, currency: "USD", windowDays: 28, figures: [row],
            alarms: [PulseAlarmRow(alarm: "a", figure: "kept", currency: nil, message: "m", action: "d")])
        let json = try JSONSerialized(pulse)
        #expect(json.keys == ["as_of", "currency", "window_days", "figures", "alarms"])
        #expect(json.object["as_of"] is NSNull)
        let figure = try #require((json.object["figures"] as? [[String: Any]])?.first)
        #expect(
            Set(figure.keys) == [
                "figure", "currency", "unit", "numerator", "denominator", "value", "low", "high", "n", "minimum",
                "enough", "trend", "slope",
            ])
        #expect(
            try JSONSerialized(trend).keys == ["direction", "recent", "before", "recent_value", "before_value"])
        #expect(
            try JSONSerialized(PulseSlopeRow(direction: .steady, perDay: ratio, value: "0.333", events: 9, days: 14))
                .keys
                == ["direction", "per_day", "value", "events", "days"])
        let alarm = try #require((json.object["alarms"] as? [[String: Any]])?.first)
        #expect(Set(alarm.keys) == ["alarm", "figure", "currency", "message", "action"])
        #expect(try JSONDecoder().decode(GetPulse.Answer.self, from: JSONEncoder().encode(pulse)) == pulse)
    }

    @Test func `posts and feedback have their keys, null where there is nothing`() throws {
        let time = try #require(Timestamp("2026-11-23T06:00:00Z"))
        let post = PostRow(id: "a", at: time, member: "m", author: nil, text: nil, answers: nil)
        #expect(try JSONSerialized(post).keys == ["id", "at", "member", "author", "text", "answers"])
        let feedback = FeedbackRow(
            id: "b", at: time, person: "p", member: "m", recordedBy: nil, mood: nil, text: nil, about: nil,
            answeredAt: nil)
        let json = try JSONSerialized(feedback)
        #expect(
            json.keys == [
                "id", "at", "person", "member", "recorded_by", "mood", "text", "about", "answered", "answered_at",
            ])
        #expect(json.object["answered"] as? Bool == false && json.object["mood"] is NSNull)
        #expect(try JSONDecoder().decode(FeedbackRow.self, from: JSONEncoder().encode(feedback)) == feedback)
    }

    @Test func `a lost code has its keys, and rows without one have none of it`() throws {
        let time = try #require(Timestamp("2026-11-23T06:00:00Z"))
        let lost = LostCodeRow(code: "A", person: "p", owner: "q", own: false, registeredAt: time, member: "m")
        #expect(try JSONSerialized(lost).keys == ["code", "person", "owner", "own", "registered_at", "member"])
        #expect(
            try JSONSerialized(CodeRow(code: "A", ambassador: "q", own: false)).keys
                == ["code", "ambassador", "own", "registered_at"])
        let code = CodeRow(code: "A", ambassador: "q", own: false, overtaken: [lost])
        #expect(try JSONSerialized(code).keys.contains("overtaken"))
    }

    @Test func `a tree has the contract's keys, at every level`() throws {
        let leaf = ReferralNode(ambassador: "b", code: nil, brought: 0, reach: 0, depth: 0, children: [])
        let root = ReferralNode(ambassador: "a", code: "A", brought: 1, reach: 1, depth: 1, children: [leaf])
        let json = try JSONSerialized(root)
        let keys: Set = ["ambassador", "code", "brought", "reach", "depth", "children", "left_out", "next"]
        #expect(json.keys == keys)
        let child = try #require((json.object["children"] as? [[String: Any]])?.first)
        #expect(Set(child.keys) == keys)
        #expect(child["code"] is NSNull && child["next"] is NSNull)
    }

    @Test func `small answers have the contract's keys`() throws {
        #expect(try JSONSerialized(GetVersion.Answer()).keys == ["version", "protocol"])
        #expect(try JSONSerialized(MakeInvite.Answer(ticket: "t", addresses: [])).keys == ["addresses", "ticket"])
        #expect(try JSONSerialized(AddBacker.Answer(person: "p")).keys == ["person"])
        #expect(try JSONSerialized(AddAmbassador.Answer(person: "p", code: "c")).keys == ["person", "code"])
        #expect(try JSONSerialized(AddCode.Answer(code: "c")).keys == ["code"])
        #expect(try JSONSerialized(AddPledge.Answer(pledge: "p")).keys == ["pledge"])
        #expect(try JSONSerialized(GetReferralPath.Answer(path: ["p"])).keys == ["path"])
        #expect(
            try JSONSerialized(VerifyRecord.Answer(ok: true, bundles: 1, operations: 2, signatures: 3, problems: []))
                .keys
                == ["ok", "bundles", "operations", "signatures", "problems"])
        #expect(
            try JSONSerialized(GetVerifyProgress.Answer(verified: 0, folded: 0, total: nil)).keys
                == ["verified", "folded", "total"])
        #expect(
            try JSONSerialized(ImportPart(rows: 0, applied: 0, unchanged: 0, rejected: [])).keys
                == ["rows", "applied", "unchanged", "rejected"])
    }

    @Test func `a request may leave out what it may leave out`() throws {
        let person = try JSONDecoder().decode(AddBacker.self, from: Data(#"{"backer":{"external":"p_1"}}"#.utf8)).backer
        #expect(person == NewPerson(external: "p_1"))
        let row = Data(#"{"backer":"p_1","id":"x"}"#.utf8)
        #expect(try JSONDecoder().decode(BackerRow.self, from: row) == BackerRow(backer: "p_1", id: "x"))
        #expect(try JSONDecoder().decode(ListCodes.self, from: Data("{}".utf8)).limit == nil)
    }

    @Test func `every path is one request's`() {
        let paths = [
            GetStatus.path, ListPeers.path, GetVersion.path, StopDaemon.path, MakeInvite.path, AddBacker.path,
            AddAmbassador.path, AddCode.path, AddReferral.path, ListReferrals.path, GetReferralTree.path,
            GetReferralPath.path, AddPledge.path, ChangePledge.path, PayPledge.path, RefundPledge.path,
            CancelPledge.path, VoidMoneyFact.path,
            ShowPledge.path, ListPledges.path, ListBackers.path, ShowBacker.path, ListAmbassadors.path,
            ShowAmbassador.path, ListCodes.path, ShowCode.path, GetTotals.path, GetLeaderboard.path, GetPulse.path,
            ExportRows.path, VerifyRecord.path, GetVerifyProgress.path, RebuildState.path, ExplainReferral.path,
            AnnouncePost.path, ListPosts.path, ShowPost.path, AddFeedback.path, ListFeedback.path, ShowFeedback.path,
            AnswerFeedback.path,
        ]
        #expect(Set(paths).count == 41)
    }
}
