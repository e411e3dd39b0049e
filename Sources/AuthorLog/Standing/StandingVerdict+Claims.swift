import Identity

/// Which rights the logs show.
extension StandingVerdict {
    /// A right that a `present` shows and that stands, if the invite at its end admits who shows it.
    struct Claim {
        let right: StandingRight
        /// At its end.
        let invite: Invite?
        /// Of the last link; for a root grant the member himself.
        let issuer: MemberKey
    }

    /// - Parameter isProved: The last link acts, or else is believed.
    mutating func claim(shownBy bundle: AuthorityBundle, isProved: Bool) -> Claim? {
        let member = bundle.header.member
        guard let shown = engine.shown[bundle.id], isProved == acts(shown) else { return nil }
        guard let chain = isProved ? provedChain(of: shown) : believedChain(of: shown), chain.isChain(to: member)
        else { return nil }
        let link = shown.links.last
        return Claim(
            right: StandingRight(
                fromPosition: bundle.header.end, right: shown.right.at(depth: chain.count),
                origin: link.map { .operation($0.operation) } ?? .root(order: shown.order), chain: chain,
                isProved: isProved),
            invite: shown.invite, issuer: link?.log.member ?? member)
    }

    private func acts(_ shown: ShownRight) -> Bool {
        guard let link = shown.links.last else { return true }
        return engine.acts[link.operation] != nil
    }

    private func provedChain(of shown: ShownRight) -> [MemberKey]? {
        guard let link = shown.links.last else { return engine.orders.grants[shown.order].map { _ in [] } }
        return engine.acts[link.operation].map { $0.path + [$0.author] }
    }

    /// The first link from below that acts, or the root order, decides; those after it are believed.
    private mutating func believedChain(of shown: ShownRight) -> [MemberKey]? {
        var believed: [MemberKey] = []
        for link in shown.links.reversed() {
            if let act = engine.acts[link.operation] {
                if link.isInvite {
                    guard let next = believed.last, engine.admittedStewards[act.id]?.contains(next) ?? false else {
                        return nil
                    }
                }
                return act.path + [act.author] + believed.reversed()
            }
            // Who is a steward by an invite that does not act is named by nobody.
            guard believed.isEmpty || !link.isInvite, isCredible(link) else { return nil }
            believed.append(link.log.member)
        }
        return engine.orders.grants[shown.order].map { _ in believed.reversed() }
    }

    /// Nobody who holds what has rows can know better.
    private mutating func isCredible(_ link: ShownRight.Link) -> Bool {
        let end = end(of: link.log)
        guard link.end <= end.credit else { return false }
        if firm.contains(link.log) { return link.end > end.point?.length ?? 0 }
        return engine.evidence.sealed[link.log] != nil
            || firmCounts[link.log.member, default: 0] < Limits.incarnationsPerKey
    }

    private mutating func end(of log: LogID) -> LogEnd {
        if let end = engine.ends[log] ?? ends[log] { return end }
        let end = engine.end(of: log)
        ends[log] = end
        return end
    }
}

extension Right {
    /// The same, with the depth that stands.
    func at(depth: Int, memberID: MemberID? = nil, person: PersonID?? = nil) -> Right {
        Right(
            role: role, expiresMilliseconds: expiresMilliseconds, quota: quota, sources: sources,
            memberID: memberID ?? self.memberID, person: person ?? self.person, since: since, issuerDepth: depth)
    }
}

extension [MemberKey] {
    /// At most 4 people deep, nobody twice.
    func isChain(to member: MemberKey) -> Bool {
        count < Limits.chainSubjectLimit && !contains(member) && Set(self).count == count
    }
}
