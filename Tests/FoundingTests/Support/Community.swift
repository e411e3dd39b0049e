import AuthorLog
import Founding
import Identity
import Testing

/// A community that was founded in a scratch directory, and a steward who can invite.
struct TestCommunity {
    static let now: UInt64 = 1_900_000_000_000

    let scratch = Scratch()
    let founded: Founded
    let home: Home

    var homePath: String { founded.home }

    init(title: String = "Vine") throws {
        let options = FoundingOptions(title: title, currency: "USD", rootKeyPath: scratch("root"))
        founded = try found(home: scratch("home"), options: options, nowMilliseconds: Self.now)
        home = try Home.open(at: scratch("home"))
    }

    func ticket(
        role: Role = .ambassador, expiresMilliseconds: UInt64 = 0, networkKey: SecretBytes? = nil,
        addresses: [String] = ["192.0.2.1:4000", "[2001:db8::1]:4000"]
    ) throws -> Ticket {
        let charter = try home.charter()
        let key = try home.memberKey()
        let presentation = try home.presentation()
        let inviteKey = SigningKey.generate()
        let invite = try Invite(
            inviteKey: inviteKey.publicKey(), role: role, expiresMilliseconds: expiresMilliseconds, uses: 3)
        let incarnation = try #require(Incarnation([0, 1] + [UInt8](repeating: 7, count: 8)))
        let log = LogID(member: key.publicKey(), incarnation: incarnation)
        let bundle = try Bundle.author(
            [Operation(invite)], at: try #require(presentation.lastLinkTime.next), position: 1,
            previous: Hash256(raw: .zero), log: log, community: charter.id, key: key)
        return try Ticket(
            charter: charter, networkKey: try networkKey ?? home.networkKey(), personKey: try home.personKey(),
            addresses: addresses, inviteKey: inviteKey, order: presentation.order,
            excerpts: presentation.excerpts + [try Excerpt(of: bundle, index: 0)])
    }
}

/// What was thrown; nil where nothing was.
func failure(_ body: () throws -> Void) -> FoundingError? {
    do {
        try body()
        return nil
    } catch let error as FoundingError {
        return error
    } catch {
        Issue.record("not a FoundingError: \(error)")
        return nil
    }
}
