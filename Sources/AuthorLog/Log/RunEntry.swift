package import Identity

/// One bundle of a run, with the header that the run implies.
package struct RunEntry: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case full(body: [UInt8], BodySummary)
        case bare
    }

    package let header: Header
    package let id: Hash256
    package let content: Content
    package let signature: Signature?

    package var isBare: Bool { content == .bare }

    /// Nil for a bare entry.
    package var bundle: Bundle? {
        guard case .full(let body, let summary) = content else { return nil }
        return Bundle(header: header, id: id, body: body, signature: signature, summary: summary)
    }

    enum Flags {
        static let signed: UInt8 = 1
        static let bare: UInt8 = 2
    }
}
