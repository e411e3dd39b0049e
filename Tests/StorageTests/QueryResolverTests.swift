import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryResolverTests {
    private let pseudonyms = QueryFixture.pseudonyms

    private func person(_ text: String, source: String? = nil, in fixture: QueryFixture) throws -> Resolution<Int64> {
        let answer = try fixture.read {
            try PersonResolver(pseudonyms: pseudonyms).resolve(text, source: source, in: $0)
        }
        return switch answer {
        case .found(let person): .found(person.number)
        case .notFound: .notFound
        case .ambiguous(let sources): .ambiguous(sources: sources)
        }
    }

    private func pledge(_ text: String, source: String? = nil, in fixture: QueryFixture) throws -> Resolution<Int64> {
        let answer = try fixture.read {
            try PledgeResolver(pseudonyms: pseudonyms).resolve(text, source: source, in: $0)
        }
        return switch answer {
        case .found(let pledge): .found(pledge.number)
        case .notFound: .notFound
        case .ambiguous(let sources): .ambiguous(sources: sources)
        }
    }

    private func add(
        _ number: Int64, _ external: String, source: String, isHeld: Bool = true, to fixture: QueryFixture
    ) throws {
        try fixture.person(
            number, id: pseudonyms.person(source: source, externalID: external), external: isHeld ? external : nil,
            source: source)
    }

    @Test func `a person is found by external id, contact, printed id and code`() throws {
        let fixture = try QueryFixture()
        try add(1, "anna 7", source: "import", to: fixture)
        try fixture.person(2, id: pseudonyms.person(contact: "ben@example.org"))
        try fixture.person(3, id: pseudonyms.person(contact: "+49 (30) 123456"))
        try fixture.person(4)
        try fixture.code(1, "CARPE-Diem", registrant: 4)
        try fixture.code(2, "NOBODY")
        #expect(try person(" anna 7 ", in: fixture) == .found(1))
        #expect(try person("Ben@Example.ORG", in: fixture) == .found(2))
        #expect(try person("+49 (30) 123456", in: fixture) == .found(3))
        #expect(try person(QueryFixture.person(4).hex.uppercased(), in: fixture) == .found(4))
        #expect(try person("carpe diem", in: fixture) == .found(4))
        for text in ["nobody", "ANNA 7", "x@y", "", QueryFixture.person(5).hex, "no code: 1"] {
            #expect(try person(text, in: fixture) == .notFound)
        }
    }

    @Test func `an external id beats a code, and a printed id does, too`() throws {
        let fixture = try QueryFixture()
        try add(1, "BEN", source: "import", to: fixture)
        try fixture.person(2)
        try fixture.person(3)
        try fixture.code(1, "BEN", registrant: 2)
        try fixture.code(2, QueryFixture.person(2).hex, registrant: 3)
        #expect(try person("BEN", in: fixture) == .found(1))
        #expect(try person("ben", in: fixture) == .found(2))
        #expect(try person(QueryFixture.person(2).hex, in: fixture) == .found(2))
    }

    @Test func `an external id of several sources is ambiguous until a source is given`() throws {
        let fixture = try QueryFixture()
        try add(1, "7", source: "shop", to: fixture)
        #expect(try person("7", in: fixture) == .found(1))
        try add(2, "7", source: "crm", to: fixture)
        #expect(try person("7", in: fixture) == .ambiguous(sources: ["crm", "shop"]))
        #expect(try person("7", source: "crm", in: fixture) == .found(2))
        #expect(try person("7", source: " shop ", in: fixture) == .found(1))
        #expect(try person("7", source: "import", in: fixture) == .notFound)
    }

    @Test func `the default source's external ids are found where their text is not held`() throws {
        let fixture = try QueryFixture()
        try add(1, "7", source: "import", isHeld: false, to: fixture)
        #expect(try person("7", in: fixture) == .found(1))
        try add(2, "7", source: "crm", to: fixture)
        #expect(try person("7", in: fixture) == .ambiguous(sources: ["crm", "import"]))
    }

    @Test func `sources that begin alike and hash alike are one`() throws {
        let fixture = try QueryFixture()
        let long = String(repeating: "s", count: Limits.externalIDByteLimit)
        try add(1, "7", source: long + "a", to: fixture)
        try add(2, "8", source: long + "b", to: fixture)
        #expect(try person("7", in: fixture) == .found(1))
    }

    @Test func `with a source nothing but an external id is meant`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1)
        try fixture.code(1, "BEN", registrant: 1)
        #expect(try person("BEN", source: "import", in: fixture) == .notFound)
    }

    @Test(arguments: ["a@b", "+491234567", "(030) 123-45 67", "0301234567"])
    func `an address or a number to dial looks like a contact`(_ text: String) {
        #expect(PersonResolver.isContact(text))
    }

    @Test(arguments: ["BEN", "123456", "1234567890123456", "12345678A", "", "+-()"])
    func `a code or a short number does not`(_ text: String) {
        #expect(!PersonResolver.isContact(text))
    }

    @Test func `a pledge is found by external id and by printed id`() throws {
        let fixture = try QueryFixture()
        try fixture.pledge(
            1, external: "D-1", id: pseudonyms.pledge(source: "import", externalID: "D-1"))
        try fixture.pledge(2)
        try fixture.pledge(3, id: pseudonyms.pledge(source: "import", externalID: "D-3"))
        #expect(try pledge("D-1", in: fixture) == .found(1))
        #expect(try pledge(QueryFixture.pledge(2).hex, in: fixture) == .found(2))
        #expect(try pledge("D-3", in: fixture) == .found(3))
        #expect(try pledge("D-4", in: fixture) == .notFound)
        try fixture.pledge(
            4, external: "D-1", source: "shop", id: pseudonyms.pledge(source: "shop", externalID: "D-1"))
        #expect(try pledge("D-1", in: fixture) == .ambiguous(sources: ["import", "shop"]))
        #expect(try pledge("D-1", source: "shop", in: fixture) == .found(4))
    }
}
