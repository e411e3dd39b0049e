import AuthorLog
import Testing

/// What a decoder must do with bytes that nobody wrote: throw one of its own errors, or find that they say something after all.
/// Anything else (a trap) ends the test run.
func decodesOrThrows<Value>(_ decode: ([UInt8]) throws -> Value, truncationsOf bytes: [UInt8], using dice: inout Dice)
    -> (thrown: Int, decoded: Int)
{
    var (thrown, decoded) = (0, 0)
    func attempt(_ bytes: [UInt8]) {
        do {
            _ = try decode(bytes)
            decoded += 1
        } catch {
            thrown += 1
        }
    }
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) { attempt(Array(bytes.prefix(count))) }
    for _ in 0..<400 {
        let mutated = dice.mutated(bytes)
        if mutated != bytes { attempt(mutated) }
    }
    for count in [0, 1, 2, 16, 114, 173, 400] { attempt(dice.bytes(count)) }
    return (thrown, decoded)
}
