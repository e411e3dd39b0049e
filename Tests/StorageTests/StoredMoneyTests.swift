import AuthorLog
import Community
import Foundation
import Identity
import Testing

@testable import Storage

/// A pledge's money facts in one column.
struct StoredMoneyTests {
    private let usd: Currency
    private let eur: Currency

    init() throws {
        usd = try #require(Currency("USD"))
        eur = try #require(Currency("EUR"))
    }

    private func pledge(_ minor: Int64, by stamp: Stamp?) throws -> PledgeRow {
        var pledge = PledgeRow(number: 1, id: QueryFixture.pledge(1), currency: usd)
        pledge.amount = try #require(Amount(minor: minor, currency: usd))
        pledge.writers[.amount] = stamp
        return pledge
    }

    private func stamp(_ number: UInt64) -> Stamp {
        Stamp(time: HybridTime(rawValue: number << 40), log: Int64(number % 3), position: number)
    }

    private func read(_ bytes: [UInt8], of pledge: PledgeRow) throws -> PledgeMoney {
        try PledgeMoney(stored: bytes, amount: pledge.amount, writers: pledge.writers)
    }

    @Test func `the usual payment takes a byte, and a pledge without one none`() throws {
        var pledge = try pledge(700, by: stamp(5))
        #expect(pledge.money.stored(of: pledge) == nil)
        pledge.money = PledgeMoney([
            PledgeMoney.Fact(
                kind: .confirm, reference: "", isVoid: false, amount: pledge.amount, stamp: stamp(5), isImported: true)
        ])
        let bytes = try #require(pledge.money.stored(of: pledge))
        #expect(bytes.count == 1)
        #expect(try read(bytes, of: pledge) == pledge.money)
    }

    @Test func `what is stored is read back, by kind and reference, whatever it is`() throws {
        let seed =
            ProcessInfo.processInfo.environment["GRAPEVINE_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...(.max))
        var dice = SplitMix(state: seed)
        func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &dice) }
        for _ in 0..<2_000 {
            var pledge = try pledge(Int64(roll(4)), by: roll(4) == 0 ? nil : stamp(UInt64(roll(5))))
            func amount() throws -> Amount {
                let minor = roll(3) == 0 ? Limits.largestAmountMinor : Int64(roll(4))
                return try #require(Amount(minor: minor, currency: roll(4) == 0 ? eur : usd))
            }
            var facts: [PledgeMoney.Fact] = []
            for kind in Community.Record.MoneyKind.allCases {
                for reference in ["", "e\u{301}", "\u{E9}", String(repeating: "r", count: 300)] where roll(3) == 0 {
                    let confirmed: [ConfirmedAmounts?] = [nil, nil, .nothing, .one(try amount()), .several]
                    facts.append(
                        PledgeMoney.Fact(
                            kind: kind, reference: reference, isVoid: roll(3) == 0, amount: try amount(),
                            stamp: stamp(UInt64(roll(5))), isImported: roll(2) == 0, confirmed: confirmed[roll(5)]))
                }
            }
            pledge.money = PledgeMoney(facts.shuffled(using: &dice))
            guard let bytes = pledge.money.stored(of: pledge) else {
                #expect(facts.isEmpty, "seed \(seed)")
                continue
            }
            #expect(try read(bytes, of: pledge).facts == pledge.money.ordered, "seed \(seed)")
            #expect(PledgeMoney(facts).stored(of: pledge) == bytes, "seed \(seed)")
        }
    }

    @Test func `bytes that are no facts are damage`() throws {
        let pledge = try pledge(700, by: nil)
        for bytes: [UInt8] in [
            [0], [7], [1], [0x41, 0, 0], [0x21, 5, 0x41, 0x41], [0xC1] + [UInt8](repeating: 0, count: 10) + [200, 1],
        ] {
            #expect(throws: StorageError.self, "\(bytes)") { try read(bytes, of: pledge) }
        }
    }
}
