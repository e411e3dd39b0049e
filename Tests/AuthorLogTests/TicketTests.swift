import AuthorLog
import Identity
import Testing

struct TicketTests {
    private let ticket: Ticket

    init() throws {
        ticket = try World().ticket()
    }

    private func error(_ text: String) -> TicketError? {
        do throws(TicketError) {
            _ = try Ticket(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a ticket comes back from its text`() throws {
        let text = ticket.text
        #expect(text.hasPrefix("GRAPEVINE1"))
        #expect(text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) })
        let again = try Ticket(parsing: text)
        #expect(again.text == text)
        #expect(again.charter == ticket.charter)
        #expect(again.networkKey == ticket.networkKey)
        #expect(again.personKey == ticket.personKey)
        #expect(again.addresses == ticket.addresses)
        #expect(again.inviteKey.publicBytes == ticket.inviteKey.publicBytes)
        #expect(again.excerpts == ticket.excerpts)
    }

    @Test func `it survives how people pass things on`() throws {
        let text = ticket.text
        let lines = stride(from: 0, to: text.count, by: 60).map { start in
            String(text.dropFirst(start).prefix(60))
        }
        for passed in [
            text.lowercased(), "  " + lines.joined(separator: "\r\n") + "\n", lines.joined(separator: "-\n "),
            text.replacing("0", with: "O").replacing("1", with: "l"),
        ] {
            #expect(try Ticket(parsing: passed).text == text)
        }
    }

    @Test func `something else is no ticket`() {
        for text in [
            "", "hello", "GRAPE", "https://vine.example", "GRAPEVIN31" + ticket.text, "GRAPEVINE0AAAA", "GRAPEVINEZ",
        ] {
            #expect(error(text) == .notATicket, "\(text.prefix(20))")
        }
        #expect(error(String(repeating: "A", count: 40_000)) == .notATicket)
    }

    @Test func `a later version says so`() {
        #expect(error("GRAPEVINE2XYZ") == .newerVersion(2))
        #expect(error("grape vine-9") == .newerVersion(9))
    }

    @Test func `a missing part is noticed, wherever it ends`() {
        let text = ticket.text
        for count in stride(from: 9, to: text.count, by: 1) where count != 9 {
            #expect(error(String(text.prefix(count))) == .damaged)
        }
        #expect(error("GRAPEVINE") == .damaged)
        #expect(error(text + "A") == .damaged)
    }

    @Test func `every mistyped symbol is noticed`() {
        var dice = Dice()
        let text = Array(ticket.text.utf8)
        for _ in 0..<600 {
            var wrong = text
            let index = Int.random(in: 10..<text.count, using: &dice)
            wrong[index] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZU*".utf8).randomElement(using: &dice) ?? 48
            guard wrong[index] != text[index] else { continue }
            #expect(error(String(decoding: wrong, as: UTF8.self)) == .damaged)
        }
    }

    @Test func `what the checksum covers must be a ticket`() throws {
        #expect(error(Self.text([0xFF])) == .malformed(.notProtobuf))
        #expect(error(Self.text(Proto.bytes(2, [1]))) == .malformed(.wrongLength(field: "network_key", byteCount: 1)))
        let bytes = try Self.bytes(ticket)
        #expect(error(Self.text(bytes)) == nil)
        #expect(
            error(Self.text(bytes + Proto.bytes(3, World.bytes32("x"))))
                == .malformed(.contradiction(field: "person_key")))
        #expect(
            error(Self.text(bytes + Proto.bytes(5, World.bytes32("x"))))
                == .malformed(.contradiction(field: "invite_secret")))
        #expect(error(Self.text(bytes + Proto.bytes(4, []))) == .malformed(.outOfRange(field: "addresses")))
        #expect(
            error(Self.text(bytes + Proto.bytes(1, [])))
                == .charter(.form(.wrongLength(field: "root_key", byteCount: 0))))
    }

    @Test func `its chain must hold, and end in an invite`() throws {
        let world = try World()
        var founder = try world.founderAuthor()
        let grant = try founder.grant(
            Grant(subject: World.key("ana").publicKey(), role: .steward),
            wallMilliseconds: World.start + 2 * World.minute)
        let again = ChainError.repeatedKey(world.founder.publicKey())
        let wrong: [(excerpts: [Excerpt], error: TicketError)] = [
            ([], .noInvite), ([grant], .noInvite), (ticket.excerpts + [grant], .chain(again)),
        ]
        for (excerpts, expected) in wrong {
            #expect(throws: expected) {
                try Ticket(
                    charter: world.charter, networkKey: world.networkKey, personKey: world.personKey, addresses: [],
                    inviteKey: ticket.inviteKey, order: world.order, excerpts: excerpts)
            }
        }
        let forged = try RootOrder(
            granting: Grant(subject: world.founder.publicKey(), role: .steward), serial: 1, time: .zero
        )
        .signed(by: world.founder, community: world.charter.id)
        #expect(throws: TicketError.chain(.orderNotGenuine)) {
            try Ticket(
                charter: world.charter, networkKey: world.networkKey, personKey: world.personKey, addresses: [],
                inviteKey: ticket.inviteKey, order: forged, excerpts: ticket.excerpts)
        }
    }

    @Test func `expiry is judged by the time that is given`() throws {
        let day = World.start + World.day
        let expiring = try World().ticket(inviteExpires: day, rightExpires: day + 1)
        try expiring.checkExpiry(wallMilliseconds: day - 1)
        #expect(throws: TicketError.expired(milliseconds: day)) { try expiring.checkExpiry(wallMilliseconds: day) }
        try ticket.checkExpiry(wallMilliseconds: .max)
    }

    @Test func `from a ticket and a new key to a first bundle, alone`() throws {
        let ticket = try Ticket(parsing: ticket.text)
        let member = try World.key("newcomer")
        let presentation = try Presentation(ticket: ticket, member: member.publicKey())
        var author = try Author(
            state: LogState(log: World.log(member), community: ticket.charter.id), clock: HybridClock(last: .zero),
            charter: ticket.charter, key: member)
        // Even a clock that is two minutes behind the issuer's dates the use after the invite.
        let first = try author.present(presentation, wallMilliseconds: World.start)
        #expect(first.bundle.header.time > presentation.lastLinkTime)
        let right = try #require(first.admission.presented)
        #expect(right.role == .ambassador)
        #expect(right.memberID == MemberID(firstKey: member.publicKey()))
        _ = try author.record(wallMilliseconds: World.start + 5)
    }

    @Test func `no text makes the parser trap`() {
        var dice = Dice()
        let text = Array(ticket.text.utf8)
        for _ in 0..<300 { _ = error(String(decoding: dice.mutated(text), as: UTF8.self)) }
        for _ in 0..<100 { _ = error(Self.text(dice.bytes(50))) }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let checksum = BLAKE2b.hash256(bytes, personal: .init("gv/ticket")).bytes.prefix(8)
        return "GRAPEVINE1" + Base32.encode(bytes + checksum)
    }

    private static func bytes(_ ticket: Ticket) throws -> [UInt8] {
        try Base32.decode(ticket.text.dropFirst(10)).dropLast(8)
    }
}
