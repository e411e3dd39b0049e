import API
import AuthorLog
import Community
import Identity
import Storage

// What all commands share: asking the store, finding who is meant, and refusing early what others would skip.

extension Node {
    /// Claimed times lie in the past; a clock may be a little ahead of ours.
    nonisolated var latestClaimedMilliseconds: Int64 {
        Int64(clamping: wallMilliseconds &+ AuthorLog.Limits.clockLeadMilliseconds)
    }

    /// - Returns: Unix milliseconds, as a record states them.
    nonisolated func claimed(_ time: Timestamp?, _ option: String) throws(Failure) -> Int64? {
        guard let time else { return nil }
        guard time.milliseconds <= latestClaimedMilliseconds else {
            throw Failure(.time, "\(option): \(time.text) has not come yet", hint: "leave it out to say now")
        }
        return ClaimedTime.stated(time.milliseconds)
    }

    // MARK: Rights

    /// Where there is no ``right``: the key is revoked, or its right does not stand or has ended.
    var whyNoRight: Failure {
        whyNothingCounts
            ?? Failure(.role, "your right to write has expired", hint: "ask a steward for a new grant")
    }

    /// Refuses what every node would skip, by the rule by which they do.
    ///
    /// - Throws: `E-ROLE`, naming the own role and the one that is needed.
    /// - Returns: The right under which it may be written.
    @discardableResult
    nonisolated func mayWrite(_ record: Record) async throws -> Right {
        guard let right = await right else { throw await whyNoRight }
        try right.check(record, pseudonyms: store.rules.pseudonyms)
        return right
    }

    // MARK: The store

    /// Asks the store, and says what it throws in the words of the local API.
    nonisolated func ask<Value: Sendable>(
        _ question: (ReplicaStore) async throws -> Value
    ) async throws -> Value {
        do {
            return try await question(store)
        } catch let failure as Failure {
            throw failure
        } catch let error as CancellationError {
            throw error
        } catch QueryError.notACursor {
            throw Failure(.cursor, "this is not the `next` of a page of this list")
        } catch StorageError.diskIsFull {
            throw Failure(.diskFull, "the disk of the home is full")
        } catch {
            throw Failure(.storage, "the record could not be read: \(error)")
        }
    }

    nonisolated func held(_ lookups: ImportLookups) async throws -> HeldFacts {
        try await ask { try await $0.held(lookups) }
    }

    // MARK: Who is meant

    /// - Throws: `E-PERSON-UNKNOWN`, `E-AMBIGUOUS`.
    nonisolated func person(_ reference: PersonReference) async throws -> FoundPerson {
        switch try await ask({ try await $0.resolvePerson(reference.person, source: reference.source) }) {
        case .found(let person): return person
        case .notFound:
            throw Failure(
                .personUnknown, "nobody in the record is called \(reference.person)",
                hint: "`grapevine backer list` shows who is; `grapevine backer add` makes somebody known")
        case .ambiguous(let sources):
            throw Failure(
                .ambiguous, "\(reference.person) is somebody else in \(sources.joined(separator: " and in "))")
        }
    }

    /// - Throws: `E-PLEDGE-UNKNOWN`, `E-AMBIGUOUS`.
    nonisolated func pledge(_ reference: PledgeReference) async throws -> FoundPledge {
        switch try await ask({ try await $0.resolvePledge(reference.pledge, source: reference.source) }) {
        case .found(let pledge): return pledge
        case .notFound: throw Failure(.pledgeUnknown, "no pledge in the record is called \(reference.pledge)")
        case .ambiguous(let sources):
            throw Failure(
                .ambiguous, "\(reference.pledge) is another pledge in \(sources.joined(separator: " and in "))")
        }
    }

    /// - Throws: `E-CODE-FORM`.
    nonisolated func code(_ written: String) throws(Failure) -> CodeText {
        guard let code = CodeText(written) else { throw CodeRule.failure(written) }
        return code
    }

    // MARK: Pages

    /// - Throws: `E-REQUEST` for a limit out of range.
    nonisolated func page(_ request: some PagedRequest) throws(Failure) -> PageRequest {
        try page(after: request.after, limit: request.limit)
    }

    nonisolated func page(after: String?, limit: Int?) throws(Failure) -> PageRequest {
        let limit = limit ?? API.Limits.pageRows
        guard (1...API.Limits.pageRowsCeiling).contains(limit) else {
            throw Failure(.request, "a page has 1 to \(API.Limits.pageRowsCeiling) rows", hint: "ask for less")
        }
        return PageRequest(after: after, limit: limit)
    }
}

extension Right {
    /// - Throws: `E-ROLE`.
    func check(_ record: Record, pseudonyms: Pseudonyms) throws(Failure) {
        guard !Permission.allows(record, under: self, pseudonyms: pseudonyms) else { return }
        let needed = Role.allCases.first { role in
            role > self.role && Permission.allows(record, under: self.with(role), pseudonyms: pseudonyms)
        }
        throw Failure(.role, "your role is \(role.name), and this needs the role \((needed ?? .steward).name)")
    }

    private func with(_ role: Role) -> Right {
        Right(
            role: role, expiresMilliseconds: expiresMilliseconds, quota: quota, sources: sources, memberID: memberID,
            person: person, since: since, issuerDepth: issuerDepth)
    }
}
