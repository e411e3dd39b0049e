import AuthorLog
import Identity
import Testing

@testable import Sync

struct ForkSearchTests {
    private let log = LogID(member: MemberKey(raw: .zero), incarnation: Incarnation(number: 1, random: 1))

    private func head(_ length: UInt64, ours: Bool, common: UInt64) -> Hash256 {
        BLAKE2b.hash256(
            Array("\(length <= common || ours) \(length)".utf8), personal: BLAKE2b.Personal("test/search"))
    }

    /// Asks as the core would, of a peer whose branch parts after `common`, until it is over.
    ///
    /// - Returns: What was asked.
    private func search(ends: [UInt64], theirs: UInt64, common: UInt64) throws -> [UInt64] {
        var search = ForkSearch(of: log, own: try #require(ends.last), his: theirs)
        var asked: [UInt64] = []
        for step in 0..<200 {
            switch search.next() {
            case .lookUp(let position, let lower, let upper):
                let nearest = ends.filter { lower < $0 && $0 < upper }.min { one, other in
                    let (a, b) = (max(one, position) - min(one, position), max(other, position) - min(other, position))
                    return (a, one) < (b, other)
                }
                search.lookedUp(nearest.map { BranchPoint(length: $0, head: head($0, ours: true, common: common)) })
            case .ask(let point):
                asked.append(point.length)
                let pull = UInt32(step + 1)
                search.asked(pull: pull)
                guard point.length <= common else {
                    search.ended(pull: pull, unserved: .anotherBranch)
                    continue
                }
                // He serves the next piece: all ours, or what parts from it.
                let next = ends.first { $0 > point.length }
                search.ingested(next.map { $0 <= common } ?? true ? .alreadyHeld : .appended, pull: pull)
                search.ended(pull: pull, unserved: nil)
            case .wait: Issue.record("it waits for nothing")
            case .over: return asked
            }
        }
        Issue.record("it never ends")
        return asked
    }

    @Test func `the place is found in as many questions as halving takes`() throws {
        for seed in 0..<200 {
            var dice = SplitMix64(seed: UInt64(seed))
            var ends: [UInt64] = []
            var end: UInt64 = 0
            for _ in 0..<(1 + dice.next() % 300) {
                end += 1 + dice.next() % 40
                ends.append(end)
            }
            let common = dice.next() % 4 == 0 ? 0 : ends[Int(dice.next() % UInt64(ends.count))]
            guard common < end else { continue }
            let asked = try search(ends: ends, theirs: end + dice.next() % 500, common: common)
            #expect(asked.last == common, "seed \(seed)")
            #expect(asked.count <= 13, "seed \(seed): \(asked)")
        }
    }

    @Test func `a peer whose branch is the beginning of ours ends the search`() throws {
        let asked = try search(ends: [3, 5, 9, 12], theirs: 5, common: 12)
        #expect(asked.count <= 3)
    }

    @Test func `answers to what was not asked change nothing`() {
        var search = ForkSearch(of: log, own: 8, his: 9)
        #expect(search.next() == .lookUp(near: 4, above: 0, below: 8))
        search.ingested(.appended, pull: 7)
        search.ended(pull: 7, unserved: .anotherBranch)
        #expect(search.next() == .wait)
        search.lookedUp(nil)
        #expect(search.next() == .ask(BranchPoint(length: 0, head: Hash256(raw: .zero))))
    }
}
