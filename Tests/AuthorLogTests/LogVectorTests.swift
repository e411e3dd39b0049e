import AuthorLog
import Identity
import Testing

/// Protocol/vectors/log: made from fixed keys and times, committed, and made again here to be compared.
struct LogVectorTests {
    private let world: World
    private let noon = World.start + World.day
    private let salt: Bytes16

    init() throws {
        world = try World()
        salt = try #require(Bytes16(World.bytes32("salt").prefix(16)))
    }

    @Test func `charter`() throws {
        let charter = world.charter
        try VectorFile.check(
            "log/charter.json",
            .object([
                "about": "A Charter message and the community id it hashes to; keys are Ed25519 seeds.",
                "title": .string(charter.title), "currency": .string(charter.currency),
                "created_ms": .number(charter.createdMilliseconds), "root_seed": world.root.json,
                "root_key": .hex(charter.rootKey), "successor_key": .hex(world.successor.publicBytes.bytes),
                "successor_key_hash": .hex(charter.successorKeyHash), "attribution": .number(0),
                "window_days": .number(UInt64(charter.windowDays)),
                "qualifying_minor": .number(UInt64(charter.qualifyingMinor)), "calendar": .number(0),
                "person_key": .hex(World.bytes32("person key")), "person_key_hash": .hex(charter.personKeyHash),
                "bytes": .hex(charter.bytes), "community_id": .hex(charter.id),
            ]))
    }

    @Test func `root order`() throws {
        let order = world.order
        let second = try RootOrder(
            granting: Grant(
                subject: World.key("ana").publicKey(), role: .treasurer, expiresMilliseconds: noon,
                quota: Quota(operationsPerDay: 1_000, bytesPerDay: 1_000_000), sources: ["kickstarter"]),
            serial: 2, time: HybridTime(rawValue: World.start << 16 | 7)
        ).signed(by: world.root, community: world.charter.id)
        func json(_ order: SignedRootOrder) -> JSONText {
            .object([
                "serial": .number(order.order.serial), "time": .time(order.order.time),
                "order": .hex(order.order.bytes),
                "order_hash": .hex(order.hash),
                "signed_message": .hex(
                    SignatureDomain("gv root order").message(community: world.charter.id, content: order.order.bytes)),
                "signature": .hex(order.signature.bytes), "signed_root_order": .hex(order.bytes),
            ])
        }
        try VectorFile.check(
            "log/root-order.json",
            .object([
                "about": "Root orders (kind 1, grant), signed by the root; orders_hash is the frontier's first row.",
                "community_id": .hex(world.charter.id), "root_key": .hex(world.charter.rootKey),
                "orders": .array([json(order), json(second)]),
                "orders_hash": .object([
                    "none": .hex(SignedRootOrder.hash(of: [])), "first": .hex(SignedRootOrder.hash(of: [order])),
                    "both": .hex(SignedRootOrder.hash(of: [second, order])),
                ]),
            ]))
    }

    @Test func `grant, excerpt and presentation`() throws {
        let ana = try World.key("ana")
        var founder = try world.founderAuthor()
        let grants = try [
            Grant(subject: World.key("ben").publicKey(), role: .observer),
            Grant(
                subject: ana.publicKey(), role: .ambassador, expiresMilliseconds: noon + 30 * World.day,
                quota: Quota(operationsPerDay: 500, bytesPerDay: 0), person: PersonID(salt.bytes)),
        ]
        let bundle = try founder.write(grants.map { Operation($0) }, wallMilliseconds: noon).bundle
        let excerpt = try Excerpt(of: bundle, index: 1)
        let presentation = try Presentation(order: world.order, excerpts: [excerpt])
        let presentedAt = try #require(HybridTime(milliseconds: noon + 1))
        let right = try presentation.right(of: ana.publicKey(), presentedAt: presentedAt, charter: world.charter)
        try VectorFile.check(
            "log/presentation.json",
            .object([
                "about":
                    "A grant by the founder, its excerpt, and the presentation by which its subject proves the right.",
                "charter": .hex(world.charter.bytes), "operation": .hex(Operation(grants[1]).publicPart),
                "excerpt": json(excerpt), "presentation": .hex(presentation.bytes),
                "chain_hash": .hex(presentation.hash), "member": .hex(ana.publicBytes.bytes),
                "presented_at": .time(presentedAt), "right": json(right),
            ]))
    }

    @Test func `invite and ticket`() throws {
        let member = try World.key("newcomer")
        let ticket = try world.ticket(
            inviteExpires: noon, rightExpires: noon + 90 * World.day, uses: 5,
            quota: Quota(operationsPerDay: 100, bytesPerDay: 100_000))
        let excerpt = try #require(ticket.excerpts.first)
        let presentation = try Presentation(ticket: ticket, member: member.publicKey())
        let presentedAt = try #require(HybridTime(milliseconds: noon - 1))
        let right = try presentation.right(of: member.publicKey(), presentedAt: presentedAt, charter: world.charter)
        let useMessage = SignatureDomain("gv invite use")
            .message(community: world.charter.id, content: member.publicBytes.bytes)
        let damaged = [String(ticket.text.dropLast()), "GRAPEVINE1" + String(ticket.text.dropFirst(11))]
        let newer = "GRAPEVINE2" + String(ticket.text.dropFirst(10))
        try VectorFile.check(
            "log/ticket.json",
            .object([
                "about":
                    "An invite, the ticket that carries it, and what a newcomer makes of it. damaged: each is refused.",
                "invite_operation": .hex(Operation(ticket.invite).publicPart), "invite_seed": ticket.inviteKey.json,
                "excerpt": json(excerpt), "network_key": .hex(World.bytes32("network key")),
                "person_key": .hex(World.bytes32("person key")),
                "addresses": .array(ticket.addresses.map { .string($0) }),
                "text": .string(ticket.text), "member": .hex(member.publicBytes.bytes),
                "invite_use_message": .hex(useMessage),
                "invite_signatures": .array(presentation.inviteSignatures.map { .hex($0.bytes) }),
                "presentation": .hex(presentation.bytes), "chain_hash": .hex(presentation.hash),
                "presented_at": .time(presentedAt), "right": json(right),
                "damaged": .array(damaged.map { .string($0) }), "newer": .string(newer),
            ]))
    }

    @Test func `bundles`() throws {
        var author = try world.newcomer(world.founder)
        let held = Operation.record(
            1, privatePart: .held(salt: salt, bytes: Array("{\"contact\":\"ana@example.org\"}".utf8)))
        let operations: [Operation] = [
            held, .record(2), .record(1, privatePart: .notHeld(inner: held.inner)),
            .record(3, privatePart: .held(salt: salt, bytes: [])), Operation(kind: 200, body: []),
        ]
        var bundles = [try author.present(world.founderPresentation(), wallMilliseconds: noon).bundle]
        bundles.append(try author.write([.record(0)], wallMilliseconds: noon).bundle)
        bundles.append(try author.write(operations, wallMilliseconds: noon).bundle)
        try VectorFile.check(
            "log/bundles.json",
            .object([
                "about": "Consecutive bundles of one log: operations, commitments, header, id, signature.",
                "community_id": .hex(world.charter.id), "member_seed": world.founder.json,
                "bundles": .array(try bundles.map { try json($0) }),
            ]))
    }

    @Test func `runs`() throws {
        var author = try world.newcomer(world.founder)
        let held = Operation.record(1, privatePart: .held(salt: salt, bytes: Array("Ana".utf8)))
        let erased = Operation.record(1, privatePart: .notHeld(inner: held.inner))
        var bundles = [try author.present(world.founderPresentation(), wallMilliseconds: noon).bundle]
        bundles.append(try author.write([held, .record(2)], wallMilliseconds: noon).bundle)
        for count in [1, 40, 30, 1, 2] { bundles.append(try author.record(count, wallMilliseconds: noon)) }
        let again = try Bundle.author(
            [erased, .record(2)], at: bundles[1].header.time, position: 1, previous: bundles[0].id,
            log: author.state.log, community: world.charter.id, key: world.founder)
        #expect(again.id == bundles[1].id)

        var cut = RunWriter(RunHead(of: bundles[0].header))
        cut.append(bundles[0])
        cut.append(time: bundles[1].header.time, operationCount: 2, body: bundles[1].body[...], signature: nil)
        cut.append(bare: bundles[2].header, signature: nil)
        cut.append(bare: bundles[3].header, signature: nil)
        cut.append(bare: bundles[4].header, signature: bundles[4].signature)

        var bare = RunWriter(RunHead(of: bundles[2].header))
        bare.append(bare: bundles[2].header, signature: nil)
        bare.append(bare: bundles[3].header, signature: nil)
        bare.append(bare: bundles[4].header, signature: bundles[4].signature)

        func verified(_ bytes: [UInt8]) throws -> (RunVerifier, [VerifiedBundle]) {
            var verifier = RunVerifier(
                state: LogState(log: author.state.log, community: world.charter.id), charter: world.charter)
            let verified = try verifier.receive(bytes)
            return (verifier, verified)
        }
        func json(_ bytes: [UInt8]) throws -> JSONText {
            let (verifier, verified) = try verified(bytes)
            return .object([
                "run": .hex(bytes), "bundle_ids": .array(verified.map { .hex($0.bundle.id) }),
                "positions": .array(verified.map { .number($0.bundle.header.position) }),
                "times": .array(verified.map { .time($0.bundle.header.time) }),
                "signature_kept": .array(verified.map { .bool($0.bundle.keepsSignature) }),
                "length": .number(verifier.state.length), "head": .hex(verifier.state.head),
            ])
        }
        var badHead = try Run.kept(bundles)
        badHead[badHead.count - 1] ^= 1
        try VectorFile.check(
            "log/runs.json",
            .object([
                "about": "One log from its beginning, as a node that keeps signatures by the rule serves it.",
                "charter": .hex(world.charter.bytes), "member": .hex(author.state.log.member),
                "incarnation": .hex(author.state.log.incarnation.bytes),
                "whole": try json(Run.kept(bundles)),
                "private_part_not_held": try json(Run.kept([bundles[0], again] + bundles[2...])),
                "cut_with_bare_headers": try json(cut.bytes),
                "bare_headers_alone": .object([
                    "run": .hex(bare.bytes), "bundle_ids": .array(bundles[2...4].map { .hex($0.id) }),
                ]),
                "refused": .array([
                    .object(["why": "bad signature of the head", "run": .hex(badHead)]),
                    .object(["why": "no signature at the end", "run": .hex(badHead.dropLast(64).unsigned(at: bundles))]
                    ),
                ]),
            ]))
    }

    @Test func `quota`() throws {
        let ana = try World.key("ana")
        let quota = Quota(operationsPerDay: 10, bytesPerDay: 100)
        var (author, _) = try world.member(ana, quota: quota)
        var steps: [JSONText] = []
        let attempts: [(wait: UInt64, count: Int)] = [
            (0, 4), (0, 7), (0, 6), (0, 1), (8_639_999, 1), (8_640_000, 1), (World.day * 30, 11), (World.day * 30, 10),
        ]
        for (wait, count) in attempts {
            let before = author.state
            let isAdmitted = (try? author.record(count, wallMilliseconds: before.time.milliseconds + wait)) != nil
            steps.append(
                .object([
                    "milliseconds_after_previous_header": .number(wait), "operations": .number(UInt64(count)),
                    "public_bytes": .number(UInt64(count) * 8), "admitted": .bool(isAdmitted),
                ]))
            if !isAdmitted { #expect(author.state == before) }
        }
        try VectorFile.check(
            "log/quota.json",
            .object([
                "about":
                    "After a first present: bundles in order. A refused one leaves no trace; the next counts from the same header.",
                "operations_per_day": .number(quota.operationsPerDay), "bytes_per_day": .number(quota.bytesPerDay),
                "steps": .array(steps),
            ]))
    }

    @Test func `fork proof`() throws {
        let fork = try ForkFixture()
        let (proof, _) = try fork.proof()
        try VectorFile.check(
            "log/fork-proof.json",
            .object([
                "about": "Two branches of one log after a common header. refused: the same with the branches swapped.",
                "community_id": .hex(proof.community), "member": .hex(proof.log.member),
                "incarnation": .hex(proof.log.incarnation.bytes), "forked_at": .number(proof.position),
                "previous": .hex(fork.trunk[1].id),
                "branches": .array(
                    [proof.branches.0, proof.branches.1].map { branch in
                        .object([
                            "bundle_ids": .array(branch.headers.map { .hex($0.id) }),
                            "headers": .array(branch.headers.map { .hex($0.bytes) }),
                            "signature": .hex(branch.signature.bytes),
                        ])
                    }),
                "proof": .hex(proof.bytes), "refused": .hex(Self.swapped(proof.bytes)),
            ]))
    }

    @Test func `frontier`() throws {
        let rows = try (0..<300).map { number in
            try FrontierTreeTests.row(
                number, length: UInt64(number) * 1_000 + 1, forkedAt: number.isMultiple(of: 50) ? UInt64(number) : nil)
        }
        let orders = SignedRootOrder.hash(of: [world.order])
        let trees = [0, 1, 16, 17, 300].map { count -> JSONText in
            var tree = FrontierTree(rows.prefix(count))
            let prefixes: [[UInt8]] = [[], [0], [7], [15], [7, 3]]
            return .object([
                "rows": .number(UInt64(count)), "frontier_hash": .hex(tree.hash(orders: orders)),
                "nodes": .array(
                    prefixes.map { prefix in
                        .object([
                            "prefix": .hex(prefix), "rows_under": .number(UInt64(tree.count(under: prefix))),
                            "hash": .hex(tree.node(at: prefix)),
                        ])
                    }),
            ])
        }
        try VectorFile.check(
            "log/frontier.json",
            .object([
                "about": "Trees of the first so many rows. A prefix is nibbles, one a byte; hashes uncut.",
                "orders_hash": .hex(orders), "trees": .array(trees),
                "rows": .array(
                    rows.map { .object(["log_id": .hex($0.log.hash), "row": .hex($0.bytes)]) }),
            ]))
    }

    @Test func `mark`() throws {
        let mark = Mark(
            sequence: 9, incarnation: Incarnation(number: 2, random: 3), token: salt, length: 1_234,
            head: Hash256(raw: try #require(Bytes32(World.bytes32("head")))),
            database: FileIdentity(inode: 11, birthNanoseconds: 12), mark: FileIdentity(inode: 13, birthNanoseconds: 0))
        try VectorFile.check(
            "log/mark.json",
            .object([
                "about": "One slot of the mark beside the key.", "sequence": .number(mark.sequence),
                "incarnation": .hex(mark.incarnation.bytes), "token": .hex(mark.token.bytes),
                "length": .number(mark.length), "head": .hex(mark.head), "database_inode": .number(11),
                "database_birth_ns": .number(12), "mark_inode": .number(13), "mark_birth_ns": .number(0),
                "slot": .hex(mark.slot), "offset": .number(UInt64(mark.slotOffset)),
            ]))
    }

    private func json(_ bundle: Bundle) throws -> JSONText {
        .object([
            "operations": .array(
                try bundle.operations().map { operation in
                    let salt, privatePart: JSONText
                    if case .held(let heldSalt, let bytes) = operation.privatePart {
                        (salt, privatePart) = (.hex(heldSalt.bytes), .hex(bytes))
                    } else {
                        (salt, privatePart) = (.null, .null)
                    }
                    return .object([
                        "public": .hex(operation.publicPart), "salt": salt, "private": privatePart,
                        "inner": .hex(operation.inner), "commitment": .hex(operation.commitment),
                    ])
                }),
            "body": .hex(bundle.body), "position": .number(bundle.header.position),
            "previous": .hex(bundle.header.previous), "time": .time(bundle.header.time),
            "body_root": .hex(bundle.header.bodyRoot), "header": .hex(bundle.header.bytes),
            "bundle_id": .hex(bundle.id),
            "signature": .hex(bundle.signature?.bytes ?? []),
        ])
    }

    private func json(_ excerpt: Excerpt) -> JSONText {
        .object([
            "header": .hex(excerpt.header.bytes), "signature": .hex(excerpt.signature.bytes),
            "commitments": .array(excerpt.commitments.map { .hex($0) }), "index": .number(UInt64(excerpt.index)),
            "operation": .hex(excerpt.operation), "bytes": .hex(excerpt.bytes),
        ])
    }

    private func json(_ right: Right) -> JSONText {
        .object([
            "role": .number(UInt64(right.role.rawValue)), "expires_ms": .number(right.expiresMilliseconds),
            "operations_per_day": .number(right.quota.operationsPerDay),
            "bytes_per_day": .number(right.quota.bytesPerDay),
            "member_id": .hex(right.memberID), "person": right.person.map { .hex($0) } ?? .null,
            "since": .time(right.since), "issuer_depth": .number(UInt64(right.issuerDepth)),
        ])
    }

    private static func swapped(_ proof: [UInt8]) throws -> [UInt8] {
        var reader = ByteReader(proof)
        let one = try reader.bytes(Int(reader.u32()))
        let rest = reader.rest()
        return rest + proof.prefix(4 + one.count)
    }
}

extension SigningKey {
    fileprivate var json: JSONText { .hex(seed.withUnsafeBytes { [UInt8]($0) }) }
}

extension ArraySlice<UInt8> {
    /// Clears the flag of a last entry whose signature was cut off.
    fileprivate func unsigned(at bundles: [Bundle]) -> [UInt8] {
        var bytes = [UInt8](self)
        if let last = bundles.last { bytes[bytes.count - last.body.count - 1] = 0 }
        return bytes
    }
}
