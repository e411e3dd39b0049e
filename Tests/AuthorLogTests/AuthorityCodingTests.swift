import AuthorLog
import Identity
import Testing

/// Grants, invites, orders, excerpts, presentations: out and back, and what is refused.
struct AuthorityCodingTests {
    private let subject: MemberKey
    private let inviteKey: InviteKey

    init() throws {
        subject = try World.key("ana").publicKey()
        inviteKey = try World.key("invite").publicKey()
    }

    @Test func `a grant comes back from its bytes`() throws {
        let grant = try Grant(
            subject: subject, role: .treasurer, expiresMilliseconds: 5,
            quota: Quota(operationsPerDay: .max, bytesPerDay: 1), person: PersonID(repeatElement(7, count: 16)),
            sources: ["kickstarter", "paypal"])
        #expect(try Grant(decoding: grant.bytes) == grant)
        #expect(grant.memberID == MemberID(firstKey: subject))
        let second = try Grant(subject: World.key("second").publicKey(), role: .observer, memberID: grant.memberID)
        #expect(try Grant(decoding: second.bytes).memberID == grant.memberID)
    }

    @Test func `a grant's fields have their bounds`() throws {
        let bytes = try Grant(subject: subject, role: .steward).bytes
        let wrong: [(extra: [UInt8], error: AuthorityFormError)] = [
            (Proto.bytes(1, [1]), .wrongLength(field: "subject", byteCount: 1)),
            (Proto.number(2, 0), .outOfRange(field: "role")),
            (Proto.number(2, 5), .outOfRange(field: "role")),
            (Proto.number(2, 258), .outOfRange(field: "role")),
            (Proto.number(3, .max), .outOfRange(field: "expires_ms")),
            (Proto.number(3, 1 << 48), .outOfRange(field: "expires_ms")),
            (Proto.bytes(5, []), .wrongLength(field: "member_id", byteCount: 0)),
            (Proto.bytes(6, [1, 2]), .wrongLength(field: "person", byteCount: 2)),
            (Proto.bytes(7, []), .outOfRange(field: "sources")),
            (Proto.bytes(7, [UInt8](repeating: 65, count: 256)), .outOfRange(field: "sources")),
            ((0..<65).flatMap { _ in Proto.bytes(7, [65]) }, .outOfRange(field: "sources")),
            (Proto.bytes(7, [0xFF]), .notProtobuf),
            ([0xFF], .notProtobuf),
        ]
        for (extra, error) in wrong {
            #expect(throws: error) { try Grant(decoding: bytes + extra) }
        }
    }

    @Test func `an invite comes back from its bytes, and its fields have their bounds`() throws {
        let invite = try Invite(
            inviteKey: inviteKey, role: .ambassador, expiresMilliseconds: 9, uses: 10_000,
            quota: Quota(operationsPerDay: 3, bytesPerDay: 0), grantExpiresMilliseconds: 10, sources: ["a"])
        #expect(try Invite(decoding: invite.bytes) == invite)
        let wrong: [(extra: [UInt8], error: AuthorityFormError)] = [
            (Proto.bytes(1, []), .wrongLength(field: "invite_key", byteCount: 0)),
            (Proto.number(2, 9), .outOfRange(field: "role")),
            (Proto.number(3, .max), .outOfRange(field: "expires_ms")),
            (Proto.number(4, 0), .outOfRange(field: "uses")),
            (Proto.number(4, 10_001), .outOfRange(field: "uses")),
            (Proto.number(6, .max), .outOfRange(field: "grant_expires_ms")),
        ]
        for (extra, error) in wrong {
            #expect(throws: error) { try Invite(decoding: invite.bytes + extra) }
        }
    }

    @Test func `a root order comes back, and must agree with its grant`() throws {
        let world = try World()
        let signed = try SignedRootOrder(decoding: world.order.bytes)
        #expect(signed == world.order)
        #expect(signed.isGenuine(under: world.charter))
        let bytes = world.order.order.bytes
        #expect(throws: AuthorityFormError.outOfRange(field: "serial")) {
            try RootOrder(decoding: bytes + Proto.number(1, 0))
        }
        #expect(throws: AuthorityFormError.contradiction(field: "subject")) {
            try RootOrder(decoding: bytes + Proto.bytes(3, subject.bytes))
        }
        #expect(throws: AuthorityFormError.outOfRange(field: "kind")) {
            try RootOrder(decoding: bytes + Proto.number(2, 0))
        }
        let later = try RootOrder(decoding: Proto.number(1, 4) + Proto.number(2, 77) + Proto.bytes(3, [1, 2]))
        #expect(later.content == .other(kind: 77, subject: [1, 2]))
    }

    @Test func `orders hash by serial, then hash, each once`() throws {
        let world = try World()
        let other = try RootOrder(
            granting: Grant(subject: subject, role: .steward), serial: 2, time: .zero
        ).signed(by: world.root, community: world.charter.id)
        let hash = SignedRootOrder.hash(of: [world.order, other])
        #expect(SignedRootOrder.hash(of: [other, world.order, other]) == hash)
        #expect(SignedRootOrder.hash(of: [other]) != hash)
        #expect(SignedRootOrder.hash(of: []) == BLAKE2b.hash256([], personal: .init("gv/orders")))
    }

    @Test func `an excerpt comes back, and a presentation keeps its bytes`() throws {
        let ticket = try World().ticket()
        let excerpt = try #require(ticket.excerpts.first)
        #expect(try Excerpt(decoding: excerpt.bytes) == excerpt)
        let presentation = try Presentation(ticket: ticket, member: subject)
        let padded = try Presentation(decoding: presentation.bytes + Proto.number(99, 1))
        #expect(padded.hash != presentation.hash)
        #expect(padded.excerpts == presentation.excerpts)
        #expect(presentation.invite?.inviteKey == ticket.inviteKey.publicKey())
    }

    @Test func `an excerpt is at most 2,048 bytes`() throws {
        var founder = try World().founderAuthor()
        let fill = 2_048 - 173 - 64 - 32
        for (size, fits) in [(fill, true), (fill + 1, false)] {
            let operation = Operation(kind: 9, body: [UInt8](repeating: 1, count: size - 1))
            let bundle = try founder.write([operation], wallMilliseconds: World.start + 5 * World.minute).bundle
            if fits {
                #expect(try Excerpt(of: bundle, index: 0).operation.count == size)
            } else {
                #expect(throws: AuthorityFormError.tooLarge(byteCount: 2_049, limit: 2_048)) {
                    try Excerpt(of: bundle, index: 0)
                }
            }
        }
    }

    @Test func `an excerpt is of a signed authority bundle, and of an operation in it`() throws {
        var founder = try World().founderAuthor()
        let record = try founder.record(2, wallMilliseconds: World.start + 2 * World.minute)
        #expect(throws: AuthorityFormError.self) { try Excerpt(of: record, index: 0) }
        let grant = try founder.write(
            [Operation(Grant(subject: subject, role: .steward))], wallMilliseconds: World.start + 2 * World.minute
        ).bundle
        #expect(throws: AuthorityFormError.outOfRange(field: "index")) { try Excerpt(of: grant, index: 1) }
        #expect(throws: AuthorityFormError.outOfRange(field: "index")) { try Excerpt(of: grant, index: -1) }
        let unsigned = try Bundle(header: grant.header, body: grant.body, signature: nil)
        #expect(throws: AuthorityFormError.wrongLength(field: "signature", byteCount: 0)) {
            try Excerpt(of: unsigned, index: 0)
        }
    }

    @Test func `a hundred nested messages are refused`() throws {
        var nested: [UInt8] = []
        for _ in 0..<100 { nested = Proto.bytes(1, nested) }
        #expect(throws: AuthorityFormError.self) { try Presentation(decoding: nested) }
        #expect(throws: AuthorityFormError.self) { try Excerpt(decoding: nested) }
    }

    @Test func `no bytes make a decoder trap`() throws {
        var dice = Dice()
        let ticket = try World().ticket()
        let presentation = try Presentation(ticket: ticket, member: subject)
        let excerpt = try #require(ticket.excerpts.first)
        let charter = ticket.charter
        let header = try Header(decoding: excerpt.header.bytes)
        #expect(header == excerpt.header)
        let results = [
            decodesOrThrows({ try Charter(decoding: $0) }, truncationsOf: charter.bytes, using: &dice),
            decodesOrThrows({ try SignedRootOrder(decoding: $0) }, truncationsOf: ticket.order.bytes, using: &dice),
            decodesOrThrows({ try RootOrder(decoding: $0) }, truncationsOf: ticket.order.order.bytes, using: &dice),
            decodesOrThrows({ try Excerpt(decoding: $0) }, truncationsOf: excerpt.bytes, using: &dice),
            decodesOrThrows({ try Presentation(decoding: $0) }, truncationsOf: presentation.bytes, using: &dice),
            decodesOrThrows({ try Invite(decoding: $0) }, truncationsOf: ticket.invite.bytes, using: &dice),
            decodesOrThrows({ try Header(decoding: $0) }, truncationsOf: header.bytes, using: &dice),
        ]
        for result in results { #expect(result.thrown > 100) }
    }

    @Test func `a changed presentation never proves a right`() throws {
        var dice = Dice()
        let world = try World()
        let presentation = try Presentation(ticket: world.ticket(), member: subject)
        let time = try #require(HybridTime(milliseconds: World.start + World.day))
        let right = try presentation.right(of: subject, presentedAt: time, charter: world.charter)
        for _ in 0..<500 {
            let bytes = dice.mutated(presentation.bytes)
            guard let changed = try? Presentation(decoding: bytes) else { continue }
            let found = try? changed.right(of: subject, presentedAt: time, charter: world.charter)
            // Unknown fields and longer varints change bytes that say the same; nothing else may pass.
            #expect(found == nil || (found == right && changed.excerpts == presentation.excerpts))
        }
    }
}
