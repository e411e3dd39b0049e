import AuthorLog
import Founding
import Identity
import Testing

@Suite struct JoinTests {
    private let now = TestCommunity.now + 1_000

    @Test func `a newcomer's chain is accepted, and the ticket's keys and addresses are in the home`() throws {
        let community = try TestCommunity()
        let ticket = try community.ticket(role: .treasurer)
        let joined = try join(home: community.scratch("joined"), ticketText: ticket.text, nowMilliseconds: now)
        #expect(joined.role == .treasurer)
        #expect(joined.community == community.founded.community)

        let home = try Home.open(at: joined.home)
        let charter = try home.charter()
        #expect(charter.bytes == ticket.charter.bytes)
        #expect(try home.networkKey() == ticket.networkKey)
        #expect(try home.personKey() == ticket.personKey)
        #expect(try home.knownAddresses() == ticket.addresses)
        let presentation = try home.presentation()
        let right = try presentation.right(
            of: joined.member, presentedAt: try #require(presentation.lastLinkTime.next), charter: charter)
        #expect(right.role == .treasurer)
        #expect(try describe(home: joined.home).role == .treasurer)
        #expect(try home.memberKey().publicKey(as: MemberKey.self) == joined.member)
        for name in names(in: joined.home) { #expect(mode(joined.home + "/" + name) == 0o600) }
    }

    @Test func `two newcomers of one ticket get keys of their own`() throws {
        let community = try TestCommunity()
        let text = try community.ticket().text
        let first = try join(home: community.scratch("1"), ticketText: text, nowMilliseconds: now)
        let second = try join(home: community.scratch("2"), ticketText: text, nowMilliseconds: now)
        #expect(first.member != second.member)
        #expect(try Home.open(at: first.home).noiseKey().publicKey != Home.open(at: second.home).noiseKey().publicKey)
    }

    @Test func `a ticket is described without its secrets`() throws {
        let community = try TestCommunity()
        let ticket = try community.ticket(expiresMilliseconds: 5_000)
        let description = try describe(ticketText: ticket.text)
        #expect(description.community == community.founded.community)
        #expect(description.title == "Vine")
        #expect(description.role == .ambassador)
        #expect(description.uses == 3)
        #expect(description.expiresMilliseconds == 5_000)
        #expect(description.invitedBy == community.founded.member)
        #expect(description.addresses == ticket.addresses)
    }

    @Test func `an expired ticket makes no home`() throws {
        let community = try TestCommunity()
        let ticket = try community.ticket(expiresMilliseconds: now)
        let error = failure {
            _ = try join(home: community.scratch("joined"), ticketText: ticket.text, nowMilliseconds: now)
        }
        #expect(error?.code == "E-TICKET-EXPIRED")
        #expect(error?.outcome == .refused)
        #expect(!exists(community.scratch("joined")))
        _ = try join(home: community.scratch("joined"), ticketText: ticket.text, nowMilliseconds: now - 1)
    }

    @Test func `what is no whole ticket is told apart, and never repeated`() throws {
        let community = try TestCommunity()
        let text = try community.ticket().text
        func code(_ text: String) -> String? {
            let error = failure {
                _ = try join(home: community.scratch("joined"), ticketText: text, nowMilliseconds: now)
            }
            #expect(error.map { !$0.message.contains(text.suffix(40)) && !$0.hint.contains(text.suffix(40)) } == true)
            #expect(error?.outcome == .usage)
            return error?.code
        }
        let changed = String(text.dropLast(50)) + (text.dropLast(49).last == "7" ? "8" : "7") + text.suffix(49)
        #expect(code(String(text.dropLast(9))) == "E-TICKET-TRUNCATED")
        #expect(code(String(text.prefix(40))) == "E-TICKET-TRUNCATED")
        #expect(code(changed) == "E-TICKET-TRUNCATED")
        #expect(code("hello, this is surely no ticket at all, or is it one perhaps?") == "E-TICKET-MALFORMED")
        #expect(code("GRAPEVINE2" + text.dropFirst(10)) == "E-TICKET-VERSION")
        #expect(!exists(community.scratch("joined")))
    }

    @Test func `a member's home takes network key and addresses from a new ticket, and nothing else`() throws {
        let community = try TestCommunity()
        let first = try join(
            home: community.scratch("member"), ticketText: try community.ticket().text, nowMilliseconds: now)
        #expect(!first.wasMember)
        let home = try Home.open(at: first.home)
        let (networkKey, presentation) = (try home.networkKey(), try home.presentation())
        #expect(try home.ticketNetworkKey() == nil)
        try home.keep(networkKey: SecretBytes(random: 32), number: 4)
        let later = SecretBytes(random: 32)
        let ticket = try community.ticket(
            role: .treasurer, networkKey: later, addresses: ["192.0.2.9:1", "192.0.2.1:4000"])
        var running: HomeLock? = try home.lock()
        let locked = failure { _ = try join(home: first.home, ticketText: ticket.text, nowMilliseconds: now) }
        #expect(locked?.code == "E-HOME-LOCKED" && locked?.hint.contains("grapevine stop") == true)
        #expect(try home.ticketNetworkKey() == nil)
        withExtendedLifetime(running) {}
        running = nil
        let again = try join(home: first.home, ticketText: ticket.text, nowMilliseconds: now)
        #expect(again.wasMember && again.member == first.member && again.role == first.role)
        #expect(try home.ticketNetworkKey() == later && home.networkKey() == networkKey)
        #expect(try home.presentation() == presentation && home.laterNetworkKeys().map(\.number) == [4])
        #expect(try home.knownAddresses() == ["192.0.2.9:1", "192.0.2.1:4000", "[2001:db8::1]:4000"])
        for name in names(in: first.home) { #expect(mode(first.home + "/" + name) == 0o600 && !name.hasSuffix(".new")) }
        let expired = try community.ticket(expiresMilliseconds: now)
        let refused = failure { _ = try join(home: first.home, ticketText: expired.text, nowMilliseconds: now) }
        #expect(refused?.code == "E-TICKET-EXPIRED")
        home.dropTicketNetworkKey()
        #expect(try home.ticketNetworkKey() == nil)
    }

    @Test func `a home that has another community stays with it`() throws {
        let mine = try TestCommunity(title: "Mine")
        let other = try TestCommunity(title: "Other")
        let foreign = failure {
            _ = try join(home: mine.homePath, ticketText: try other.ticket().text, nowMilliseconds: now)
        }
        #expect(foreign?.code == "E-TICKET-FOREIGN")
        #expect(foreign?.message.contains("Mine") == true)
        #expect(foreign?.message.contains("Other") == true)
        #expect(try Home.open(at: mine.homePath).memberKey().publicKey(as: MemberKey.self) == mine.founded.member)
    }
}
