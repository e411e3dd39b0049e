package import Community
import GRDB

// What the record answers: each call reads one snapshot, and never waits for the writer.

extension ReplicaStore {
    package func recordFigures() async throws -> RecordFigures {
        try await answer("counting the logs") { try RecordFigures.read($0) }
    }

    package func totals(by attribution: AttributionKind = .firstTouch) async throws -> TotalsQuery.Answer {
        try await answer("reading the totals") { try TotalsQuery(by: attribution).run($0) }
    }

    package func leaderboard(_ query: LeaderboardQuery) async throws -> [LeaderboardQuery.Row] {
        try await answer("reading the leaderboard") { try query.run($0) }
    }

    package func pulse(by attribution: AttributionKind) async throws -> Pulse {
        let query = PulseQuery(base: rules.currency, attribution: attribution, qualifyingMinor: rules.qualifyingMinor)
        return try await answer("reading the pulse") { try query.run($0) }
    }

    // MARK: References

    /// - Parameter source: Whose external id `reference` is; nil where nobody said what it is.
    package func resolvePerson(_ reference: String, source: String? = nil) async throws -> Resolution<FoundPerson> {
        let resolver = PersonResolver(pseudonyms: rules.pseudonyms)
        return try await answer("looking for a person") { try resolver.resolve(reference, source: source, in: $0) }
    }

    /// - Parameter source: Whose external id `reference` is; nil where nobody said what it is.
    package func resolvePledge(_ reference: String, source: String? = nil) async throws -> Resolution<FoundPledge> {
        let resolver = PledgeResolver(pseudonyms: rules.pseudonyms)
        return try await answer("looking for a pledge") { try resolver.resolve(reference, source: source, in: $0) }
    }

    // MARK: Referrals

    /// - Returns: nil where there is no such person.
    package func referralTree(
        of person: PersonNumber, depth: Int, page: PageRequest
    ) async throws -> ReferralTreeQuery.Node? {
        let query = ReferralTreeQuery(person: person, depth: depth, page: page)
        return try await answer("reading a referral tree") { try query.run($0) }
    }

    /// - Returns: nil where there is no such person.
    package func referralPath(of person: PersonNumber) async throws -> ReferralPathQuery.Answer? {
        try await answer("reading a referral path") { try ReferralPathQuery(person: person).run($0) }
    }

    package func referrals(of person: PersonNumber, page: PageRequest) async throws -> ListPage<ReferralListQuery.Row> {
        try await answer("reading claims") { try ReferralListQuery(person: person, page: page).run($0) }
    }

    /// - Returns: nil where there is no such person.
    package func explainReferral(of person: PersonNumber) async throws -> ReferralExplainQuery.Answer? {
        let query = ReferralExplainQuery(person: person, pseudonyms: rules.pseudonyms)
        return try await answer("explaining claims") { try query.run($0) }
    }

    // MARK: Lists, and one alone

    package func backers(_ page: PageRequest) async throws -> ListPage<BackerQuery.Row> {
        let query = BackerQuery(hasQualifyingAmount: rules.qualifyingMinor > 0)
        return try await answer("listing backers") { try query.list(page, $0) }
    }

    package func backer(_ person: PersonNumber) async throws -> BackerQuery.Details? {
        let query = BackerQuery(hasQualifyingAmount: rules.qualifyingMinor > 0)
        return try await answer("reading a backer") { try query.details(of: person, $0) }
    }

    package func ambassadors(
        _ page: PageRequest, credit: AmbassadorQuery
    ) async throws -> ListPage<AmbassadorQuery.Row> {
        try await answer("listing ambassadors") { try credit.list(page, $0) }
    }

    package func ambassador(
        _ person: PersonNumber, credit: AmbassadorQuery
    ) async throws -> AmbassadorQuery.Details? {
        try await answer("reading an ambassador") { try credit.details(of: person, $0) }
    }

    package func codes(_ page: PageRequest) async throws -> ListPage<CodeQuery.Row> {
        let query = CodeQuery(pseudonyms: rules.pseudonyms)
        return try await answer("listing codes") { try query.list(page, $0) }
    }

    package func code(_ code: CodeText) async throws -> CodeQuery.Row? {
        let query = CodeQuery(pseudonyms: rules.pseudonyms)
        return try await answer("reading a code") { try query.details(of: code, $0) }
    }

    package func lostCodes(_ scope: LostCodeQuery.Scope) async throws -> [LostCodeQuery.Row] {
        let query = LostCodeQuery(pseudonyms: rules.pseudonyms)
        return try await answer("reading lost codes") { try query.run(scope, $0) }
    }

    package func pledges(_ page: PageRequest, onlyFlagged: Bool = false) async throws -> ListPage<PledgeQuery.Row> {
        try await answer("listing pledges") { try PledgeQuery(onlyFlagged: onlyFlagged).list(page, $0) }
    }

    /// - Returns: nil where there is no such pledge.
    package func pledge(
        _ pledge: PledgeNumber
    ) async throws -> (row: PledgeQuery.Row, history: PledgeHistoryQuery.Answer)? {
        let query = PledgeHistoryQuery(pledge: pledge, charter: charter, rules: rules)
        return try await answer("reading a pledge") { database in
            guard let row = try PledgeQuery().row(of: pledge, database), let history = try query.run(database) else {
                return nil
            }
            return (row, history)
        }
    }

    // MARK: Export

    package func exportAmbassadors(
        _ page: PageRequest, source: String? = nil
    ) async throws -> ListPage<AmbassadorExport.Row> {
        try await answer("exporting ambassadors") { try AmbassadorExport(source: source).run(page, $0) }
    }

    package func exportBackers(
        _ page: PageRequest, source: String? = nil
    ) async throws -> ListPage<BackerExport.Row> {
        try await answer("exporting backers") { try BackerExport(source: source).run(page, $0) }
    }

    package func exportPledges(
        _ page: PageRequest, source: String? = nil
    ) async throws -> ListPage<PledgeExport.Row> {
        try await answer("exporting pledges") { try PledgeExport(source: source).run(page, $0) }
    }

    /// Sorts failures of the disk into ``StorageError``; what the question itself got wrong passes as it is.
    func answer<Value: Sendable>(
        _ what: String, _ read: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.read(read)
        } catch let error as QueryError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StorageError(error, doing: what)
        }
    }
}
