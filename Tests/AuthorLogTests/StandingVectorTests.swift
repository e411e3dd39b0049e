import AuthorLog
import Identity
import Testing

/// Protocol/vectors/log/standing.json: whole small communities, signed, and what stands in each.
struct StandingVectorTests {
    typealias Case = (name: String, vine: SignedVine)

    @Test func `standing`() throws {
        let cases = try [
            cuts(), undone(), forked(), overused(), named(), succeeded(), replaced(),
            powers(), rootWords(), lastWords(), headed(), hiddenForks(), deep(), unnamed(), crowded(), unheld(),
            succeededTwice(),
            manyLogs(), twiceMade(),
        ]
        for (name, vine) in cases {
            let expected = ReferenceVerdict(vine.evidence, vine.held).lines
            #expect(Standing(of: vine.evidence, held: vine.held).lines == expected, "\(name)")
        }
        try VectorFile.check(
            "log/standing.json",
            .object([
                "about":
                    "Whole communities: what is held, and what stands of it. The fields are explained in README.md.",
                "charter": .hex(World().charter.bytes), "cases": .array(try cases.map { try json($0.name, $0.vine) }),
            ]))
    }

    func community() throws -> SignedVine {
        var vine = try SignedVine()
        for name in ["ada", "eve"] { try vine.root(grants: name) }
        try vine.grant("ben", .steward, by: "ada")
        try vine.grant("cem", by: "ben")
        try vine.grant("dan", by: "eve")
        return vine
    }

    func stay(_ point: BranchPoint) throws -> Revocation.Stay {
        Revocation.Stay(incarnation: World.log(try World.key("")).incarnation, length: point.length, head: point.head)
    }

    func key(_ name: String) throws -> MemberKey { try World.key(name).publicKey() }

    func revoke(_ name: String, _ stays: [Revocation.Stay] = []) throws -> Operation {
        Operation(try Revocation(member: key(name), stays: stays))
    }

    private func cuts() throws -> Case {
        var vine = try community()
        let short = try vine.record("cem", 3), long = try vine.record("cem", 4)
        try vine.present("cem", as: "cem's second incarnation", 2)
        try vine.write("eve", [revoke("cem", [stay(long)])])
        try vine.write("ben", [revoke("cem", [stay(BranchPoint(length: short.length + 2, head: long.head))])])
        // Without effect: eve is not above ben, nor he above her, and nobody is above himself.
        try vine.write("eve", [revoke("ben")])
        try vine.write("ben", [revoke("eve"), revoke("ben")])
        let before = try vine.record("ben", 1)
        try vine.grant("fay", by: "ben")
        try vine.write("ada", [revoke("ben", [stay(before)])])
        return ("revocations by several stewards, per incarnation; a grant beyond its issuer's cut", vine)
    }

    private func undone() throws -> Case {
        var vine = try community()
        let good = try vine.record("eve", 1)
        try vine.write("eve", ["ada", "ben", "cem", "dan"].map { try revoke($0) })
        try vine.order(.revoke(Revocation(member: key("eve"), stays: [stay(good)])))
        try vine.order(.networkKey(NetworkKeyName(number: 1, key: vine.world.networkKey)))
        return ("a bad steward cuts everybody, and the root undoes it", vine)
    }

    private func forked() throws -> Case {
        var vine = try community()
        for (name, isChosen) in [("cem", true), ("dan", false)] {
            try vine.record(name, 2)
            try vine.branch(name, as: name + "'s other branch")
            let left = try vine.record(name, 3)
            let right = try vine.record(name + "'s other branch", 5)
            try vine.prove(name, name + "'s other branch", after: 2)
            let fork = Fork(try #require(vine.forks.last))
            if isChosen {
                try vine.write(
                    "eve", [Operation(Choice(log: fork.log, fork: fork.id, length: right.length, head: right.head))])
                try vine.write(
                    "ada", [Operation(Choice(log: fork.log, fork: fork.id, length: left.length, head: left.head))])
                try vine.record(name, 7)
            }
        }
        return ("two forked logs; for one of them two stewards choose, and it goes on", vine)
    }

    private func overused() throws -> Case {
        var vine = try community()
        let (open, closed) = try (World.key("open invite"), World.key("closed invite"))
        try vine.invite(open, .ambassador, uses: 1, by: "ben", admitting: (0..<11).map { "guest \($0)" })
        try vine.write("eve", [Operation(Admit(inviteKey: open.publicKey(), members: [key("guest 4")]))])
        try vine.invite(closed, .observer, uses: 5, by: "ada", admitting: (0..<3).map { "caller \($0)" })
        try vine.write("eve", [Operation(Revocation(inviteKey: closed.publicKey(), stays: [key("caller 1")]))])
        return ("an overused invite, and a revoked one", vine)
    }

    private func named() throws -> Case {
        var vine = try community()
        let invite = try World.key("council invite")
        try vine.invite(invite, .steward, uses: 2, by: "ben", admitting: ["fay", "gus"])
        try vine.write("ada", [Operation(Admit(inviteKey: invite.publicKey(), members: [key("fay")]))])
        try vine.write("eve", [Operation(Admit(inviteKey: invite.publicKey(), members: [key("gus")]))])
        for name in ["fay", "gus"] { try vine.grant(name + "'s friend", by: name) }
        try vine.write("eve", [revoke("fay"), revoke("gus")])
        return ("two stewards by an invite; one of them is named by somebody above the invite", vine)
    }

    private func succeeded() throws -> Case {
        var vine = try community()
        let root = vine.world.charter.rootKey
        let succession = try Succession(
            retired: root, stays: [vine.orders[0].hash],
            nextKeyHash: Charter.hash(ofSuccessor: World.key("third").publicKey()))
        try vine.order(.succession(succession), by: vine.world.successor)
        try vine.order(.revoke(Revocation(member: key("ada"), stays: [])))
        try vine.root(grants: "hal", by: vine.world.successor)
        try vine.order(.sealer(Sealer(member: key("ada"), lastSeal: Hash256(raw: .zero))), by: vine.world.successor)
        return ("a successor retires the root and keeps one of its grants", vine)
    }

    private func replaced() throws -> Case {
        var vine = try community()
        let mine = try vine.record("cem", 2)
        try vine.record("cem", 9)
        try vine.write("ada", [revoke("cem", [stay(mine)])])
        try vine.grant("cem's new key", by: "ada", memberOf: "cem")
        try vine.grant("a thief", by: "eve", memberOf: "cem")
        return ("a stolen key is replaced; another steward cannot give its member id", vine)
    }

    // MARK: As text

    private func json(_ name: String, _ vine: SignedVine) throws -> JSONText {
        let standing = Standing(of: vine.evidence, held: vine.held)
        return .object([
            "case": .string(name), "orders": .array(vine.orders.map { .hex($0.bytes) }),
            "runs": .array(vine.branches.filter { !$0.isEmpty }.map { .hex(Run.encode($0)) }),
            "fork_proofs": .array(vine.forks.map { .hex($0.bytes) }),
            "root": .hex(standing.line.keys.last ?? vine.world.charter.rootKey),
            "network_key_number": .number(standing.networkKeys.first?.number ?? 0),
            "sealer": standing.sealer.map { .hex($0.member) } ?? .null,
            "logs": .array(standing.logs.map(json)), "members": .array(standing.members.map(json)),
            "invites": .array(standing.invites.map(json)),
            "acts": .array(
                standing.acts.map {
                    .object([
                        "bundle": .hex($0.id.bundle), "index": .number(UInt64($0.id.index)),
                        "level": .number(UInt64($0.level)),
                    ])
                }),
        ])
    }

    private func json(_ log: LogStanding) -> JSONText {
        .object([
            "member": .hex(log.log.member), "incarnation": .hex(log.log.incarnation.bytes),
            "length": .number(log.length),
            "head": .hex(log.head), "forked_at": log.forkedAt.map { .number($0) } ?? .null,
            "limit": log.limit.map { .number($0) } ?? .null,
            "rights_from": .array(log.rights.compactMap(\.fromPosition).map { .number($0) }),
        ])
    }

    private func json(_ member: MemberStanding) -> JSONText {
        .object([
            "key": .hex(member.key), "role": .number(UInt64(member.role.rawValue)),
            "depth": member.depth.map { .number(UInt64($0)) } ?? .null, "chain": .array(member.chain.map { .hex($0) }),
            "steward_depth": member.stewardDepth.map { .number(UInt64($0)) } ?? .null,
            "member_ids": .array(Set(member.rights.map(\.right.memberID)).sorted().map { .hex($0) }),
            "revoked": .bool(member.isRevoked),
        ])
    }

    private func json(_ invite: InviteStanding) -> JSONText {
        .object([
            "bundle": .hex(invite.id.bundle), "index": .number(UInt64(invite.id.index)),
            "admitted": .array(invite.admitted.map { .hex($0) }), "over_used": .array(invite.overUsed.map { .hex($0) }),
            "refused": .array(invite.refused.map { .hex($0) }), "revoked": .bool(invite.isRevoked),
        ])
    }
}
