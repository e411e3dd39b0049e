package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// Registrations that did not get their code: another one stands before it, or it is somebody's own.
package struct LostCodeQuery: Sendable {
    package struct Row: Hashable, Sendable {
        /// As it was written for the one who lost it.
        package var written: String
        package var normalForm: String
        package var registrant: PersonName
        package var registrantName: String?
        package var owner: PersonName
        /// The owner's own code reads the same; else the owner's registration stands before this one.
        package var isOwn: Bool
        /// Counting claimed time, Unix milliseconds.
        package var at: Int64
        package var author: AuthorName
    }

    package enum Scope: Sendable {
        case code(CodeNumber)
        case person(PersonNumber)
        /// That a member wrote down, unless the person was given another code since.
        case open(writtenBy: MemberKey)
    }

    package var pseudonyms: Pseudonyms

    package init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// - Returns: By code, then by time; of several that one person lost the same code by, the first.
    package func run(_ scope: Scope, _ database: Database) throws -> [Row] {
        var rows = try read(scope, from: .overtaken, database)
        rows += try read(scope, from: .beaten, database)
        rows.sort {
            ($0.normalForm, $0.at, $0.author.member, $0.registrant.id)
                < ($1.normalForm, $1.at, $1.author.member, $1.registrant.id)
        }
        struct Loss: Hashable {
            let code: String
            let person: PersonID
        }
        var seen: Set<Loss> = []
        return rows.filter { seen.insert(Loss(code: $0.normalForm, person: $0.registrant.id)).inserted }
    }

    /// Where such registrations stand: beside the code's, or in its row, where somebody's own code beats it.
    private enum Place {
        case overtaken, beaten

        var table: String {
            switch self {
            case .overtaken: "state_overtaken_codes"
            case .beaten: "state_codes"
            }
        }

        var code: String {
            switch self {
            case .overtaken: "x.code"
            case .beaten: "x.number"
            }
        }

        /// The second is for its index.
        var condition: String {
            switch self {
            case .overtaken: "k.owner <> x.registrant"
            case .beaten: "x.own_person IS NOT NULL AND x.registrant IS NOT NULL AND x.own_person <> x.registrant"
            }
        }
    }

    private func read(_ scope: Scope, from place: Place, _ database: Database) throws -> [Row] {
        let filter: String
        let arguments: StatementArguments
        switch scope {
        case .code(let number): (filter, arguments) = ("\(place.code) = ?", [number])
        case .person(let number): (filter, arguments) = ("x.registrant = ?", [number])
        case .open(let member):
            filter = "x.log IN (SELECT number FROM logs WHERE member = ?) AND \(Self.hasNothingSince)"
            arguments = [member.data]
        }
        let sql = """
            SELECT x.written, k.code, r.person, r.external, f.value, o.person, o.external, k.own_person IS NOT NULL, x.at,
                x.log
            FROM \(place.table) x CROSS JOIN state_codes k ON k.number = \(place.code)
                CROSS JOIN state_people r ON r.number = x.registrant CROSS JOIN state_people o ON o.number = k.owner
                \(SharedSQL.name(of: "r.number"))
            WHERE \(place.condition) AND \(filter)
            """
        var authors = AuthorNames(pseudonyms: pseudonyms)
        return try database.rows(sql, arguments) { row in
            let author = try authors.author(of: row[9], database)
            return Row(
                written: row[0], normalForm: row[1], registrant: try row.personName(2), registrantName: row[4],
                owner: try row.personName(5), isOwn: row[7], at: row[8], author: author)
        }
    }

    private static let hasNothingSince = """
        NOT EXISTS (SELECT 1 FROM state_codes z WHERE z.owner = x.registrant AND z.registrant = x.registrant AND z.at >= x.at)
        """
}
