import AuthorLog
import Community
import Testing

@Suite struct WritersTests {
    /// However the stamps came: the registers read as written, and equal registers are equal writers.
    @Test func `each register has the stamp that was written last`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let stamps = (0..<3).map { Stamp(time: .zero, log: 1, position: UInt64($0)) }
        for _ in 0..<2_000 {
            var writers = Writers()
            var model: [Writers.Register: Stamp] = [:]
            for _ in 0..<dice.roll(0..<12) {
                let register = dice.pick(Writers.Register.allCases)
                let stamp = dice.chance(1, of: 8) ? nil : dice.pick(stamps)
                writers[register] = stamp
                model[register] = stamp
            }
            var straight = Writers()
            for register in Writers.Register.allCases.reversed() {
                #expect(writers[register] == model[register], "seed \(seed)")
                straight[register] = model[register]
            }
            #expect(writers == straight, "seed \(seed)")
            let register = dice.pick(Writers.Register.allCases)
            straight[register] = Stamp(time: .zero, log: 2, position: 9)
            #expect(writers != straight, "seed \(seed)")
        }
    }
}
