import AuthorLog
import Foundation
import Identity
import Testing

@testable import Community

/// Protocol/vectors/community: what an implementation in another language can check without reading Swift.
///
/// Written only when GRAPEVINE_WRITE_VECTORS=1; otherwise compared byte for byte.
@Suite struct CommunityVectorTests {
    private let rules: FoldRules
    private var pseudonyms: Pseudonyms { rules.pseudonyms }

    init() throws {
        rules = try .test(created: 1_700_000_000_000, windowDays: 30, qualifyingMinor: 500)
    }

    private func compare(_ content: some Encodable, with file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(content) + Data("\n".utf8)
        let url = Files.vectors.appending(path: file)
        if ProcessInfo.processInfo.environment["GRAPEVINE_WRITE_VECTORS"] == "1" { try data.write(to: url) }
        #expect(try Data(contentsOf: url) == data, "\(file) differs from what is computed now")
    }

    // MARK: Ids and codes

    private struct Codes: Encodable {
        struct Own: Encodable { let id, code: String }
        struct Read: Encodable {
            let written: String
            let normal: String?
            let key: String?
        }
        let own_codes: [Own]
        let normal_forms: [Read]
    }

    @Test func `own codes and normal forms are those of codes json`() throws {
        let ids =
            try (0..<24).map { try #require(Bytes16([UInt8](repeating: UInt8($0), count: 16))) }
            + RandomCommunity.rivalIDs.joined().map { try #require(PersonID(hex: $0)).raw }
        let own = ids.map { Codes.Own(id: $0.hex, code: CodeText(ownCodeOf: $0).text) }
        let lookalike = try #require(own.map(\.code).first { $0.contains("0") && $0.contains("1") })
        let written = [
            "alpha", "AL-PHA", " a_l-p h a ", "oil", "0IL", "763EF438AF07", "UUUUUUUUUUU", "", "- _", "é", "АLPHA",
            "A$",
            "\u{212A}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", lookalike.lowercased(),
            lookalike.replacing("0", with: "O").replacing("1", with: "l"), String(lookalike.dropLast()) + "*",
        ]
        let read = written.map { text in
            let code = CodeText(text)
            return Codes.Read(written: text, normal: code?.text, key: code?.key.hex)
        }
        try compare(Codes(own_codes: own, normal_forms: read), with: "codes.json")
    }

    private struct Ids: Encodable {
        struct Sourced: Encodable { let source, external_id, person, pledge: String }
        struct Contact: Encodable { let contact, person: String }
        struct Member: Encodable { let member_id, person, nonce, pledge: String }
        let person_key: String
        let sourced: [Sourced]
        let contacts: [Contact]
        let members: [Member]
    }

    @Test func `ids of persons and pledges are those of ids json`() throws {
        let sourced = [("import", "p_1"), ("import", "é"), ("a", "bc"), ("ab", "c"), ("", ""), ("shop", "💶")].map {
            Ids.Sourced(
                source: $0, external_id: $1, person: pseudonyms.person(source: $0, externalID: $1).hex,
                pledge: pseudonyms.pledge(source: $0, externalID: $1).hex)
        }
        let contacts = ["ann@example.org", "änn@example.org", ""].map {
            Ids.Contact(contact: $0, person: pseudonyms.person(contact: $0).hex)
        }
        let members = try (0..<3).map { (number: UInt8) in
            let member = MemberID(raw: try #require(Bytes16([UInt8](repeating: number, count: 16))))
            let nonce = try #require(Bytes16([UInt8](repeating: 0xF0 + number, count: 16)))
            return Ids.Member(
                member_id: member.hex, person: pseudonyms.person(of: member).hex, nonce: nonce.hex,
                pledge: pseudonyms.pledge(by: member, nonce: nonce).hex)
        }
        try compare(
            Ids(
                person_key: Hex.encode(FoldRules.testPersonKey), sourced: sourced, contacts: contacts, members: members),
            with: "ids.json")
    }

    // MARK: Records

    private struct Records: Encodable {
        struct Row: Encodable {
            let name: String
            /// Kind byte first.
            let public_part: String
            let verdict: String
        }
        let charter_currency: String
        let records: [Row]
    }

    @Test func `records are read and refused as records json says`() throws {
        let person = pseudonyms.person(source: "import", externalID: "p_1")
        let pledge = pseudonyms.pledge(source: "import", externalID: "1")
        var rows: [(String, [UInt8])] = []
        func add(_ name: String, _ build: (inout Wire) -> Void) { rows.append((name, [32] + Wire.make(build))) }
        func money(
            _ name: String, kind: Int64, minor: Int64?, currency: String = "", reference: String = "",
            void: Bool = false
        ) {
            add(name) {
                $0.message(9) { fact in
                    fact.varint(1, kind)
                    if !reference.isEmpty { fact.text(2, reference) }
                    if let minor {
                        fact.message(3) {
                            if minor != 0 { $0.varint(1, minor) }
                            if !currency.isEmpty { $0.text(2, currency) }
                        }
                    }
                    if void { fact.varint(4, 1) }
                }
                $0.bytes(10, pledge.bytes)
            }
        }
        func joined(_ name: String, at: Int64) {
            add(name) {
                $0.bytes(2, person.bytes)
                $0.message(4) { if at != 0 { $0.varint(1, at) } }
            }
        }
        func claim(_ name: String, _ code: String) {
            add(name) {
                $0.bytes(2, person.bytes)
                $0.message(5) { $0.text(1, code) }
            }
        }
        add("a person alone") { $0.bytes(2, person.bytes) }
        add("nothing") { _ in }
        add("an import of nothing") { $0.varint(1, 1) }
        add("a person id of 15 bytes") { $0.bytes(2, Array(person.bytes.prefix(15))) }
        add("a field of a later version") {
            $0.bytes(2, person.bytes)
            $0.text(99, "later")
        }
        joined("joined at the header's time", at: 0)
        joined("joined in the first millisecond", at: Limits.claimedMillisecondRange.lowerBound)
        joined("joined a millisecond before", at: Limits.claimedMillisecondRange.lowerBound - 1)
        joined("joined in the last millisecond", at: Limits.claimedMillisecondRange.upperBound)
        joined("joined a millisecond after", at: Limits.claimedMillisecondRange.upperBound + 1)
        add("joined, nobody") { $0.message(4) }
        claim("a claim", "ALPHA")
        claim("a claim not in normal form", "alpha")
        claim("a claim of no code", "")
        add("a code as written") {
            $0.bytes(2, person.bytes)
            $0.message(7) { $0.text(1, "Al-Pha 1") }
        }
        add("a code in Cyrillic") {
            $0.bytes(2, person.bytes)
            $0.message(7) { $0.text(1, "АLPHA") }
        }
        add("an own code") {
            $0.bytes(2, person.bytes)
            $0.message(6)
        }
        add("an unlink") {
            $0.bytes(2, person.bytes)
            $0.message(12) { $0.varint(1, 1_700_000_000_000) }
        }
        add("an unlink a millisecond after the last") {
            $0.bytes(2, person.bytes)
            $0.message(12) { $0.varint(1, Limits.claimedMillisecondRange.upperBound + 1) }
        }
        add("an unlink of nobody") { $0.message(12) }
        add("a suspension") {
            $0.bytes(2, person.bytes)
            $0.message(13)
        }
        add("the end of a suspension") {
            $0.bytes(2, person.bytes)
            $0.message(13) { $0.varint(1, 1) }
        }
        add("a suspension of nobody") { $0.message(13) }
        add("a pledge without its backer") {
            $0.message(8) {
                $0.bytes(1, pledge.bytes)
                $0.varint(2, 0)
            }
        }
        add("an anonymous pledge with every register") {
            $0.message(8) {
                $0.bytes(1, pledge.bytes)
                $0.varint(2, 1)
                $0.varint(3, 1_700_000_000_000)
                $0.text(4, "ALPHA")
                $0.varint(5, 3)
                $0.message(6) { $0.varint(1, 1_250) }
            }
        }
        money("a confirm", kind: 1, minor: 1_000)
        money("a confirm of nothing", kind: 1, minor: 0)
        money("a confirm of the largest amount", kind: 1, minor: Limits.largestAmountMinor)
        money("a confirm of more", kind: 1, minor: Limits.largestAmountMinor + 1)
        money("a negative confirm", kind: 1, minor: -1)
        money("a confirm without amount", kind: 1, minor: nil)
        money("a confirm in another currency", kind: 1, minor: 12_345, currency: "BHD")
        money("a confirm in no currency", kind: 1, minor: 1, currency: "XXX")
        money("a confirm in a currency with the Kelvin sign", kind: 1, minor: 1, currency: "\u{212A}RW")
        money("a void", kind: 1, minor: nil, void: true)
        money("a void with an amount", kind: 1, minor: 1, void: true)
        money("a refund", kind: 2, minor: 1_000, reference: "tx-1")
        money("a lapse", kind: 3, minor: nil)
        money("a lapse with an amount", kind: 3, minor: 1)
        money(
            "a cancel with a reference of 64 bytes", kind: 4, minor: nil, reference: String(repeating: "é", count: 32))
        money(
            "a cancel with a reference of 65 bytes", kind: 4, minor: nil, reference: String(repeating: "x", count: 65))
        money("a cancel with a zero byte in its reference", kind: 4, minor: nil, reference: "a\u{0}b")
        money("a fact of kind 0", kind: 0, minor: nil)
        money("a fact of kind 5", kind: 5, minor: nil)
        func voice(_ name: String, kind: UInt8, _ build: (inout Wire) -> Void = { _ in }) {
            rows.append((name, [kind] + Wire.make(build)))
        }
        let id = VoiceID(log: .test(1), position: 1)
        voice("an announcement", kind: 33)
        voice("a reply", kind: 33) { $0.bytes(1, id.bytes) }
        voice("a reply to an id of 15 bytes", kind: 33) { $0.bytes(1, Array(id.bytes.prefix(15))) }
        voice("a post for somebody", kind: 33) { $0.bytes(2, person.bytes) }
        voice("a post with a mood", kind: 33) { $0.varint(3, 0) }
        voice("feedback that is all in its text", kind: 34)
        voice("feedback for somebody, with a mood, about something", kind: 34) {
            $0.bytes(1, id.bytes)
            $0.bytes(2, person.bytes)
            $0.varint(3, -2)
        }
        voice("feedback for a person id of 17 bytes", kind: 34) { $0.bytes(2, person.bytes + [0]) }
        for mood: Int64 in [-3, -2, 0, 2, 3, .min, .max, 1 << 32] {
            voice("feedback of mood \(mood)", kind: 34) { $0.varint(3, mood) }
        }
        voice("feedback cut short", kind: 34) {
            $0.bytes(1, id.bytes); $0.varint(3, 1)
        }
        rows[rows.count - 1].1.removeLast()
        voice("feedback with a field of a later version", kind: 34) { $0.text(99, "later") }
        let read = rows.map { name, bytes in
            Records.Row(name: name, public_part: Hex.encode(bytes), verdict: verdict(bytes))
        }
        try compare(Records(charter_currency: rules.currency.code, records: read), with: "records.json")
    }

    private func verdict(_ publicPart: [UInt8]) -> String {
        do throws(RecordError) {
            switch publicPart.first.flatMap(Voice.Kind.init(rawValue:)) {
            case let kind?: _ = try Voice(kind, decoding: publicPart.dropFirst())
            case nil: _ = try Record(decoding: publicPart.dropFirst(), currency: rules.currency)
            }
            return "read"
        } catch {
            return "malformed"
        }
    }

    // MARK: State

    private struct State: Encodable {
        struct Rules: Encodable {
            let currency, person_key: String
            let created_ms, window_days, qualifying_minor: Int64
        }
        /// An operation with what its header and its author's right say of it.
        struct Input: Encodable {
            let time, position: UInt64
            let member_key, incarnation, public_part, role, member_id: String
            /// Null: made from the member id.
            let person: String?
            let sources: [String]
            let since_ms: UInt64
        }
        struct Bucket: Encodable {
            let number: UInt16
            let rows: [String]
            let hash: String
        }
        struct Ambassador: Encodable {
            let person, code: String
            let brought, reach, depth: Int64
            let cut: Bool
        }
        struct Credit: Encodable {
            let person, attribution, currency: String
            let pledges, credited_pledges: Int64
            let pledged_minor, paid_minor, refunded_minor: Int64
        }
        let rules: Rules
        let operations: [Input]
        let skipped: Int
        let buckets: [Bucket]
        let state: String
        let ambassadors: [Ambassador]
        let tallies: [Credit]
        /// Of the pledges that have any, by name, sorted.
        let flags: [String: [String]]
    }

    private static let flagNames: [(PledgeFlags, String)] = [
        (.cancelledAfterPayment, "cancelled_after_payment"), (.otherCurrency, "other_currency"),
        (.overRefunded, "over_refunded"), (.overpaid, "overpaid"), (.paidAfterCancel, "paid_after_cancel"),
        (.twoAmounts, "two_amounts"),
    ]

    @Test(arguments: [14, 101, 347] as [UInt64]) func `a small community has the rows and the digest of its file`(
        seed: UInt64
    ) throws {
        var dice = Dice(seed: seed)
        let community = try RandomCommunity(dice: &dice, actCount: 60)
        var node = TestNode(rules: community.rules, logs: community.logs)
        try node.apply(community.acts)
        #expect(node.natural == ReferenceFold(community.acts, rules: community.rules).natural)
        let store = node.store
        func id(_ number: PersonNumber) -> String { store.people[number]?.id.hex ?? "" }
        let buckets = store.digestRows(order: node.fold.order).sorted { $0.key < $1.key }.map { number, rows in
            var rows = rows
            return State.Bucket(number: number, rows: rows.sorted.map { Hex.encode($0) }, hash: rows.hash().hex)
        }
        let ambassadors = store.ambassadors.values.map {
            State.Ambassador(
                person: id($0.person), code: $0.shownCode, brought: $0.brought, reach: $0.reach, depth: $0.depth,
                cut: $0.isCut)
        }.sorted { $0.person < $1.person }
        let tallies = store.tallies.map { key, tally in
            State.Credit(
                person: id(key.person), attribution: Natural.attribution(key.attribution), currency: key.currency.code,
                pledges: tally.pledges, credited_pledges: tally.creditedPledges, pledged_minor: Int64(tally.pledged),
                paid_minor: Int64(tally.paid), refunded_minor: Int64(tally.refunded))
        }.sorted { ($0.person, $0.attribution, $0.currency) < ($1.person, $1.attribution, $1.currency) }
        let flagged = store.pledges.values.filter { !$0.flags.isEmpty }.map { pledge in
            (pledge.id.hex, Self.flagNames.filter { pledge.flags.contains($0.0) }.map(\.1))
        }
        let flags = Dictionary(uniqueKeysWithValues: flagged)
        let state = State(
            rules: .init(
                currency: community.rules.currency.code, person_key: Hex.encode(FoldRules.testPersonKey),
                created_ms: community.rules.createdMilliseconds, window_days: community.rules.windowDays,
                qualifying_minor: community.rules.qualifyingMinor),
            operations: community.acts.map { input($0, currency: community.rules.currency) },
            skipped: store.skipped.count, buckets: buckets, state: store.stateHash.hex, ambassadors: ambassadors,
            tallies: tallies, flags: flags)
        try compare(state, with: "state-\(seed).json")
    }

    private func input(_ act: Act, currency: Currency) -> State.Input {
        State.Input(
            time: act.time.rawValue, position: act.position, member_key: act.log.member.hex,
            incarnation: Hex.encode(act.log.incarnation.bytes),
            public_part: Hex.encode(act.operation(currency: currency).publicPart), role: "\(act.right.role)",
            member_id: act.right.memberID.hex, person: act.right.person?.hex, sources: act.right.sources,
            since_ms: act.right.since.milliseconds)
    }
}

extension Digest.Rows {
    /// Each without its length, in the order in which they are hashed.
    fileprivate var sorted: [[UInt8]] {
        var rows = self
        rows.sort()
        return rows.extents.map { Array(rows.bytes[$0.start + Self.lengthByteCount..<$0.end]) }
    }
}
