package import API
import AuthorLog
import Community
import Storage

extension Node {
    package nonisolated func answer(_ request: UnlinkReferral) async throws -> UnlinkReferral.Answer {
        var record = Record()
        record.unlink = Record.Unlink(at: nil)
        let right = try await mayWrite(record)
        let person = try await person(request.person)
        record.person = person.id
        return try await turn.take { [record] in
            var record = record
            let claims = try await ask { try await $0.explainReferral(of: person.number) }?.rows ?? []
            guard !claims.isEmpty else {
                throw Failure(.referralUnknown, "nobody claims to have brought \(person.name.text)")
            }
            let own = claims.filter { right.role == .steward || $0.recorder == right.memberID }
            guard !own.isEmpty else {
                throw Failure(
                    .ownership, "others recorded who brought \(person.name.text): only they take it back, or a steward")
            }
            let standing = own.filter { $0.verdict != .unlinked }
            if let last = standing.map(\.at).max() {
                // A claim may be dated ahead of this clock, and is to be taken back all the same.
                let isAhead = last >= Int64(clamping: wallMilliseconds)
                let next = min(last, Community.Limits.claimedMillisecondRange.upperBound - 1) + 1
                record.unlink = Record.Unlink(at: isAhead ? next : nil)
                try await write([Draft(record)])
            }
            let brought = try await ask { try await $0.backer(person.number) }?.row.ambassador
            return UnlinkReferral.Answer(person: person.name.text, ambassador: brought?.text)
        }
    }
}
