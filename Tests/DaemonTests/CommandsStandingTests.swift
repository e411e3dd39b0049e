import API
import AuthorLog
import Community
import Storage
import Testing

@testable import Daemon

/// Unlinking, suspending and what is flagged, by the commands.
struct CommandsStandingTests {
    private func ambassador(_ name: String, _ code: String, _ node: Node) async throws {
        _ = try await node.answer(AddAmbassador(NewPerson(external: name), registered: code))
    }

    @Test func `a steward unlinks a person, once, and a new claim links them again`() async throws {
        try await CommandsCommunity.with { node in
            try await ambassador("ben", "BEN-1", node)
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe", code: "BEN-1")))
            for _ in 0..<2 {
                let unlinked = try await node.answer(UnlinkReferral(PersonReference("zoe")))
                #expect(unlinked.person == "zoe" && unlinked.ambassador == nil)
            }
            let updates = try await node.answer(GetStatus()).updates
            _ = try await node.answer(UnlinkReferral(PersonReference("zoe")))
            #expect(try await node.answer(GetStatus()).updates == updates)
            let explained = try await node.answer(ExplainReferral(PersonReference("zoe")))
            #expect(explained.claims.map(\.verdict) == [.unlinked] && explained.ambassador == nil)
            #expect(try await node.answer(GetTotals()).attributedBackers == 0)
            // Whoever sends the first record again does not mean to link them again; who refers them anew does, once.
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe", code: "BEN-1")))
            #expect(try await node.answer(GetStatus()).updates == updates)
            for _ in 0..<2 {
                let again = try await node.answer(AddReferral(PersonReference("zoe"), code: "BEN-1"))
                #expect(again.ambassador == "ben")
                #expect(try await node.answer(GetStatus()).updates == updates + 1)
            }
        }
    }

    @Test func `a claim dated ahead of the clock is taken back all the same`() async throws {
        try await CommandsCommunity.with { node in
            try await ambassador("ben", "BEN-1", node)
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe")))
            let ahead = try #require(Timestamp(milliseconds: Int64(node.wallMilliseconds) + 60_000))
            _ = try await node.answer(AddReferral(PersonReference("zoe"), code: "BEN-1", at: ahead))
            #expect(try await node.answer(UnlinkReferral(PersonReference("zoe"))).ambassador == nil)
        }
    }

    @Test func `unlinking whom nobody claims is refused, and so is taking back what others recorded`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe")))
            let failure = try await #require(throws: Failure.self) {
                _ = try await node.answer(UnlinkReferral(PersonReference("zoe")))
            }
            #expect(failure.code == .referralUnknown && failure.code.exit == .notFound)
        }
        try await CommandsCommunity.with(.ambassador) { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe", code: "GHOST", allowUnknown: true)))
            #expect(try await node.answer(UnlinkReferral(PersonReference("zoe"))).ambassador == nil)
            let claims = try await node.answer(ExplainReferral(PersonReference("zoe"))).claims
            #expect(claims.map(\.verdict) == [.unknownCode])
        }
    }

    @Test func `suspending and restoring are written once each, and an ambassador's row says so`() async throws {
        try await CommandsCommunity.with { node in
            try await ambassador("ben", "BEN-1", node)
            let ben = PersonReference("BEN-1")
            for _ in 0..<2 {
                #expect(try await node.answer(SuspendMember(ben)) == .init(person: "ben", suspended: true))
            }
            let updates = try await node.answer(GetStatus()).updates
            #expect(try await node.answer(ShowAmbassador(ben)).suspended)
            #expect(try await node.answer(ListAmbassadors()).rows.map(\.suspended) == [true])
            let added = try await node.answer(AddBacker(NewPerson(external: "zoe", code: "BEN-1")))
            let claims = try await node.answer(ExplainReferral(PersonReference(added.person))).claims
            #expect(claims.map(\.verdict) == [.suspended])
            for _ in 0..<2 {
                #expect(try await node.answer(RestoreMember(ben)) == .init(person: "ben", suspended: false))
            }
            // One suspension, one backer, one end.
            #expect(try await node.answer(GetStatus()).updates == updates + 2)
            #expect(try await node.answer(ShowAmbassador(ben)).suspended == false)
            let referred = try await node.answer(AddReferral(PersonReference(added.person), code: "BEN-1"))
            #expect(referred.ambassador == "ben")
        }
    }

    @Test(arguments: [RoleName.ambassador]) func `only a steward suspends`(role: RoleName) async throws {
        try await CommandsCommunity.with(.ambassador) { node in
            let failure = try await #require(throws: Failure.self) {
                _ = try await node.answer(SuspendMember(PersonReference("anybody")))
            }
            #expect(failure.code == .role)
        }
    }

    @Test func `what an ambassador says of his own code waits for somebody else`() async throws {
        try await CommandsCommunity.with(.ambassador) { node in
            // The first write says that he is a member.
            _ = try await node.answer(AddBacker(NewPerson(external: "yan")))
            let own = try #require(try await node.answer(ListAmbassadors()).rows.first)
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe", code: own.code)))
            let explained = try await node.answer(ExplainReferral(PersonReference("zoe")))
            #expect(explained.claims.map(\.verdict) == [.onlySaid] && explained.ambassador == nil)
            // The same again is the same claim.
            let updates = try await node.answer(GetStatus()).updates
            _ = try await node.answer(AddReferral(PersonReference("zoe"), code: own.code))
            #expect(try await node.answer(GetStatus()).updates == updates)
        }
    }

    @Test func `a pledge that contradicts itself is flagged alone, in lists and in totals`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "zoe")))
            let pledge = try await node.answer(
                AddPledge(backer: PersonReference("zoe"), amount: "10.00", external: "p1")
            ).pledge
            _ = try await node.answer(
                AddPledge(backer: PersonReference("zoe"), amount: "10.00", external: "p2"))
            let reference = PledgeReference(pledge)
            #expect(try await node.answer(PayPledge(reference)).flags == [])
            #expect(try await node.answer(ChangePledge(reference, amount: "9.00")).flags == [.overpaid])
            #expect(try await node.answer(ShowPledge(reference)).flags == [.overpaid])
            #expect(try await node.answer(ListPledges(flagged: true)).rows.map(\.pledge) == [pledge])
            #expect(try await node.answer(ListPledges()).rows.count == 2)
            #expect(try await node.answer(GetTotals()).flaggedPledges == 1)
        }
    }
}
