import Community
import Identity
import Testing

@testable import AuthorLog
@testable import Storage

/// The table of roles, every cell of it, through a whole store: what only the allowed cells do, and what all of them do.
struct RolesTests {
    private static let roles: [Role] = [.observer, .ambassador, .treasurer, .steward]
    private static let nonce = Bytes16([UInt8](repeating: 3, count: 16)) ?? .zero

    /// A store in which a member of that role is about to write.
    private struct Stage {
        let fixture: ReplicaFixture
        let store: ReplicaStore
        let author: Int
        var log: LogID { fixture.authors[author].state.log }

        init(_ role: Role) throws {
            fixture = try ReplicaFixture()
            author = try fixture.addMember(role, sources: ["shop"])
            store = try fixture.store("a")
        }

        func ingest(_ runs: some Collection<[UInt8]>) async throws -> [IngestOutcome] {
            let arrivals = runs.enumerated().map { Arrival(source: UInt64($0.offset), part: $0.element) }
            return try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall).outcomes
        }

        /// The last of the author's log, kept and served to whoever asks.
        func expectKeptAndServed() async throws {
            let state = fixture.authors[author].state
            #expect(try await store.logState(of: log) == state)
            let served = try await store.run(
                of: log, from: 0, head: Hash256(raw: .zero), to: state.length, byteLimit: 1 << 20)
            guard case .part(_, let end, let head) = served else {
                Issue.record("nothing is served: \(served)")
                return
            }
            #expect(end == state.length && head == state.head)
        }
    }

    /// The least that states a fact.
    private func record(_ fact: Fact, by member: MemberID, _ fixture: ReplicaFixture) throws -> Record {
        let usd = try #require(Amount(minor: 100, currency: fixture.currency))
        let own = fixture.pseudonyms.pledge(by: member, nonce: Self.nonce)
        let other = fixture.pseudonyms.pledge(source: "shop", externalID: "1")
        let code = try #require(CodeText("SUNNY"))
        var record = Record()
        func name() { record.person = fixture.pseudonyms.person(source: "shop", externalID: "1") }
        func pay(_ kind: Record.MoneyKind, _ pledge: PledgeID) {
            record.moneyPledge = pledge
            record.money = [.init(kind: kind, amount: kind.carriesAmount ? usd : nil)]
        }
        switch fact {
        case .membership, .memberCode, .grant, .invite, .announcement, .reply, .feedback, .relayedFeedback:
            Issue.record("\(fact) is no fact of a record")
        case .record: name()
        case .imported: (record.isImported, _) = (true, name())
        case .joined: (record.joined, _) = (.init(at: nil), name())
        case .claim: (record.claim, _) = (.init(code: code, at: nil), name())
        case .ownCode: (record.ownCode, _) = (true, name())
        case .code: (record.registration, _) = (.init(written: "Sunny", at: nil), name())
        case .unlink: (record.unlink, _) = (.init(at: nil), name())
        case .suspension: (record.suspension, _) = (.suspended, name())
        case .ownPledge: (record.pledge, record.pledgeNonce) = (.init(id: own), Self.nonce)
        case .sourcedPledge: (record.pledge, record.source) = (.init(id: other), "shop")
        case .otherPledge: (record.pledge, record.source) = (.init(id: other), "elsewhere")
        case .confirm: pay(.confirm, other)
        case .refund: pay(.refund, other)
        case .lapse: pay(.lapse, other)
        case .ownCancel: (record.pledgeNonce, _) = (Self.nonce, pay(.cancel, own))
        case .otherCancel: pay(.cancel, other)
        }
        if record.pledge != nil { record.pledge?.amount = usd }
        return record
    }

    /// The least that is said.
    private func voice(_ fact: Fact) -> Voice {
        let person = PersonID(raw: Self.nonce)
        return switch fact {
        case .reply: Voice(.post, answers: VoiceID(raw: Self.nonce))
        case .feedback: Voice(.feedback)
        case .relayedFeedback: Voice(.feedback, person: person)
        default: Voice(.post)
        }
    }

    @Test(arguments: Fact.allCases.filter { [.post, .feedback].contains($0.kind) }, roles)
    func `what is said stands where the table allows it, and is kept and served anyway`(
        fact: Fact, role: Role
    ) async throws {
        let stage = try Stage(role)
        _ = try await stage.ingest(stage.fixture.runs)
        let before = try await stage.store.stateDigest().state
        let voice = voice(fact)
        #expect(voice.fact == fact && voice.kind.operationKind == fact.kind)
        try stage.fixture.write([Operation(publicPart: voice.encoded)], author: stage.author)
        #expect(try await stage.ingest(stage.fixture.runs.suffix(1)) == [.appended(operations: 1)])
        try await stage.expectKeptAndServed()
        #expect((try await stage.store.stateDigest().state != before) == fact.roles.contains(role))
        try stage.store.close()
    }

    @Test(arguments: Fact.allCases.filter { $0.kind == .record }, roles)
    func `a fact changes the state where the table allows it, and is kept and served anyway`(
        fact: Fact, role: Role
    ) async throws {
        let stage = try Stage(role)
        _ = try await stage.ingest(stage.fixture.runs)
        let before = try await stage.store.stateDigest().state
        let right = try #require(stage.fixture.authors[stage.author].state.rights.first).right
        let record = try record(fact, by: right.memberID, stage.fixture)
        var last: Fact?
        record.forEachFact(under: right, pseudonyms: stage.fixture.pseudonyms) { last = $0 }
        #expect(last == fact)
        try stage.fixture.write(
            [Operation(publicPart: record.encoded(currency: stage.fixture.currency))], author: stage.author)
        #expect(try await stage.ingest(stage.fixture.runs.suffix(1)) == [.appended(operations: 1)])
        try await stage.expectKeptAndServed()
        let after = try await stage.store.stateDigest().state
        #expect((after != before) == fact.roles.contains(role))
        try stage.store.close()
    }

    @Test(arguments: roles) func `a membership counts where the table allows it, and brings the code that it says`(
        role: Role
    ) async throws {
        let stage = try Stage(role)
        // Everything but the member's own bundle.
        _ = try await stage.ingest(stage.fixture.runs.dropLast())
        let before = try await stage.store.totals()
        let outcomes = try await stage.ingest(stage.fixture.runs.suffix(1))
        #expect((outcomes == [.appended(operations: 1)]) == Fact.membership.roles.contains(role))
        try await stage.expectKeptAndServed()
        let gained = try await stage.store.totals().ambassadors - before.ambassadors
        #expect(gained == (Fact.memberCode.roles.contains(role) ? 1 : 0))
        try stage.store.close()
    }

    @Test(arguments: [Fact.grant, .invite], roles)
    func `a grant or invite gives a right where the table allows it, and is kept and served anyway`(
        fact: Fact, role: Role
    ) async throws {
        let stage = try Stage(role)
        let (newcomer, door) = (SigningKey.generate(), SigningKey.generate())
        let member = newcomer.publicKey(as: MemberKey.self)
        let operation =
            fact == .grant
            ? Operation(try Grant(subject: member, role: .observer))
            : Operation(try Invite(inviteKey: door.publicKey(), role: .observer))
        let bundle = try stage.fixture.write([operation], author: stage.author)
        let outcomes = try await stage.ingest(stage.fixture.runs)
        #expect(outcomes.allSatisfy { $0 == .appended(operations: 1) })
        try await stage.expectKeptAndServed()

        let charter = stage.fixture.charter
        let admitted = door.sign(SignatureDomain.inviteUse.message(community: charter.id, content: member.bytes))
        let presentation = try Presentation(
            order: stage.fixture.order,
            excerpts: stage.fixture.chains[stage.author] + [try Excerpt(of: bundle, index: 0)],
            inviteSignatures: fact == .invite ? [admitted] : [])
        let time = try #require(HybridTime(milliseconds: ReplicaFixture.wall))
        func right() throws -> Right { try presentation.right(of: member, presentedAt: time, charter: charter) }
        if fact.roles.contains(role) {
            #expect(try right().role == .observer)
        } else {
            #expect(throws: ChainError.issuerIsNoSteward(link: 2)) { try right() }
        }
        try stage.store.close()
    }

    @Test func `every row of the table is tried`() {
        let kinds = Set(Fact.allCases.map(\.kind))
        #expect(kinds == [.present, .grant, .invite, .record, .post, .feedback])
    }
}
