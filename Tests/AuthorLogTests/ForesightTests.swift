import AuthorLog
import Identity
import Testing

/// What would stand is what stands once it is written.
struct ForesightTests {
    private func community() throws -> PaperVine {
        var vine = try PaperVine()
        try vine.root(grants: "ada")
        try vine.root(grants: "eve")
        try vine.grant("ben", .steward, by: "ada")
        try vine.grant("cem", by: "ben")
        for name in ["ada", "eve", "ben", "cem"] { try vine.record(name, count: 4) }
        return vine
    }

    /// What `write` adds to the vine, foreseen and then done.
    private func foresee(
        _ vine: PaperVine, _ write: (inout PaperVine) throws -> Void
    ) throws -> (foreseen: Foresight, done: Standing) {
        var later = vine
        try write(&later)
        let known = Set(vine.evidence.bundles.map(\.id))
        let next = later.evidence.bundles.filter { !known.contains($0.id) }
        return (Foresight(of: vine.evidence, held: vine.held, next: next), later.standing)
    }

    private func expectSame(_ found: (foreseen: Foresight, done: Standing)) {
        #expect(found.foreseen.after.logs == found.done.logs)
        #expect(found.foreseen.after.members == found.done.members)
        #expect(found.foreseen.after.acts == found.done.acts)
    }

    @Test func `a revocation is foreseen, and what it cuts`() throws {
        let vine = try community()
        let found = try foresee(vine) { try $0.revoke("ben", by: "ada") }
        expectSame(found)
        #expect(found.foreseen.before.logs == vine.standing.logs)
        let cuts = found.foreseen.cuts
        #expect(cuts.map(\.log) == [PaperVine.log("ben"), PaperVine.log("cem")].sorted())
        #expect(cuts.allSatisfy { $0.from >= 5 && $0.to == 0 })
    }

    @Test func `who may not is known before he writes`() throws {
        let found = try foresee(community()) { try $0.revoke("ada", by: "ben") }
        expectSame(found)
        #expect(found.foreseen.cuts.isEmpty)
        #expect(found.foreseen.after[PaperVine.key("ada")]?.isRevoked == false)
    }

    @Test func `a log that begins is foreseen from its first presentation`() throws {
        var vine = try community()
        try vine.grant("fay", .steward, by: "ada", presented: false)
        let found = try foresee(vine) { vine in
            try vine.present("fay")
            try vine.grant("gus", by: "fay", presented: false)
        }
        expectSame(found)
        #expect(found.foreseen.before[PaperVine.key("gus")] == nil)
        #expect(found.foreseen.after[PaperVine.key("gus")]?.role == .ambassador)
    }

    @Test func `a log with a fork behind it goes on where it stands`() throws {
        var vine = try community()
        let common = try #require(vine.heads[PaperVine.log("ben")])
        let one = try vine.record("ben")
        let fork = vine.fork("ben", at: common)
        try vine.record("ben", count: 2)
        try vine.choose(fork, one, by: "ada")
        vine.go("ben", to: one)
        let found = try foresee(vine) { try $0.revoke("cem", by: "ben") }
        expectSame(found)
        #expect(found.foreseen.after[PaperVine.key("cem")]?.isRevoked == true)
    }

    @Test func `a root order is foreseen`() throws {
        let vine = try community()
        var later = vine
        let order = try later.order(.revoke(Revocation(member: PaperVine.key("ada"), stays: [])))
        let foreseen = Foresight(of: vine.evidence, held: vine.held, order: order)
        #expect(foreseen.after.logs == later.standing.logs)
        #expect(foreseen.cuts.count == 3)
    }
}
