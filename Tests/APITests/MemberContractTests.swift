import API
import Foundation
import Testing

/// The keys of what is said about members, forks and root orders: add, never change.
struct MemberContractTests {
    private let time = Timestamp("2026-01-31T18:00:00Z")

    @Test func `a member has its keys in a list, null where there is nothing`() throws {
        let row = try JSONSerialized(MemberRow(member: "m", role: "none"))
        #expect(
            row.keys == [
                "member", "member_id", "person", "name", "role", "depth", "chain", "expires_at", "revoked", "flags",
            ])
        #expect(row.object["depth"] is NSNull && row.object["expires_at"] is NSNull)
        #expect(
            MemberFlag.allCases.map(\.rawValue).sorted() == [
                "awaits-admit", "borrowed-id", "forked", "incarnations", "over-used", "refused", "revoked",
            ])
    }

    @Test func `a member alone has rights, logs and invites`() throws {
        let time = try #require(time)
        let right = RightRow(
            role: "steward", origin: .root, reference: "r", chain: [], since: time, expiresAt: nil,
            operationsPerDay: nil, bytesPerDay: nil, sources: [], presented: true, proved: true)
        #expect(
            try JSONSerialized(right).keys == [
                "role", "origin", "reference", "chain", "since", "expires_at", "operations_per_day", "bytes_per_day",
                "sources", "presented", "proved",
            ])
        let log = LogRow(incarnation: 1, log: "l", length: 1, held: 2, head: nil, ending: .noRight)
        #expect(
            try JSONSerialized(log).keys == [
                "incarnation", "log", "length", "held", "head", "ending", "ended_by", "forked_at",
            ])
        #expect(try JSONSerialized(log).object["ending"] as? String == "no-right")
        let invite = InviteRow(
            invite: "i", role: "observer", uses: 1, expiresAt: nil, revoked: false, admitted: [], overUsed: [],
            refused: [])
        #expect(
            try JSONSerialized(invite).keys == [
                "invite", "role", "uses", "expires_at", "revoked", "admitted", "over_used", "refused",
            ])
    }

    @Test func `what commands did has its keys`() throws {
        let granted = GrantMember.Answer(
            member: "m", role: "observer", memberID: "i", expiresAt: nil, written: true, known: false)
        #expect(
            try JSONSerialized(granted).keys == ["member", "role", "member_id", "expires_at", "written", "known"])
        let cut = CutRow(member: "m", incarnation: 1, from: 9, to: 4)
        #expect(try JSONSerialized(cut).keys == ["member", "incarnation", "from", "to", "operations"])
        let revoked = RevokeMember.Answer(revoked: "m", cuts: [cut, cut], written: true)
        #expect(try JSONSerialized(revoked).keys == ["revoked", "cuts", "operations", "written"])
        #expect(revoked.operations == 10)
        let time = try #require(time)
        let fork = ForkRow(
            fork: "f", member: "m", incarnation: 1, log: "l", position: 2,
            branches: [.init(name: "A", head: "h", length: 3, shown: 4, at: time, stands: true)], chosenBy: [])
        #expect(
            try JSONSerialized(fork).keys == [
                "fork", "member", "incarnation", "log", "position", "branches", "chosen_by",
            ])
        let order = RootOrderRow(
            order: "o", serial: 1, kind: .networkKey, subject: "", signedBy: "k", root: .inOffice, at: time,
            counts: true)
        #expect(
            try JSONSerialized(order).keys == [
                "order", "serial", "kind", "subject", "signed_by", "root", "at", "counts",
            ])
        #expect(try JSONSerialized(order).object["kind"] as? String == "network-key")
    }
}
