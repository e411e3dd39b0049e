package import Identity

/// What a log has come to, as far as the next bundle's authenticity depends on it: a pure function of the bundles before.
package struct LogState: Hashable, Sendable {
    package struct PresentedRight: Hashable, Sendable {
        package let right: Right
        /// It holds for bundles from here on.
        package let fromPosition: UInt64

        package init(right: Right, fromPosition: UInt64) {
            self.right = right
            self.fromPosition = fromPosition
        }
    }

    package let community: CommunityID
    package let log: LogID
    /// In operations.
    package internal(set) var length: UInt64 = 0
    /// Bundle id of the last bundle; zero for an empty log.
    package internal(set) var head = Hash256(raw: .zero)
    /// Of the last header and of the first.
    package internal(set) var time = HybridTime.zero
    package internal(set) var firstTime = HybridTime.zero
    /// As presented, at most 64; the expired ones remain, for they tell who wrote what is old.
    package internal(set) var rights: [PresentedRight] = []
    package internal(set) var operationBucket = TokenBucket.endless
    package internal(set) var byteBucket = TokenBucket.endless

    /// The empty log.
    package init(log: LogID, community: CommunityID) {
        self.log = log
        self.community = community
    }

    /// The strongest right for a bundle at the head with that time; of equal ones the first presented.
    package func right(at time: HybridTime) -> Right? {
        right(at: time, position: length)
    }

    /// The strongest right for a bundle that begins at `position`.
    package func right(at time: HybridTime, position: UInt64) -> Right? {
        rights.strongest(at: time, position: position)
    }

    /// Operations and bytes that could still be written at that time, nil where unlimited.
    package func allowance(at time: HybridTime) -> (operations: UInt64?, bytes: UInt64?) {
        guard let quota = quota(at: time) else { return (0, 0) }
        var after = self
        after.fill(until: time, quota)
        return (
            quota.operationsPerDay == 0 ? nil : after.operationBucket.wholeUnits,
            quota.bytesPerDay == 0 ? nil : after.byteBucket.wholeUnits
        )
    }

    /// The most generous of the valid rights of the strongest role: a lesser one does not lift its limit. Nil where none is valid.
    private func quota(at time: HybridTime) -> Quota? {
        let valid = rights.lazy.map(\.right).filter { $0.isValid(at: time) }
        guard let role = valid.map(\.role).max() else { return nil }
        var quota: Quota?
        for right in valid where right.role == role {
            quota = quota.map { $0.mostGenerous(right.quota) } ?? right.quota
        }
        return quota
    }

    private mutating func fill(until time: HybridTime, _ quota: Quota) {
        guard time >= self.time else { return }
        let milliseconds = time.milliseconds - self.time.milliseconds
        operationBucket.fill(milliseconds: milliseconds, perDay: quota.operationsPerDay)
        byteBucket.fill(milliseconds: milliseconds, perDay: quota.bytesPerDay)
    }
}

extension [LogState.PresentedRight] {
    /// For a bundle that begins at `position`: of equal ones the first presented.
    package func strongest(at time: HybridTime, position: UInt64) -> Right? {
        var strongest: Right?
        for presented in self where presented.fromPosition <= position && presented.right.isValid(at: time) {
            if let held = strongest, held.role >= presented.right.role { continue }
            strongest = presented.right
        }
        return strongest
    }
}

extension LogState {
    /// What came of a bundle that was admitted.
    package struct Admission: Hashable, Sendable {
        /// Under which it was written; nil only for a `present` where none was valid.
        package let right: Right?
        /// That it brought: the bundle is a `present`.
        package let presented: Right?
    }

    /// Rules 1 to 5. The sixth, the signature, is the caller's. When it throws, nothing has changed.
    @discardableResult
    package mutating func admit(_ bundle: Bundle, charter: Charter) throws(AuthenticityError) -> Admission {
        let header = bundle.header
        guard header.log == log, header.community == community, community == charter.id else { throw .wrongLog }
        guard header.position == length else { throw .position(expected: length, actual: header.position) }
        if length > 0 {
            guard header.previous == head else { throw .wrongPredecessor }
            guard header.time > time else { throw .timeNotAfter(time) }
        }
        try checkComposition(bundle.summary, operationCount: bundle.operationCount)

        let admission: Admission
        var next = self
        if bundle.summary.presentCount > 0 {
            admission = try next.present(bundle, charter: charter)
        } else {
            admission = Admission(right: try next.pay(for: bundle), presented: nil)
        }
        next.length = header.end
        next.head = bundle.id
        next.time = header.time
        if length == 0 { next.firstTime = header.time }
        self = next
        return admission
    }

    private func checkComposition(_ summary: BodySummary, operationCount: Int) throws(AuthenticityError) {
        guard length > 0 || summary.presentCount > 0 else { throw .firstIsNoPresent }
        guard summary.authorityCount > 0 else { return }
        guard summary.presentCount == 0 || operationCount == 1 else { throw .presentNotAlone }
        guard summary.authorityCount == operationCount else { throw .mixedAuthority }
        guard operationCount <= Limits.authorityOperationLimit else {
            throw .tooManyAuthorityOperations(operationCount)
        }
    }

    private mutating func present(_ bundle: Bundle, charter: Charter) throws(AuthenticityError) -> Admission {
        guard rights.count < Limits.presentationsPerLog else { throw .tooManyPresentations }
        let header = bundle.header
        let presentation: Presentation
        do throws(AuthorityFormError) {
            presentation = try Presentation(decoding: bundle.firstOperationBody)
        } catch {
            throw .malformedPresentation(error)
        }
        let presented: Right
        do throws(ChainError) {
            presented = try presentation.right(of: log.member, presentedAt: header.time, charter: charter)
        } catch {
            throw .chain(error)
        }
        let before = right(at: header.time)
        if length == 0 {
            operationBucket = .full(perDay: presented.quota.operationsPerDay)
            byteBucket = .full(perDay: presented.quota.bytesPerDay)
        } else if let quota = quota(at: header.time) {
            fill(until: header.time, quota)
        }
        rights.append(PresentedRight(right: presented, fromPosition: header.end))
        return Admission(right: before, presented: presented)
    }

    /// - Returns: The right it was written under.
    private mutating func pay(for bundle: Bundle) throws(AuthenticityError) -> Right {
        let time = bundle.header.time
        guard let right = right(at: time), let quota = quota(at: time) else { throw .noValidRight }
        fill(until: time, quota)
        // A steward who used up his day must still be able to revoke.
        if bundle.isAuthority && right.role == .steward { return right }
        guard operationBucket.take(bundle.operationCount, perDay: quota.operationsPerDay) else {
            throw .overOperationQuota
        }
        guard byteBucket.take(bundle.summary.publicByteCount, perDay: quota.bytesPerDay) else { throw .overByteQuota }
        return right
    }
}
