import Foundation
import Testing

/// A stopped node's file is changed behind its back: `verify` names what, and `rebuild` mends what follows from the log.
@Suite(.serialized)
struct VerifyTests {
    /// One change of the file.
    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// A query for what a problem must name; `NAME` in the statements and in the problem stands for its answer.
        let name: String
        let statements: [String]
        let problem: String
    }

    private static let pledge = "SELECT lower(hex(pledge)) FROM state_pledges WHERE amount = 700 AND paid > 0"
    private static let tally = """
        SELECT lower(hex(p.person)) FROM state_tallies t JOIN state_people p ON p.number = t.person
        WHERE t.attribution = 0 ORDER BY p.person LIMIT 1
        """
    private static let person =
        "SELECT lower(hex(person)) FROM state_people WHERE winner IS NOT NULL ORDER BY 1 LIMIT 1"
    private static let tallyRow = "person = (SELECT number FROM state_people WHERE lower(hex(person)) = 'NAME')"

    static let ofState = [
        Damage(
            testDescription: "a pledge's amount", name: pledge,
            statements: ["UPDATE state_pledges SET amount = amount + 1 WHERE lower(hex(pledge)) = 'NAME'"],
            problem: "pledge NAME: amount is 701, the log says 700"),
        Damage(
            testDescription: "a pledge gone", name: pledge,
            statements: ["DELETE FROM state_pledges WHERE lower(hex(pledge)) = 'NAME'"],
            problem: "pledge NAME: is missing"),
        Damage(
            testDescription: "a pledge that nobody made", name: "SELECT 'ffffffffffffffffffffffffffffffff'",
            statements: [
                "CREATE TEMP TABLE nobodys AS SELECT * FROM state_pledges ORDER BY number DESC LIMIT 1",
                "UPDATE nobodys SET number = number + 1, pledge = x'ffffffffffffffffffffffffffffffff'",
                "INSERT INTO state_pledges SELECT * FROM nobodys",
            ],
            problem: "pledge NAME: is stored but follows from nothing"),
        Damage(
            testDescription: "a tally", name: tally,
            statements: ["UPDATE state_tallies SET paid = paid + 100 WHERE attribution = 0 AND \(tallyRow)"],
            problem: "tally NAME 0 USD: paid is"),
        Damage(
            testDescription: "a claim gone", name: person,
            statements: ["DELETE FROM state_claims WHERE \(tallyRow)"], problem: "claim NAME"),
        Damage(
            testDescription: "who brought somebody", name: person,
            statements: ["UPDATE state_people SET winner = NULL WHERE lower(hex(person)) = 'NAME'"],
            problem: "person NAME: winner is"),
        Damage(
            testDescription: "which claim brought somebody", name: person,
            statements: ["UPDATE state_people SET winner_position = 99 WHERE lower(hex(person)) = 'NAME'"],
            problem: "person NAME: winner_position is"),
        Damage(
            testDescription: "who had somebody join", name: person,
            statements: ["UPDATE state_people SET witnesses = zeroblob(32) WHERE lower(hex(person)) = 'NAME'"],
            problem: "person NAME: witnesses is"),
        Damage(
            testDescription: "a flag", name: pledge,
            statements: ["UPDATE state_pledges SET flags = 1 WHERE lower(hex(pledge)) = 'NAME'"],
            problem: "pledge NAME: flags is"),
        Damage(
            testDescription: "an unlink that nobody wrote", name: person,
            statements: [
                "INSERT INTO state_unlinks SELECT number, 1, 1, 1, 0, NULL FROM state_people "
                    + "WHERE lower(hex(person)) = 'NAME'"
            ], problem: "unlink NAME"),
        Damage(
            testDescription: "a suspension that nobody wrote", name: person,
            statements: [
                "INSERT INTO state_suspensions SELECT number, 1, 1, 1, 0, 0 FROM state_people "
                    + "WHERE lower(hex(person)) = 'NAME'"
            ], problem: "suspension NAME"),
        Damage(
            testDescription: "an ambassador's reach", name: "SELECT 1",
            statements: ["UPDATE state_ambassadors SET reach = reach + 1"], problem: ": reach is"),
        Damage(
            testDescription: "the key of a code", name: "SELECT 1",
            statements: ["UPDATE state_codes SET code_key = zeroblob(16) WHERE code = 'CODEA'"],
            problem: "code CODEA: code_key is \"00"),
        Damage(
            testDescription: "the totals", name: "SELECT 1",
            statements: ["UPDATE state_totals SET backers = backers + 1"], problem: "totals 1: backers is"),
        Damage(
            testDescription: "a currency's sum", name: "SELECT 1",
            statements: ["UPDATE state_currencies SET paid = paid - 1"], problem: "currency totals USD: paid is"),
        Damage(
            testDescription: "a name", name: person,
            statements: ["UPDATE detail_fields SET value = 'Mallory'"], problem: "value is \"Mallory\""),
        Damage(
            testDescription: "the digest's own notes", name: "SELECT 1",
            statements: [
                """
                INSERT OR REPLACE INTO state_buckets
                SELECT 0, coalesce(max(version), 0), randomblob(32), coalesce(max(version), 0) FROM state_buckets
                WHERE bucket = 0
                """
            ],
            problem: "bucket 0"),
    ]

    /// The middle of the log: neither its first bundle nor its last, and no signature of its own unless it is asked for.
    private static let middle = """
        SELECT b.position FROM bundles b LEFT JOIN signatures s ON s.bundle = b.number
        WHERE s.bundle IS NULL AND b.position > 0 ORDER BY b.position DESC LIMIT 1
        """
    private static let signed = """
        SELECT b.position FROM bundles b JOIN signatures s ON s.bundle = b.number
        WHERE b.position > 60 AND b.position < (SELECT max(position) FROM bundles) LIMIT 1
        """

    static let ofLog = [
        Damage(
            testDescription: "a byte of an operation", name: middle,
            statements: ["UPDATE bundles SET body = flip(body, length(body) / 2) WHERE position = NAME"],
            problem: "NAME"),
        Damage(
            testDescription: "a byte of a signed operation", name: signed,
            statements: ["UPDATE bundles SET body = flip(body, length(body) / 2) WHERE position = NAME"],
            problem: "NAME"),
        Damage(
            testDescription: "the last byte of the first import",
            name: "SELECT min(position) FROM bundles WHERE count > 9",
            statements: ["UPDATE bundles SET body = flip(body, length(body) - 1) WHERE position = NAME"],
            problem: "NAME"),
        Damage(
            testDescription: "the time of a header", name: middle,
            statements: ["UPDATE bundles SET time = time + 1 WHERE position = NAME"], problem: "NAME"),
        Damage(
            testDescription: "the id of a header", name: middle,
            statements: ["UPDATE bundles SET id = flip(id, 3) WHERE position = NAME"], problem: "NAME"),
        Damage(
            testDescription: "the id of the last header", name: "SELECT max(position) FROM bundles",
            statements: ["UPDATE bundles SET id = flip(id, 3) WHERE position = NAME"], problem: "NAME"),
        Damage(
            testDescription: "a signature", name: signed,
            statements: [
                "UPDATE signatures SET signature = flip(signature, 40) "
                    + "WHERE bundle = (SELECT number FROM bundles WHERE position = NAME)"
            ], problem: "NAME"),
        Damage(
            testDescription: "the last signature gone", name: "SELECT max(position) FROM bundles",
            statements: [
                "DELETE FROM signatures WHERE bundle = (SELECT number FROM bundles WHERE position = NAME)"
            ], problem: "NAME"),
        Damage(
            testDescription: "a bundle in the middle gone", name: middle,
            statements: ["DELETE FROM bundles WHERE position = NAME"], problem: "NAME"),
        Damage(
            testDescription: "the last bundle gone", name: "SELECT max(position) FROM bundles",
            statements: ["DELETE FROM bundles WHERE position = NAME"], problem: "NAME"),
        Damage(
            testDescription: "the last bundle gone with its signature", name: "SELECT max(position) FROM bundles",
            statements: [
                "DELETE FROM signatures WHERE bundle = (SELECT number FROM bundles WHERE position = NAME)",
                "DELETE FROM bundles WHERE position = NAME",
            ], problem: "NAME"),
        Damage(
            testDescription: "the length of a log", name: "SELECT 1",
            statements: ["UPDATE logs SET length = length - 1"], problem: "log "),
        Damage(
            testDescription: "an operation kept from the fold", name: middle,
            // Until tomorrow: what is due is folded at the start, and then there is nothing to name.
            statements: [
                "INSERT INTO held SELECT number, log, time + 86400000 * 65536, length(body) FROM bundles "
                    + "WHERE position = NAME"
            ],
            problem: ", the log says "),
        Damage(
            testDescription: "the stored state of a log", name: "SELECT 1",
            statements: ["UPDATE logs SET state = flip(state, length(state) - 3)"],
            problem: "its stored state is not what its bundles give"),
        Damage(
            testDescription: "a root order", name: "SELECT 1",
            statements: ["UPDATE orders SET bytes = flip(bytes, length(bytes) - 1)"],
            problem: "is not signed by the root key"),
        Damage(
            testDescription: "a chain", name: "SELECT lower(hex(member)) FROM chains",
            statements: ["UPDATE chains SET presentation = flip(presentation, length(presentation) - 1)"],
            problem: "chain of member NAME: proves nothing"),
        Damage(
            testDescription: "the token that the mark repeats", name: "SELECT 1",
            statements: ["UPDATE node SET value = flip(value, 0) WHERE key = 'token'"],
            problem: "note token of the node: is "),
    ]

    /// Ambassadors, backers and pledges in three files and some single writes: bundles with and without a signature.
    private func cluster() throws -> Cluster {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let codes = ["A", "B", "C"]
        var files = ["ambassadors": "ambassador,code,joined_at\n", "backers": "backer,joined_at,code\n"]
        files["pledges"] = "pledge,backer,amount,currency,pledged_at,status,code\n"
        for code in codes { files["ambassadors", default: ""] += "amb\(code),CODE\(code),2026-01-01T00:00:00Z\n" }
        for index in 0..<60 {
            files["backers", default: ""] += "b\(index),2026-02-01T00:00:\(index % 50 + 10)Z,CODE\(codes[index % 3])\n"
            files["pledges", default: ""] +=
                "p\(index),b\(index),\(index + 10).00,USD,2026-03-01T00:00:\(index % 50 + 10)Z,paid,\n"
        }
        for kind in ["ambassadors", "backers", "pledges"] {
            let file = cluster.folder.appending(path: "\(kind).csv")
            try files[kind, default: ""].write(to: file, atomically: false, encoding: .utf8)
            try node.importing(kind, file)
        }
        for index in 0..<6 {
            _ = try node.json([
                "backer", "add", "--external", "s\(index)", "--name", "Name \(index)", "--code", "CODEA",
            ])
        }
        _ = try node.json(["pledge", "add", "--backer", "s0", "--amount", "7.00", "--external", "single"])
        _ = try node.json(["pledge", "pay", "single"])
        return cluster
    }

    private func inflict(_ damage: Damage, on node: Node) throws -> String {
        let name = try Python.sql([damage.name], on: node)
        try #require(!name.isEmpty, "nothing to damage: \(damage)")
        try Python.sql(damage.statements.map { $0.replacing("NAME", with: name) }, on: node)
        return name
    }

    /// - Returns: What `verify` lists; it must end with status 6.
    private func problems(_ node: Node) throws -> [String] {
        let ended = try node.call(["verify", "--json"])
        #expect(ended.status == 6, "\(ended.output) \(ended.errors)")
        let answer = try ended.json
        #expect(answer["ok"] as? Bool == false)
        return answer["problems"] as? [String] ?? []
    }

    @Test(arguments: ofState)
    func `a changed state row is named, and rebuilding puts the digest back`(damage: Damage) throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        try node.expectClean()
        let state = try #require(try node.json(["status"])["state"] as? String)
        let totals = try node.totals()
        try node.stop()
        let name = try inflict(damage, on: node)
        try node.start()

        let problems = try problems(node)
        let expected = damage.problem.replacing("NAME", with: name)
        #expect(problems.contains { $0.contains(expected) }, "\(expected) is not in \(problems)")
        _ = try node.json(["rebuild"])
        try node.expectClean()
        #expect(try node.json(["status"])["state"] as? String == state)
        #expect(try node.totals() == totals)
    }

    @Test(arguments: ofLog)
    func `a changed log is named by the position`(damage: Damage) throws {
        let cluster = try cluster()
        let node = cluster.nodes[0]
        try node.stop()
        let name = try inflict(damage, on: node)
        try node.start()
        let problems = try problems(node)
        // A changed header shows itself where the next one names it: at the end of the bundle.
        let positions = Int(name).map { ["\($0)", "\($0 + 1)"] } ?? []
        let isNamed = problems.contains { problem in
            guard damage.problem == "NAME" else {
                return problem.contains(damage.problem.replacing("NAME", with: name))
            }
            return problem.split { !$0.isNumber }.contains { positions.contains(String($0)) }
        }
        #expect(isNamed, "neither \(positions) nor \(damage.problem) is in \(problems)")
    }
}
