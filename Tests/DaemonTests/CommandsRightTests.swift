import API
import AuthorLog
import Community
import Identity
import Testing

@testable import Daemon

/// Early refusals follow the rule by which every node skips what its author may not state.
struct CommandsRightTests {
    private static let pseudonyms = Pseudonyms(personKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))

    private func right(_ role: Role, sources: [String] = []) throws -> Right {
        Right(
            role: role, expiresMilliseconds: 0, quota: .unlimited, sources: sources,
            memberID: MemberID(raw: .zero), person: nil, since: .zero, issuerDepth: 0)
    }

    private func refusal(_ record: Record, _ right: Right) -> String? {
        do {
            try right.check(record, pseudonyms: Self.pseudonyms)
            return nil
        } catch {
            #expect(error.code == .role)
            return error.message
        }
    }

    @Test func `a refusal names the own role and the one that is needed`() throws {
        var joined = Record()
        joined.person = PersonID(raw: .zero)
        joined.joined = Record.Joined(at: nil)
        #expect(refusal(joined, try right(.observer)) == "your role is observer, and this needs the role ambassador")
        #expect(refusal(joined, try right(.ambassador)) == nil)
        var paid = Record()
        paid.moneyPledge = PledgeID(raw: .zero)
        paid.money = [Record.MoneyFact(kind: .confirm)]
        #expect(refusal(paid, try right(.ambassador)) == "your role is ambassador, and this needs the role treasurer")
        var imported = Record()
        imported.isImported = true
        #expect(refusal(imported, try right(.treasurer)) == "your role is treasurer, and this needs the role steward")
    }

    @Test func `a pledge is its author's, a steward's, or of a source that the grant names`() throws {
        var record = Record()
        record.pledge = Record.Pledge(id: Self.pseudonyms.pledge(source: "shop", externalID: "1"))
        record.source = "shop"
        #expect(refusal(record, try right(.steward)) == nil)
        #expect(refusal(record, try right(.treasurer, sources: ["shop"])) == nil)
        #expect(
            refusal(record, try right(.treasurer, sources: ["stall"]))
                == "your role is treasurer, and this needs the role steward")
        #expect(refusal(record, try right(.ambassador)) == "your role is ambassador, and this needs the role steward")
        let nonce = try #require(Bytes16([UInt8](repeating: 1, count: 16)))
        record.pledge = Record.Pledge(id: Self.pseudonyms.pledge(by: MemberID(raw: .zero), nonce: nonce))
        record.pledgeNonce = nonce
        #expect(refusal(record, try right(.ambassador)) == nil)
    }
}
