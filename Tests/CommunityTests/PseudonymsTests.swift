import Community
import Identity
import Testing

@Suite struct PseudonymsTests {
    private let pseudonyms = FoldRules.testPseudonyms
    private let other = Pseudonyms(personKey: SecretBytes(copying: [UInt8](repeating: 9, count: 32)))
    private let member = MemberID(raw: Bytes16([UInt8](repeating: 1, count: 16)) ?? .zero)

    @Test func `a person's id is the keyed hash of source and external id`() throws {
        let content: [UInt8] = [1, 3] + Array("abc".utf8) + Array("defg".utf8)
        let expected = BLAKE2b.hash128(
            content, personal: BLAKE2b.Personal("gv/person"), key: FoldRules.testPersonKey)
        #expect(pseudonyms.person(source: "abc", externalID: "defg").raw == expected)
    }

    @Test func `the length of the source keeps ids apart`() {
        #expect(
            pseudonyms.person(source: "ab", externalID: "cd") != pseudonyms.person(source: "abc", externalID: "d"))
        #expect(
            pseudonyms.pledge(source: "ab", externalID: "cd") != pseudonyms.pledge(source: "abc", externalID: "d"))
    }

    @Test func `persons and pledges of one external id are two ids, and so are those of two person keys`() {
        let person = pseudonyms.person(source: "s", externalID: "1")
        #expect(person.raw != pseudonyms.pledge(source: "s", externalID: "1").raw)
        #expect(person != other.person(source: "s", externalID: "1"))
        #expect(pseudonyms.person(of: member) != other.person(of: member))
        #expect(pseudonyms.person(contact: "a@b.org") != other.person(contact: "a@b.org"))
    }

    @Test func `a member's person and own pledges are hashes of the member id`() {
        let key = FoldRules.testPersonKey
        let person = BLAKE2b.hash128([2] + member.bytes, personal: BLAKE2b.Personal("gv/person"), key: key)
        #expect(pseudonyms.person(of: member).raw == person)
        let nonce = Bytes16([UInt8](repeating: 4, count: 16)) ?? .zero
        let pledge = BLAKE2b.hash128(
            [2] + member.bytes + nonce.bytes, personal: BLAKE2b.Personal("gv/pledge"), key: key)
        #expect(pseudonyms.pledge(by: member, nonce: nonce).raw == pledge)
    }

    @Test func `a contact's id is Argon2id of the contact, salted with a hash of the person key`() {
        let salt = BLAKE2b.hash128(FoldRules.testPersonKey, personal: BLAKE2b.Personal("gv/contact"))
        let expected = Argon2id.hash128(password: Array("a@b.org".utf8), salt: salt)
        #expect(pseudonyms.person(contact: "a@b.org").raw == expected)
        #expect(pseudonyms.person(contact: "") != pseudonyms.person(contact: "a@b.org"))
    }

    @Test func `spaces are trimmed, and only spaces`() {
        #expect(Pseudonyms.trimmed("  a b  ") == "a b")
        #expect(Pseudonyms.trimmed("   ") == "")
        #expect(Pseudonyms.trimmed("\ta\u{A0}") == "\ta\u{A0}")
    }

    @Test func `contacts are lower-cased in ASCII and nowhere else`() {
        #expect(Pseudonyms.normalContact(" Ann@EXAMPLE.org ") == "ann@example.org")
        #expect(Pseudonyms.normalContact("ÄNN@x.org") == "Änn@x.org")
    }
}
