import Foundation
import Sync

/// Shares as they are in the marathons of 2009 to 2014.
enum Skew {
    /// Of pledges, those that carry a code.
    static let pledgesWithCode = 0.83

    /// Minor units and how many of 88,924 pledges have them; the others are spread up to 1,000.00.
    private static let amounts: [(minor: Int64, count: Int)] = [
        (1_000, 17_812), (500, 13_122), (2_000, 13_014), (5_000, 10_191), (1_500, 5_439), (2_500, 4_965),
        (3_000, 4_789),
        (3_500, 3_054), (10_000, 2_511), (100, 1_835), (4_000, 1_736), (200, 1_003),
    ]
    private static let pledges = 88_924

    static func amount(_ dice: inout SplitMix64) -> Int64 {
        var left = Int.random(in: 0..<pledges, using: &dice)
        for (minor, count) in amounts {
            if left < count { return minor }
            left -= count
        }
        return Int64.random(in: 1...100_000, using: &dice)
    }

    /// Of codes by how many they bring: the first of 300 about a twentieth, as Zipf has it with a flat top.
    static func rank(of count: Int, _ dice: inout SplitMix64) -> Int {
        let share = Double.random(in: 0..<1, using: &dice)
        // The inverse of a logarithm's growth: rank r weighs 1 / (r + 4).
        let top = Double(count + 4) / 4
        return min(count - 1, Int(4 * pow(top, share)) - 4)
    }

    /// Some give often: the first tenth of the backers about a quarter of the pledges.
    static func backer(of count: Int, _ dice: inout SplitMix64) -> Int {
        let share = Double.random(in: 0..<1, using: &dice)
        return min(count - 1, Int(Double(count) * share * share.squareRoot()))
    }

    /// How many each writes: the first of 2,000 about 7 %, half of them a few hundred.
    static func shares(of total: Int, among count: Int) -> [Int] {
        let weights = (0..<count).map { 1 / Double($0 + 8) }
        let sum = weights.reduce(0, +)
        var shares = weights.map { Int(Double(total) * $0 / sum) }
        shares[0] += total - shares.reduce(0, +)
        return shares
    }
}
