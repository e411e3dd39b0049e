import Identity

extension Presentation {
    /// What the subject of a grant shows: how its issuer came to his right, and then the grant.
    ///
    /// - Parameters:
    ///   - issuer: That the issuer showed before he wrote the grant, and of a steward's right.
    ///   - bundle: Of the issuer's log, signed.
    ///   - index: Of the grant in it.
    package init(extending issuer: Presentation, with bundle: Bundle, index: Int) throws(AuthorityFormError) {
        try self.init(
            order: issuer.order, excerpts: issuer.excerpts + [try Excerpt(of: bundle, index: index)],
            inviteSignatures: issuer.inviteSignatures, successions: issuer.successions)
    }

    /// What the subject of a root's grant shows.
    ///
    /// - Parameter orders: Those held: the successions that lead to the order's signer are among them.
    package init(rootGrant order: SignedRootOrder, line: RootLine, orders: [SignedRootOrder])
        throws(AuthorityFormError)
    {
        // The charter names its successor: only those after him have to be led to.
        let generation = line.generation(of: order.order) ?? 0
        let needed = generation < 2 ? [] : line.successions.prefix(generation)
        let successions = try needed.map { succession throws(AuthorityFormError) in
            guard let signed = orders.first(where: { $0.hash == succession.hash }) else {
                throw .outOfRange(field: "successions")
            }
            return signed
        }
        try self.init(order: order, successions: successions)
    }
}

extension Right {
    /// Whether who has this right gains nothing from the other one, now or later.
    package func covers(_ other: Right) -> Bool {
        let isAsLong =
            expiresMilliseconds == 0
            || (other.expiresMilliseconds != 0 && expiresMilliseconds >= other.expiresMilliseconds)
        let isAsWide = role > other.role || Set(sources).isSuperset(of: other.sources)
        return role >= other.role && isAsLong && isAsWide && quota.mostGenerous(other.quota) == quota
    }
}
