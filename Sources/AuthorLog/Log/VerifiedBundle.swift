package import Identity

/// A bundle that is authentic by all six rules. Only ``RunVerifier`` and ``Author`` make one.
package struct VerifiedBundle: Hashable, Sendable {
    /// With its signature only where that is kept, or where the bundle is the last one vouched for.
    package let bundle: Bundle
    /// The right it was written under, and the one it brought: see ``LogState/Admission``.
    package let admission: LogState.Admission

    init(bundle: Bundle, admission: LogState.Admission) {
        self.bundle = bundle
        self.admission = admission
    }
}

/// Bare headers up to a signed one: they vouch for a bundle that has no signature of its own and no successor here.
package struct BareTail: Hashable, Sendable {
    package let headers: [Header]
    /// Of the last header.
    package let signature: Signature

    package init(headers: [Header], signature: Signature) {
        self.headers = headers
        self.signature = signature
    }
}
