package import API
import Community
import Storage

extension Node {
    package nonisolated func answer(_ request: ListReferrals) async throws -> ListReferrals.Answer {
        let person = try await person(request.person)
        let page = try page(request)
        let found = try await ask { try await $0.referrals(of: person.number, page: page) }
        return Page(rows: found.rows.map { ReferralRow($0, of: person.name) }, next: found.next)
    }

    package nonisolated func answer(_ request: GetReferralTree) async throws -> GetReferralTree.Answer {
        let depth = request.depth ?? API.Limits.treeDepth
        guard (0...API.Limits.treeDepthCeiling).contains(depth) else {
            throw Failure(
                .request, "a tree is shown 0 to \(API.Limits.treeDepthCeiling) generations deep", hint: "ask for less")
        }
        let page = try page(after: request.after, limit: request.limit ?? API.Limits.treeChildren)
        let owner = try await owned(request.code).ambassador.id
        var lookups = ImportLookups()
        lookups.people = [owner]
        guard let number = try await held(lookups).people[owner]?.number,
            let found = try await ask({ try await $0.referralTree(of: number, depth: depth, page: page) })
        else { throw Failure(.personUnknown, "the owner of \(request.code) is gone from the record") }
        return ReferralNode(found)
    }

    package nonisolated func answer(_ request: GetReferralPath) async throws -> GetReferralPath.Answer {
        let person = try await person(request.person)
        guard let found = try await ask({ try await $0.referralPath(of: person.number) }) else {
            throw Failure(.personUnknown, "\(person.name.text) is gone from the record")
        }
        let names = found.path.map(\.displayName)
        return GetReferralPath.Answer(
            path: found.path.map(\.person.text), names: names.contains { $0 != nil } ? names : nil)
    }
}
