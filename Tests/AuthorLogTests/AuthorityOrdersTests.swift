import AuthorLog
import Identity
import Testing

/// Admit, revoke, choose, and the root orders beyond grants: out and back, and what is refused.
struct AuthorityOrdersTests {
    private let ana: MemberKey
    private let ben: MemberKey
    private let inviteKey: InviteKey
    private let first = Incarnation(number: 1, random: 7)
    private let second = Incarnation(number: 2, random: 1)
    private let head = Hash256(raw: Bytes32(World.bytes32("head")) ?? .zero)
    private let zero = Hash256(raw: .zero)

    init() throws {
        ana = try World.key("ana").publicKey()
        ben = try World.key("ben").publicKey()
        inviteKey = try World.key("invite").publicKey()
    }

    @Test func `an admit comes back with its keys ascending`() throws {
        let admit = try Admit(inviteKey: inviteKey, members: [ana, ben].sorted().reversed())
        #expect(try Admit(decoding: admit.bytes) == admit)
        #expect(admit.members == [ana, ben].sorted())
        let wrong: [([UInt8], AuthorityFormError)] = [
            (Proto.bytes(1, [1]), .wrongLength(field: "invite_key", byteCount: 1)),
            (Proto.bytes(2, [1, 2]), .wrongLength(field: "members", byteCount: 2)),
            (Proto.bytes(2, [UInt8](repeating: 0, count: 32)), .outOfRange(field: "members")),
        ]
        for (extra, error) in wrong {
            #expect(throws: error) { try Admit(decoding: admit.bytes + extra) }
        }
        #expect(throws: AuthorityFormError.outOfRange(field: "members")) {
            try Admit(inviteKey: inviteKey, members: [])
        }
        let many = (0...256).compactMap { MemberKey(World.bytes32("member \($0)")) }
        #expect(try Admit(inviteKey: inviteKey, members: Array(many.dropLast())).members.count == 256)
        #expect(throws: AuthorityFormError.outOfRange(field: "members")) {
            try Admit(inviteKey: inviteKey, members: many)
        }
    }

    @Test func `a revocation of a member names incarnations, one of an invite names members`() throws {
        let stays: [Revocation.Stay] = [
            .init(incarnation: second, length: 0, head: zero), .init(incarnation: first, length: 1 << 48, head: head),
        ]
        let member = try Revocation(member: ana, stays: stays)
        #expect(try Revocation(decoding: member.bytes) == member)
        #expect(member.subject == .member(ana, stays: stays.reversed()))
        let invite = try Revocation(inviteKey: inviteKey, stays: [ana, ben])
        #expect(try Revocation(decoding: invite.bytes) == invite)
        #expect(invite.subject == .invite(inviteKey, stays: [ana, ben].sorted()))

        let wrong: [([UInt8], AuthorityFormError)] = [
            (member.bytes + Proto.bytes(3, inviteKey.bytes), .contradiction(field: "member")),
            (member.bytes + Proto.bytes(4, ana.bytes), .contradiction(field: "members")),
            (invite.bytes + Proto.bytes(2, []), .contradiction(field: "stays")),
            (Proto.bytes(1, [9]), .wrongLength(field: "member", byteCount: 1)),
            ([], .wrongLength(field: "member", byteCount: 0)),
            (Proto.bytes(1, ana.bytes) + Proto.bytes(2, []), .wrongLength(field: "incarnation", byteCount: 0)),
        ]
        for (bytes, error) in wrong {
            #expect(throws: error) { try Revocation(decoding: bytes) }
        }
        for (stay, error) in [
            (
                Revocation.Stay(incarnation: first, length: 1 << 48 + 1, head: head),
                AuthorityFormError.outOfRange(field: "length")
            ),
            (Revocation.Stay(incarnation: first, length: 0, head: head), .contradiction(field: "head")),
        ] {
            #expect(throws: error) { try Revocation(member: ana, stays: [stay]) }
        }
        let twice = [Revocation.Stay](repeating: .init(incarnation: first, length: 1, head: head), count: 2)
        #expect(throws: AuthorityFormError.outOfRange(field: "stays")) { try Revocation(member: ana, stays: twice) }
    }

    @Test func `64 incarnations fit a root order, and 65 no revocation`() throws {
        let stays = (1...65).map {
            Revocation.Stay(incarnation: Incarnation(number: $0, random: .max), length: 1 << 48, head: head)
        }
        let full = try Revocation(member: ana, stays: Array(stays.dropLast()))
        let order = try RootOrder(
            .revoke(full), serial: .max, time: HybridTime(rawValue: .max), rootKey: RootKey(raw: ana.raw))
        #expect(try RootOrder(decoding: order.bytes) == order)
        #expect(throws: AuthorityFormError.outOfRange(field: "stays")) { try Revocation(member: ana, stays: stays) }
    }

    @Test func `a choice comes back`() throws {
        let choice = try Choice(log: LogID(member: ana, incarnation: first), fork: zero, length: 5, head: head)
        #expect(try Choice(decoding: choice.bytes) == choice)
        for length in [0, 1 << 48 + 1] as [UInt64] {
            #expect(throws: AuthorityFormError.outOfRange(field: "length")) {
                try Choice(log: choice.log, fork: zero, length: length, head: head)
            }
        }
        for field in [(1, "member"), (2, "incarnation"), (3, "fork"), (5, "head")] as [(UInt64, String)] {
            #expect(throws: AuthorityFormError.wrongLength(field: field.1, byteCount: 1)) {
                try Choice(decoding: choice.bytes + Proto.bytes(field.0, [1]))
            }
        }
    }

    @Test func `every kind of root order comes back with its subject`() throws {
        let choice = try Choice(log: LogID(member: ana, incarnation: first), fork: head, length: 5, head: head)
        let key = try World.key("root").publicKey(as: RootKey.self)
        let contents: [RootOrder.Content] = [
            .grant(try Grant(subject: ana, role: .steward)), .revoke(try Revocation(member: ana, stays: [])),
            .revoke(try Revocation(inviteKey: inviteKey, stays: [ana])), .choose(choice),
            .succession(Succession(retired: key, stays: [head, zero], nextKeyHash: head)),
            .networkKey(NetworkKeyName(number: 3, key: SecretBytes(copying: World.bytes32("key")))),
            .sealer(Sealer(member: ana, lastSeal: zero)),
        ]
        for content in contents {
            let order = try RootOrder(content, serial: 2, time: .zero, rootKey: key)
            #expect(order.content == content)
            #expect(order.rootKey == key)
            #expect(try RootOrder(decoding: order.bytes) == order)
            #expect(throws: AuthorityFormError.self) { try RootOrder(decoding: order.bytes + Proto.bytes(3, [1])) }
        }
        #expect(throws: AuthorityFormError.outOfRange(field: "number")) {
            try RootOrder(.networkKey(NetworkKeyName(number: 0, hash: head)), serial: 1, time: .zero)
        }
        #expect(throws: AuthorityFormError.outOfRange(field: "kind")) {
            try RootOrder(.other(kind: 9, subject: []), serial: 1, time: .zero)
        }
    }

    @Test func `an order is genuine under the charter's root, its successor, and whoever these lead to`() throws {
        let world = try World()
        let third = try World.key("third root")
        let successorKey = world.successor.publicKey(as: RootKey.self)
        let grant = try Grant(subject: ana, role: .steward)
        func order(_ content: RootOrder.Content, by key: SigningKey, naming named: SigningKey? = nil) throws
            -> SignedRootOrder
        {
            try RootOrder(content, serial: 1, time: .zero, rootKey: (named ?? key).publicKey())
                .signed(by: key, community: world.charter.id)
        }
        let succession = try order(
            .succession(
                Succession(
                    retired: world.charter.rootKey, stays: [],
                    nextKeyHash: Charter.hash(ofSuccessor: third.publicKey()))), by: world.successor)
        #expect(world.order.isGenuine(under: world.charter))
        #expect(succession.isGenuine(under: world.charter))
        #expect(try order(.grant(grant), by: world.successor).isGenuine(under: world.charter))
        let late = try order(.grant(grant), by: third)
        #expect(!late.isGenuine(under: world.charter))
        #expect(late.isGenuine(under: world.charter, successions: [succession]))
        #expect(try !order(.grant(grant), by: third, naming: world.successor).isGenuine(under: world.charter))
        let forged = SignedRootOrder(order: succession.order, signature: late.signature)
        #expect(!late.isGenuine(under: world.charter, successions: [forged]))

        let time = try #require(HybridTime(milliseconds: World.start))
        let presentation = try Presentation(order: late, successions: [succession])
        #expect(try Presentation(decoding: presentation.bytes) == presentation)
        #expect(try presentation.right(of: ana, presentedAt: time, charter: world.charter).role == .steward)
        #expect(throws: ChainError.orderNotGenuine) {
            try Presentation(order: late).right(of: ana, presentedAt: time, charter: world.charter)
        }
        #expect(successorKey == RootLine(charter: world.charter, orders: [succession.order]).keys.last)
    }

    @Test func `no bytes make these decoders trap`() throws {
        var dice = Dice()
        let stays = [Revocation.Stay(incarnation: first, length: 9, head: head)]
        let choice = try Choice(log: LogID(member: ana, incarnation: first), fork: head, length: 5, head: head)
        let succession = Succession(retired: RootKey(raw: ana.raw), stays: [head], nextKeyHash: head)
        let results = try [
            decodesOrThrows(
                { try Admit(decoding: $0) }, truncationsOf: Admit(inviteKey: inviteKey, members: [ana, ben]).bytes,
                using: &dice),
            decodesOrThrows(
                { try Revocation(decoding: $0) }, truncationsOf: Revocation(member: ana, stays: stays).bytes,
                using: &dice),
            decodesOrThrows({ try Choice(decoding: $0) }, truncationsOf: choice.bytes, using: &dice),
            decodesOrThrows(
                { try RootOrder(decoding: $0) },
                truncationsOf: RootOrder(.succession(succession), serial: 1, time: .zero).bytes, using: &dice),
        ]
        for result in results { #expect(result.thrown > 100) }
    }
}
