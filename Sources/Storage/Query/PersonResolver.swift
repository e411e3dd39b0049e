package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// Somebody of the record, found by what a user calls them.
package struct FoundPerson: Hashable, Sendable {
    package var number: PersonNumber
    package var name: PersonName

    package var id: PersonID { name.id }
}

/// Finds out whom a reference means: an external id, a contact, a printed id or a code, in this order.
package struct PersonResolver: Sendable {
    /// Whose external ids are meant where nobody says so; also the default of imports.
    package static let defaultSource = "import"

    package let pseudonyms: Pseudonyms

    package init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// - Parameter source: Makes `reference` an external id of that source, and nothing else.
    package func resolve(
        _ reference: String, source: String?, in database: Database
    ) throws -> Resolution<FoundPerson> {
        let reference = Pseudonyms.trimmed(reference)
        if let source {
            let id = pseudonyms.person(source: Pseudonyms.trimmed(source), externalID: reference)
            return .init(try database.person(id: id))
        }
        let byExternal = try Resolution(ofSources: database) {
            try database.person(id: pseudonyms.person(source: $0, externalID: reference))
        }
        if byExternal != .notFound { return byExternal }
        if Self.isContact(reference) {
            let id = pseudonyms.person(contact: Pseudonyms.normalContact(reference))
            if let found = try database.person(id: id) { return .found(found) }
        }
        if let id = PersonID(hex: reference), let found = try database.person(id: id) { return .found(found) }
        return .init(try CodeText(reference).flatMap { try database.owner(of: $0) })
    }

    /// An address, or a number that could be dialled: 7 to 15 digits (E.164) and what people put between them.
    package static func isContact(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: "@")) { return true }
        let digits = bytes.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let separators = Set("+-()./ ".utf8)
        return (7...15).contains(digits) && bytes.count { separators.contains($0) } + digits == bytes.count
    }
}

extension Database {
    fileprivate func person(id: PersonID) throws -> FoundPerson? {
        let sql = "SELECT p.number, p.person, p.external FROM state_people p WHERE p.person = ?"
        return try firstRow(sql, [id.data]) { FoundPerson(number: $0[0], name: try $0.personName(1)) }
    }

    fileprivate func owner(of code: CodeText) throws -> FoundPerson? {
        let sql = """
            SELECT p.number, p.person, p.external
            FROM state_codes k CROSS JOIN state_people p ON p.number = k.owner
            WHERE k.code = ?
            """
        return try firstRow(sql, [code.text]) { FoundPerson(number: $0[0], name: try $0.personName(1)) }
    }
}
