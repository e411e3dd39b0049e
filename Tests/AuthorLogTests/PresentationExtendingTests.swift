import AuthorLog
import Identity
import Testing

/// How who was granted a right comes to show it.
struct PresentationExtendingTests {
    private let later = World.start + 10 * World.minute

    @Test func `a grant is shown with how its issuer came to his right`() throws {
        let world = try World()
        var founder = try world.founderAuthor()
        let ben = try World.key("ben"), cem = try World.key("cem")
        let first = try founder.write(
            [Operation(Grant(subject: ben.publicKey(), role: .steward))],
            wallMilliseconds: World.start + 2 * World.minute)
        let bens = try Presentation(extending: world.founderPresentation(), with: first.bundle, index: 0)
        var author = try world.newcomer(ben)
        _ = try author.present(bens, wallMilliseconds: World.start + 3 * World.minute)
        let second = try author.write(
            [
                Operation(Grant(subject: World.key("dan").publicKey(), role: .observer)),
                Operation(Grant(subject: cem.publicKey(), role: .treasurer, sources: ["shop"])),
            ], wallMilliseconds: World.start + 4 * World.minute)
        let cems = try Presentation(extending: bens, with: second.bundle, index: 1)
        let right = try cems.right(
            of: cem.publicKey(), presentedAt: #require(HybridTime(milliseconds: later)), charter: world.charter)
        #expect(right.role == .treasurer && right.issuerDepth == 2 && right.sources == ["shop"])
        var newcomer = try world.newcomer(cem)
        _ = try newcomer.present(cems, wallMilliseconds: later)
        #expect(newcomer.state.rights.map(\.right.role) == [.treasurer])
    }

    @Test func `a steward by ticket grants with the signature that admitted him`() throws {
        let world = try World()
        let ben: MemberKey = try World.key("ben").publicKey()
        let shown = try Presentation(ticket: world.ticket(role: .steward), member: ben)
        var author = try world.newcomer(World.key("ben"))
        _ = try author.present(shown, wallMilliseconds: World.start + 3 * World.minute)
        let cem: MemberKey = try World.key("cem").publicKey()
        let bundle = try author.write([Operation(Grant(subject: cem, role: .observer))], wallMilliseconds: later)
        let presentation = try Presentation(extending: shown, with: bundle.bundle, index: 0)
        let time = try #require(HybridTime(milliseconds: later + 1))
        #expect(try presentation.right(of: cem, presentedAt: time, charter: world.charter).role == .observer)
    }

    @Test func `a root's grant is shown with the successions that lead to its root, and no more`() throws {
        let world = try World()
        let roots = try [world.successor, World.key("third"), World.key("fourth")]
        var orders: [SignedRootOrder] = []
        var retired: RootKey = world.root.publicKey()
        for (index, root) in roots.enumerated() {
            let next: RootKey =
                try index + 1 < roots.count ? roots[index + 1].publicKey() : World.key("last").publicKey()
            let succession = Succession(retired: retired, stays: [], nextKeyHash: Charter.hash(ofSuccessor: next))
            orders.append(
                try RootOrder(
                    .succession(succession), serial: UInt64(index + 2), time: .zero, rootKey: root.publicKey()
                )
                .signed(by: root, community: world.charter.id))
            retired = root.publicKey()
        }
        let line = RootLine(charter: world.charter, orders: orders.map(\.order))
        let grant = try Grant(subject: World.key("ben").publicKey(), role: .steward)
        for (root, count) in zip([world.root] + roots, [0, 0, 2, 3]) {
            let order = try RootOrder(.grant(grant), serial: 9, time: .zero, rootKey: root.publicKey())
                .signed(by: root, community: world.charter.id)
            let shown = try Presentation(rootGrant: order, line: line, orders: orders)
            #expect(shown.successions.count == count)
            let time = try #require(HybridTime(milliseconds: later))
            #expect(try shown.right(of: grant.subject, presentedAt: time, charter: world.charter).role == .steward)
        }
        #expect(throws: AuthorityFormError.self) {
            let order = try RootOrder(.grant(grant), serial: 9, time: .zero, rootKey: roots[2].publicKey())
                .signed(by: roots[2], community: world.charter.id)
            _ = try Presentation(rootGrant: order, line: line, orders: [])
        }
    }

    @Test func `a right covers what adds nothing to it`() {
        func right(
            _ role: Role, until expires: UInt64 = 0, _ quota: UInt64 = 0, _ sources: [String] = []
        ) -> Right {
            Right(
                role: role, expiresMilliseconds: expires, quota: Quota(operationsPerDay: quota, bytesPerDay: 0),
                sources: sources, memberID: MemberID(raw: .zero), person: nil, since: .zero, issuerDepth: 1)
        }
        let treasurer = right(.treasurer, until: 9, 5, ["shop"])
        for covered in [treasurer, right(.observer, until: 9, 5), right(.treasurer, until: 8, 4)] {
            #expect(treasurer.covers(covered))
        }
        for more in [
            right(.steward, until: 1, 1), right(.observer), right(.observer, until: 10, 5),
            right(.observer, until: 9, 6),
            right(.observer, until: 9), right(.treasurer, until: 9, 5, ["shop", "stall"]),
        ] {
            #expect(!treasurer.covers(more))
        }
        #expect(right(.steward).covers(treasurer))
    }
}
