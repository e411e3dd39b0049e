import AuthorLog
import Identity
import Testing

struct ChainTests {
    private let ana: SigningKey
    private let ben: SigningKey
    private let world: World
    private let late: HybridTime

    init() throws {
        ana = try World.key("ana")
        ben = try World.key("ben")
        world = try World()
        late = try #require(HybridTime(milliseconds: World.start + 30 * World.day))
    }

    private func right(
        _ key: SigningKey, _ excerpts: [Excerpt], invite: Signature? = nil, at time: HybridTime? = nil,
        in world: World? = nil
    ) throws -> Right {
        let world = world ?? self.world
        return try Presentation(order: world.order, excerpts: excerpts, inviteSignatures: [invite].compactMap(\.self))
            .right(of: key.publicKey(), presentedAt: time ?? late, charter: world.charter)
    }

    @Test func `the root's own grantee has a right at depth 0`() throws {
        let right = try right(world.founder, [])
        #expect(right.role == .steward)
        #expect(right.issuerDepth == 0)
        #expect(right.since.milliseconds == World.start)
        #expect(right.memberID == MemberID(firstKey: world.founder.publicKey()))
    }

    @Test func `four people may stand in a chain, the fifth is too deep`() throws {
        let (keys, excerpts) = try chain(of: ["s2", "s3", "s4", "s5"])
        let fourth = try right(keys[2], Array(excerpts.prefix(3)))
        #expect(fourth.issuerDepth == 3)
        #expect(throws: ChainError.tooDeep(subjects: 5)) { try right(keys[3], excerpts) }
    }

    @Test func `an invited member is a person, too`() throws {
        let (keys, excerpts) = try chain(of: ["s2", "s3", "s4"])
        for (count, expected) in [(2, nil), (3, ChainError.tooDeep(subjects: 5))] {
            let last = keys[count - 1]
            let links = Array(excerpts.prefix(count))
            var author = try world.newcomer(last)
            let start = World.start + World.day
            _ = try author.present(Presentation(order: world.order, excerpts: links), wallMilliseconds: start)
            let inviteKey = try World.key("deep invite")
            let invite = try Invite(inviteKey: inviteKey.publicKey(), role: .observer)
            let bundle = try author.write([Operation(invite)], wallMilliseconds: start).bundle
            let all = links + [try Excerpt(of: bundle, index: 0)]
            let signature = use(inviteKey, of: ana)
            if let expected {
                #expect(throws: expected) { try right(ana, all, invite: signature) }
            } else {
                #expect(try right(ana, all, invite: signature).issuerDepth == 3)
            }
        }
    }

    @Test func `no key twice`() throws {
        var founder = try world.founderAuthor()
        let self1 = try founder.grant(grant(world.founder), wallMilliseconds: World.start + World.day)
        let key = world.founder.publicKey(as: MemberKey.self)
        #expect(throws: ChainError.repeatedKey(key)) { try right(world.founder, [self1]) }

        let ticket = try world.ticket()
        let signature = use(ticket.inviteKey, of: world.founder)
        #expect(throws: ChainError.repeatedKey(key)) { try right(world.founder, ticket.excerpts, invite: signature) }
    }

    @Test func `an issuer whose own right has ended grants nothing`() throws {
        let expires = World.start + World.day
        let world = try World(founderExpires: expires)
        for (moment, fits) in [(expires - 1, true), (expires, false)] {
            let excerpt = try forged(world.founder, grant(ana), in: world, milliseconds: moment)
            if fits {
                #expect(try right(ana, [excerpt], in: world).role == .ambassador)
            } else {
                #expect(throws: ChainError.issuerExpired(link: 1)) { try right(ana, [excerpt], in: world) }
            }
        }
    }

    @Test func `only a steward grants`() throws {
        let world = try World(founderRole: .treasurer)
        let excerpt = try forged(world.founder, grant(ana), in: world)
        #expect(throws: ChainError.issuerIsNoSteward(link: 1)) { try right(ana, [excerpt], in: world) }
    }

    @Test func `times ascend from link to link, and the use is later still`() throws {
        let excerpt = try forged(world.founder, grant(ana), in: world, milliseconds: World.start)
        #expect(throws: ChainError.timesNotAscending(link: 1)) { try right(ana, [excerpt]) }
        let good = try forged(world.founder, grant(ana), in: world, milliseconds: World.start + 1)
        #expect(throws: ChainError.presentedTooEarly(lastLink: good.header.time)) {
            try right(ana, [good], at: good.header.time)
        }
        #expect(try right(ana, [good], at: good.header.time.next).since == good.header.time)
    }

    @Test func `a link stands in the log of the subject before it`() throws {
        let excerpt = try forged(ben, grant(ana), in: world)
        #expect(throws: ChainError.wrongIssuer(link: 1)) { try right(ana, [excerpt]) }
    }

    @Test func `a chain is of one community`() throws {
        let foreign = try World(founderRole: .steward, founderQuota: Quota(operationsPerDay: 1, bytesPerDay: 1))
        #expect(foreign.charter.id == world.charter.id)
        let other = try Charter(
            title: "Other", currency: "EUR", createdMilliseconds: 1, rootKey: world.root.publicKey(),
            successorKeyHash: world.charter.successorKeyHash, personKeyHash: world.charter.personKeyHash)
        let excerpt = try forged(world.founder, grant(ana), in: world, community: other.id)
        #expect(throws: ChainError.wrongCommunity(link: 1)) { try right(ana, [excerpt]) }
        let presentation = try Presentation(order: world.order)
        #expect(throws: ChainError.orderNotGenuine) {
            try presentation.right(of: world.founder.publicKey(), presentedAt: late, charter: other)
        }
    }

    @Test func `the chain belongs to whoever it ends in`() throws {
        let excerpt = try forged(world.founder, grant(ana), in: world)
        #expect(throws: ChainError.wrongMember(expected: ana.publicKey())) { try right(ben, [excerpt]) }
    }

    @Test func `a steward who was invited grants on, with the signature that admitted him`() throws {
        let ticket = try world.ticket(role: .steward)
        let after = try forged(ana, grant(ben), in: world, milliseconds: World.start + World.day)
        let admitted = use(ticket.inviteKey, of: ana)
        let right = try right(ben, ticket.excerpts + [after], invite: admitted)
        #expect(right.issuerDepth == 2)
        #expect(throws: ChainError.inviteSignatureCount(expected: 1, actual: 0)) {
            try self.right(ben, ticket.excerpts + [after])
        }
        #expect(throws: ChainError.badInviteSignature) {
            try self.right(ben, ticket.excerpts + [after], invite: use(ticket.inviteKey, of: ben))
        }
    }

    @Test func `an ambassador who was invited grants nothing`() throws {
        let ticket = try world.ticket()
        let after = try forged(ana, grant(ben), in: world, milliseconds: World.start + World.day)
        #expect(throws: ChainError.issuerIsNoSteward(link: 2)) {
            try right(ben, ticket.excerpts + [after], invite: use(ticket.inviteKey, of: ana))
        }
    }

    @Test func `an invite is used with a signature over the very member key`() throws {
        let ticket = try world.ticket()
        #expect(try right(ana, ticket.excerpts, invite: use(ticket.inviteKey, of: ana)).role == .ambassador)
        for signature in [use(ticket.inviteKey, of: ben), use(ana, of: ana)] {
            #expect(throws: ChainError.badInviteSignature) { try right(ana, ticket.excerpts, invite: signature) }
        }
        #expect(throws: ChainError.inviteSignatureCount(expected: 1, actual: 0)) { try right(ana, ticket.excerpts) }
        let excerpt = try forged(world.founder, grant(ana), in: world)
        #expect(throws: ChainError.inviteSignatureCount(expected: 0, actual: 1)) {
            try right(ana, [excerpt], invite: use(ticket.inviteKey, of: ana))
        }
    }

    @Test func `an invite's expiry ends no right`() throws {
        let expires = World.start + World.day
        let ticket = try world.ticket(inviteExpires: expires, rightExpires: expires + World.day)
        let signature = use(ticket.inviteKey, of: ana)
        for time in [expires - 1, expires, expires + 2 * World.day] {
            let found = try right(ana, ticket.excerpts, invite: signature, at: HybridTime(milliseconds: time))
            #expect(found.expiresMilliseconds == expires + World.day)
        }
    }

    @Test func `signatures, commitments and index must fit`() throws {
        var founder = try world.founderAuthor()
        let bundle = try founder.write(
            [Operation(grant(ana)), Operation(grant(ben))], wallMilliseconds: World.start + World.day
        ).bundle
        let operations = try bundle.operations()
        #expect(try right(ben, [Excerpt(of: bundle, index: 1)]).role == .ambassador)

        let commitments = operations.map(\.commitment.bytes)
        func excerpt(
            signature: [UInt8]? = nil, commitments: [[UInt8]], index: UInt64, operation: [UInt8]
        ) throws -> Excerpt {
            try Excerpt(
                decoding: Proto.bytes(1, bundle.header.bytes)
                    + Proto.bytes(2, signature ?? bundle.signature?.bytes ?? [])
                    + Proto.bytes(3, commitments.flatMap { $0 }) + Proto.number(4, index) + Proto.bytes(5, operation))
        }
        let public1 = operations[1].publicPart
        _ = try right(ben, [excerpt(commitments: commitments, index: 1, operation: public1)])

        var bad = bundle.signature?.bytes ?? []
        bad[40] ^= 1
        #expect(throws: ChainError.badSignature(link: 1)) {
            try right(ben, [excerpt(signature: bad, commitments: commitments, index: 1, operation: public1)])
        }
        #expect(throws: ChainError.notInBundle(link: 1)) {
            try right(ben, [excerpt(commitments: commitments, index: 0, operation: public1)])
        }
        #expect(throws: ChainError.notInBundle(link: 1)) {
            try right(ben, [excerpt(commitments: commitments.reversed(), index: 0, operation: public1)])
        }
        #expect(throws: ChainError.notInBundle(link: 1)) {
            try right(ana, [excerpt(commitments: commitments, index: 1, operation: operations[0].publicPart)])
        }
        #expect(throws: AuthorityFormError.outOfRange(field: "index")) {
            try excerpt(commitments: commitments, index: 2, operation: public1)
        }
        #expect(throws: AuthorityFormError.wrongLength(field: "commitments", byteCount: 32)) {
            try excerpt(commitments: Array(commitments.prefix(1)), index: 0, operation: public1)
        }
    }

    @Test func `a link is a grant or an invite`() throws {
        for operation in [
            Operation(kind: 5, body: []), Operation(kind: 2, body: [1, 2, 3]), Operation(kind: 3, body: []),
            Operation(kind: 32, body: try grant(ana).bytes),
        ] {
            let excerpt = try forged(world.founder, operation, in: world)
            #expect(throws: ChainError.notAGrant(link: 1)) { try right(ana, [excerpt]) }
        }
    }

    @Test func `the order is a grant by the root`() throws {
        let forged = try RootOrder(granting: grant(ana), serial: 1, time: .zero)
            .signed(by: ana, community: world.charter.id)
        #expect(throws: ChainError.orderNotGenuine) {
            try Presentation(order: forged).right(of: ana.publicKey(), presentedAt: late, charter: world.charter)
        }
        let later = try RootOrder(decoding: Proto.number(1, 1) + Proto.number(2, 7))
            .signed(by: world.root, community: world.charter.id)
        #expect(throws: ChainError.orderIsNoGrant) {
            try Presentation(order: later).right(of: ana.publicKey(), presentedAt: late, charter: world.charter)
        }
    }

    private func grant(_ key: SigningKey) throws -> Grant {
        try Grant(subject: key.publicKey(), role: .ambassador)
    }

    private func use(_ inviteKey: SigningKey, of member: SigningKey) -> Signature {
        inviteKey.sign(
            SignatureDomain("gv invite use").message(community: world.charter.id, content: member.publicBytes.bytes))
    }

    /// Stewards, each granted by the one before, and the founder's grant to the first.
    private func chain(of names: [String]) throws -> (keys: [SigningKey], excerpts: [Excerpt]) {
        var (keys, excerpts) = ([SigningKey](), [Excerpt]())
        var issuer = world.founder
        for (index, name) in names.enumerated() {
            let key = try World.key(name)
            let grant = try Grant(subject: key.publicKey(), role: .steward)
            excerpts.append(
                try forged(issuer, grant, in: world, milliseconds: World.start + UInt64(index + 1) * World.minute))
            keys.append(key)
            issuer = key
        }
        return (keys, excerpts)
    }

    private func forged(
        _ issuer: SigningKey, _ grant: Grant, in world: World, milliseconds: UInt64 = World.start + World.minute,
        community: CommunityID? = nil
    ) throws -> Excerpt {
        try forged(issuer, Operation(grant), in: world, milliseconds: milliseconds, community: community)
    }

    /// An excerpt of a bundle that stands in no log: what comes before it is not looked at.
    private func forged(
        _ issuer: SigningKey, _ operation: Operation, in world: World,
        milliseconds: UInt64 = World.start + World.minute,
        community: CommunityID? = nil
    ) throws -> Excerpt {
        let bundle = try Bundle.author(
            [operation], at: #require(HybridTime(milliseconds: milliseconds)), position: 1,
            previous: Hash256(raw: .zero), log: World.log(issuer), community: community ?? world.charter.id, key: issuer
        )
        return try Excerpt(
            decoding: Proto.bytes(1, bundle.header.bytes) + Proto.bytes(2, #require(bundle.signature).bytes)
                + Proto.bytes(3, operation.commitment.bytes) + Proto.bytes(5, operation.publicPart))
    }
}
