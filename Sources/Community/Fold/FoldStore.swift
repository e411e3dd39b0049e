package import AuthorLog
package import Identity

/// Where the fold reads the state that a batch touches. Answers never include the batch's own changes.
package protocol FoldStore: AnyObject {
    func person(_ id: PersonID) throws -> PersonRow?
    func person(number: PersonNumber) throws -> PersonRow
    func claims(of person: PersonNumber) throws -> [ClaimRow]
    func unlinks(of person: PersonNumber) throws -> [UnlinkRow]
    func suspensions(of person: PersonNumber) throws -> [SuspensionRow]
    func claimants(of code: CodeNumber) throws -> [PersonNumber]
    func code(_ text: CodeText) throws -> CodeRow?
    func code(number: CodeNumber) throws -> CodeRow
    /// Codes that the person owns.
    func codes(ownedBy person: PersonNumber) throws -> [CodeRow]
    func pledge(_ id: PledgeID) throws -> PledgeRow?
    func pledges(by backer: PersonNumber) throws -> [PledgeRow]
    func pledges(carrying code: CodeNumber) throws -> [PledgeRow]
    func ambassador(_ person: PersonNumber) throws -> AmbassadorRow?
    /// Numbers for new rows: each call gives the next one.
    func nextPersonNumber() -> PersonNumber
    func nextPledgeNumber() -> PledgeNumber
    func nextCodeNumber() -> CodeNumber
}

/// What a batch changed, ready to be written at once. Arrays are ordered by number.
package struct FoldChanges: Sendable {
    package struct Change<Row: Sendable>: Sendable {
        package var row: Row
        package var isNew: Bool
    }
    package var people: [Change<PersonRow>] = []
    package var codes: [Change<CodeRow>] = []
    package var newClaims: [ClaimRow] = []
    package var newUnlinks: [UnlinkRow] = []
    package var newSuspensions: [SuspensionRow] = []
    package var pledges: [Change<PledgeRow>] = []
    /// Of each pledge the operations that wrote something which counts no more, or never did; some may be noted already.
    package var overtaken: [Overtaken] = []
    /// Registrations that lost their code to one of lower place; all are new.
    package var overtakenRegistrations: [OvertakenRegistration] = []
    package var ambassadors: [Change<AmbassadorRow>] = []
    package var formerAmbassadors: [PersonNumber] = []
    /// Differences to add.
    package var tallies: [(key: TallyKey, change: Tally)] = []
    package var totals = Totals()
    /// State digest buckets whose rows changed, ascending.
    package var buckets: [UInt16] = []
    /// Operations that the fold skipped: no right, malformed, or of an unknown kind.
    package var skipped: [Skipped] = []
    /// Private parts of the others, in the order of the batch.
    package var told: [Told] = []
    /// Posts and feedback, in the order of the batch; all are new.
    package var voices: [VoiceRow] = []
    package var toldVoices: [ToldVoice] = []
    package init() {}
}

/// What the private part of a permitted record says, and whom and what it is about.
package struct Told: Sendable {
    package var person: PersonNumber?
    package var pledge: PledgeNumber?
    package var source: String
    package var told: ToldRecord
    package var stamp: Stamp
    package var isSteward: Bool
}

package struct Skipped: Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        case unknownKind, notPermitted
        case malformed(RecordError)
    }
    package var log: LogNumber
    package var position: UInt64
    package var reason: Reason
}

/// What the fold needs to know of the community.
package struct FoldRules: Sendable {
    package var currency: Currency
    package var createdMilliseconds: Int64
    package var windowDays: Int64
    package var qualifyingMinor: Int64
    package var pseudonyms: Pseudonyms

    package init(charter: Charter, currency: Currency, pseudonyms: Pseudonyms) {
        self.currency = currency
        createdMilliseconds = Int64(clamping: charter.createdMilliseconds)
        windowDays = Int64(charter.windowDays)
        qualifyingMinor = charter.qualifyingMinor
        self.pseudonyms = pseudonyms
    }
}

/// Operations of one standing bundle, with the right under which they were written: the author's strongest valid one at its
/// time; of a bundle with a `present` operation the one that it presents.
package struct FoldBundle: Sendable {
    package var log: LogNumber
    package var time: HybridTime
    package var right: Right
    package var operations: Operations

    /// Each with its position in the log.
    package typealias Operations = [(position: UInt64, operation: FoldOperation)]

    package init(log: LogNumber, time: HybridTime, right: Right, operations: Operations) {
        self.log = log
        self.time = time
        self.right = right
        self.operations = operations
    }

    /// One after the other from `position` on.
    package init(log: LogNumber, time: HybridTime, position: UInt64, right: Right, operations: [FoldOperation]) {
        self.init(
            log: log, time: time, right: right,
            operations: operations.enumerated().map { (position + UInt64($0.offset), $0.element) })
    }
}
