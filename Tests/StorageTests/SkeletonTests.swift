import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

/// Names that people may take for one another (threats row 26).
struct SkeletonTests {
    @Test(arguments: [
        ("Ana", "\u{410}na"), ("Ana", "An\u{430}"), ("Zoe\u{308}", "Zo\u{EB}"), ("Zo\u{EB}", "Z\u{3BF}\u{EB}"),
        ("Bill", "BiIl"), ("Mark Burn", "Mark Bum"), ("Ana", "A\u{200B}na"), ("Ana", "\u{1D400}na"), ("O1", "0l"),
    ])
    func `what looks alike has one skeleton`(one: String, other: String) {
        #expect(Skeleton.of(one) == Skeleton.of(other))
    }

    @Test(arguments: [("Ana", "ana"), ("Ana", "Anna"), ("Zoe", "Zo\u{EB}"), ("Ана", "Инна"), ("", "a")])
    func `what can be told apart has not`(one: String, other: String) {
        #expect(Skeleton.of(one) != Skeleton.of(other))
    }

    /// Every pair that Unicode gives for a letter or digit of ASCII, if the file is here.
    @Test func `every character that Unicode calls confusable with 0 1 I O L has their skeleton`() throws {
        guard let data = try SharedFile.inflated("vectors/strings/uts39-confusables.json.gz") else {
            print("skipped: ../shared/vectors/strings is not here")
            return
        }
        let table = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[String: String]]])
        var checked = 0
        for letter in ["0", "1", "I", "O", "L", "l", "o", "i"] {
            for other in (table[letter] ?? []).compactMap({ $0["c"] }) where other.unicodeScalars.count == 1 {
                #expect(Skeleton.of(other) == Skeleton.of(letter), "\(other) and \(letter)")
                #expect(CodeText(other) == nil || other.utf8.allSatisfy { $0 < 128 })
                checked += 1
            }
        }
        #expect(checked > 200)
        print("Skeleton: \(checked) confusables of 0 1 I O L i l o, each alike")
    }

    @Test func `a name that looks like a different one is marked, and so is the other; an equal one is not`() throws {
        let fixture = try QueryFixture()
        let names = ["Ana", "\u{410}na", "Ben", "Ben", "Ana"]
        for (index, name) in names.enumerated() {
            let number = Int64(index + 1)
            try fixture.person(number, joinedAt: 0, name: name)
            try fixture.execute("INSERT INTO detail_names VALUES (?, ?, ?)", [number, Skeleton.of(name), name])
            try fixture.code(number, "C\(number)", registrant: number)
            try fixture.ambassador(number, code: "C\(number)")
        }
        try fixture.person(6, joinedAt: 0)
        let marked: Set<PersonID> = Set([1, 2, 5].map { QueryFixture.person($0) })
        let page = PageRequest(limit: 9)
        let backers = try fixture.read { try BackerQuery().list(page, $0).rows }
        #expect(Set(backers.filter(\.isLookalike).map(\.backer.id)) == marked)
        #expect(backers.count == 6)
        let currency = try #require(Currency("USD"))
        let credit = AmbassadorQuery(attribution: .firstTouch, currency: currency)
        let ambassadors = try fixture.read { try credit.list(page, $0).rows }
        #expect(Set(ambassadors.filter(\.isLookalike).map(\.ambassador.id)) == marked)
        let board = LeaderboardQuery(attribution: .firstTouch, by: .credited, currency: currency, limit: 0)
        #expect(Set(try fixture.read { try board.run($0) }.filter(\.isLookalike).map(\.ambassador.id)) == marked)
    }
}
