import Foundation

/// SplitMix64: the same throws for the same seed, on every machine.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A new seed each run, printed so that a failure can be had again: GRAPEVINE_SEED=… swift test.
    init(for test: String = #function) {
        let chosen = ProcessInfo.processInfo.environment["GRAPEVINE_SEED"].flatMap { UInt64($0) }
        let seed = chosen ?? UInt64.random(in: 1...1_000_000)
        print("seed \(seed) of \(test)")
        self.init(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// Changed in one to three places: a bit, a byte, an insertion, a removal.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            guard let index = bytes.indices.randomElement(using: &self) else { return [next8()] }
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[index] = next8()
            case 2: bytes.insert(next8(), at: index)
            case 3: bytes.remove(at: index)
            default: bytes[index] = .max
            }
        }
        return bytes
    }

    private mutating func next8() -> UInt8 {
        UInt8.random(in: .min ... .max, using: &self)
    }
}
