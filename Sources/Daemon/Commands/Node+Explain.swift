package import API
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: ExplainReferral) async throws -> ExplainReferral.Answer {
        let person = try await person(request.person)
        guard let found = try await ask({ try await $0.explainReferral(of: person.number) }) else {
            throw Failure(.personUnknown, "\(person.name.text) is gone from the record")
        }
        return ExplainReferral.Answer(
            person: person.name.text, ambassador: found.winner?.ambassador?.text, code: found.winner?.code,
            cut: found.isCut, attribution: attribution.name, claims: found.rows.map { ExplainedClaim($0) },
            more: found.isTruncated)
    }
}

extension ExplainedClaim {
    init(_ row: ReferralExplainQuery.Row) {
        self.init(
            code: row.code, ambassador: row.ambassador?.text, ambassadorName: row.ambassadorName,
            at: Timestamp(stored: row.at), period: Int(row.period), imported: row.isImported,
            recordedAt: Timestamp(stored: row.writtenAt), member: row.author.member.hex,
            recordedBy: row.author.person?.text, recordedByName: row.author.displayName,
            position: Int(clamping: row.position), verdict: Verdict(row.verdict), laterBy: Difference(row.verdict),
            flags: row.flags.named)
    }
}

extension ExplainedClaim.Verdict {
    init(_ verdict: ClaimRule.Verdict) {
        self =
            switch verdict {
            case .wins: .wins
            case .later: .later
            case .ownCode: .ownCode
            case .unknownCode: .unknownCode
            case .unlinked: .unlinked
            case .suspended: .suspended
            case .onlySaid: .onlySaid
            case .outranked: .outranked
            }
    }
}

extension ExplainedClaim.Difference {
    init?(_ verdict: ClaimRule.Verdict) {
        guard case .later(let difference) = verdict else { return nil }
        self =
            switch difference {
            case .period: .period
            case .time: .time
            case .member: .member
            case .incarnation: .incarnation
            case .position: .position
            }
    }
}
