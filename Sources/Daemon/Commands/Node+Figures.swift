package import API
import Community
import Storage

extension Node {
    package nonisolated func answer(_ request: GetTotals) async throws -> GetTotals.Answer {
        let rule = attribution
        let totals = try await ask { try await $0.totals(by: rule) }
        func pledges(_ share: Share) -> Int {
            totals.shares.lazy.filter { $0.share == share }.map(\.pledges).reduce(0, +)
        }
        return GetTotals.Answer(
            backers: totals.backers, ambassadors: totals.ambassadors, attributedBackers: totals.attributedBackers,
            pledges: totals.pledges, anonymousPledges: totals.anonymousPledges,
            money: try totals.money.map { (sums) throws(Failure) in
                try API.MoneyRow(sums, shares: totals.shares, hasProspects: hasProspects)
            }, attribution: rule.name, organicPledges: pledges(.organic), unknownPledges: pledges(.unknown),
            prospects: totals.prospects, qualifying: GetTotals.QualifyingAmount(store.rules),
            flaggedPledges: totals.flaggedPledges, suspendedPledges: pledges(.suspended))
    }

    package nonisolated func answer(_ request: GetLeaderboard) async throws -> GetLeaderboard.Answer {
        let limit = request.limit ?? Self.leaderboardRows
        guard limit >= 0 else { throw Failure(.request, "a leaderboard has 0 rows, for all of them, or more") }
        var currency = store.rules.currency
        if let text = request.currency { currency = try Currency(argument: text) }
        let attribution = request.attribution.map { AttributionKind($0) } ?? attribution
        let score = request.by ?? .credited
        let query = LeaderboardQuery(
            attribution: attribution, by: LeaderboardQuery.Score(score), currency: currency, limit: limit)
        let rows = try await ask { try await $0.leaderboard(query) }
        return GetLeaderboard.Answer(
            rows: try rows.map { row throws(Failure) in try API.LeaderboardRow(row, currency: currency) },
            currency: currency.code, exponent: currency.exponent, attribution: attribution.name, by: score)
    }

    /// The contract's number.
    private static var leaderboardRows: Int { 10 }
}
