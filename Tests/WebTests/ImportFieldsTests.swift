import API
import Testing

@testable import Web

struct ImportFieldsTests {
    private let columns = "pledge,backer,amount"

    private func fields(_ given: [String: String]) throws(Failure) -> ImportFields {
        var given = given
        if given[ImportPart.Field.columns] == nil { given[ImportPart.Field.columns] = columns }
        return try ImportFields { given[$0] }
    }

    private func refusal(_ given: [String: String]) throws -> Failure {
        try #require(throws: Failure.self) { try fields(given) }
    }

    @Test func `a part needs to name its columns and nothing else`() throws {
        let fields = try fields([:])
        #expect(fields.columns == columns && fields.source == nil && !fields.isDryRun)
        // The header row is line 1.
        #expect(fields.firstLine == 2)
        let nothing = #expect(throws: Failure.self) { try ImportFields { _ in nil } }
        #expect(nothing?.code == .csvHeader)
    }

    @Test func `a part says where it stands in its file`() throws {
        #expect(try fields([ImportPart.Field.firstLine: "1"]).firstLine == 1)
        #expect(try fields([ImportPart.Field.firstLine: "9223372036854775807"]).firstLine == .max)
        for text in ["0", "-1", "", " 2", "2.0", "0x2", "two", "9223372036854775808"] {
            #expect(try refusal([ImportPart.Field.firstLine: text]).code == .request, "\(text)")
        }
    }

    @Test func `a part says which of which file it is, or nothing of it`() throws {
        let (run, part) = (ImportPart.Field.run, ImportPart.Field.part)
        #expect(try fields([:]).place == nil)
        #expect(try fields([run: "a", part: "7"]).place == ImportPlace(run: "a", part: 7))
        let long = String(repeating: "a", count: ImportPart.runByteLimit + 1)
        for given in [
            [run: "a"], [part: "0"], [run: "", part: "0"], [run: long, part: "0"], [run: "a", part: "-1"],
            [run: "a", part: "x"],
        ] {
            #expect(try refusal(given).code == .request, "\(given)")
        }
    }

    @Test func `a source comes percent-encoded, whatever its letters`() throws {
        #expect(try fields([ImportPart.Field.source: "shop"]).source == "shop")
        #expect(try fields([ImportPart.Field.source: "caf%C3%A9%20%25"]).source == "café %")
        #expect(try fields([ImportPart.Field.source: ""]).source == "")
        for text in ["%", "%4", "%zz", "%C3", "%FF"] {
            #expect(try refusal([ImportPart.Field.source: text]).code == .request, "\(text)")
        }
    }

    /// A word that was meant to keep the record as it is must never change it.
    @Test func `a dry run is one or is none`() throws {
        #expect(try fields([ImportPart.Field.dryRun: "true"]).isDryRun)
        #expect(try !fields([ImportPart.Field.dryRun: "false"]).isDryRun)
        for text in ["", "1", "0", "yes", "True", "TRUE", " true"] {
            #expect(try refusal([ImportPart.Field.dryRun: text]).code == .request, "\(text)")
        }
    }
}
