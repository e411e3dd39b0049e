package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// A pledge of the record, found by what a user calls it.
package struct FoundPledge: Hashable, Sendable {
    package var number: PledgeNumber
    package var name: PledgeName

    package var id: PledgeID { name.id }
}

/// Finds out which pledge a reference means: an external id or a printed id, in this order.
package struct PledgeResolver: Sendable {
    package let pseudonyms: Pseudonyms

    package init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// - Parameter source: Makes `reference` an external id of that source, and nothing else.
    package func resolve(
        _ reference: String, source: String?, in database: Database
    ) throws -> Resolution<FoundPledge> {
        let reference = Pseudonyms.trimmed(reference)
        if let source {
            let id = pseudonyms.pledge(source: Pseudonyms.trimmed(source), externalID: reference)
            return .init(try database.pledge(id: id))
        }
        let byExternal = try Resolution(ofSources: database) {
            try database.pledge(id: pseudonyms.pledge(source: $0, externalID: reference))
        }
        if byExternal != .notFound { return byExternal }
        return .init(try PledgeID(hex: reference).flatMap { try database.pledge(id: $0) })
    }
}

extension Database {
    fileprivate func pledge(id: PledgeID) throws -> FoundPledge? {
        let sql = "SELECT p.number, p.pledge, p.external FROM state_pledges p WHERE p.pledge = ?"
        return try firstRow(sql, [id.data]) { FoundPledge(number: $0[0], name: try $0.pledgeName(1)) }
    }
}
