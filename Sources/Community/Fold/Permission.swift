package import AuthorLog
import Identity

/// Which role may state which fact; an operation without the right to all of its facts is skipped whole.
///
/// Source: Protocol/3-community.md, *Record*; design §6.
package enum Permission {
    /// - Parameters:
    ///   - right: The author's strongest right valid at the operation's time.
    package static func allows(_ record: Record, under right: Right, pseudonyms: Pseudonyms) -> Bool {
        let role = right.role
        if record.isImported || record.ownCode || record.registration != nil, role < .steward { return false }
        guard role >= .ambassador else { return false }
        // The nonce makes the id from the author's member id: nobody else can have made that pledge. A record may name two
        // pledges, and the nonce proves at most one of them.
        let own = record.pledgeNonce.map { pseudonyms.pledge(by: right.memberID, nonce: $0) }
        if let pledge = record.pledge, pledge.id != own, !mayWriteForeignPledge(record, under: right) { return false }
        let ownsPaidPledge = own != nil && record.paidPledge == own
        return record.money.allSatisfy { role >= .treasurer || ($0.kind == .cancel && ownsPaidPledge) }
    }

    private static func mayWriteForeignPledge(_ record: Record, under right: Right) -> Bool {
        if right.role >= .steward { return true }
        guard right.role == .treasurer, !record.source.isEmpty else { return false }
        // Bytes, not characters, as no Unicode version may decide what counts.
        return right.sources.contains { $0.utf8.elementsEqual(record.source.utf8) }
    }
}
