import Foundation
import Identity
import SwiftProtobuf
import Testing

@testable import Community

/// The reader of records against the library that every other reader is likely to use.
@Suite struct RecordWireTests {
    /// Every field as text, as the library and as our reader has it; nil where it does not read.
    private func byLibrary(_ bytes: [UInt8]) -> [String]? {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        guard let message = try? Grapevine_Community_Record(serializedBytes: bytes, options: options) else {
            return nil
        }
        func amount(_ money: Grapevine_Community_Money) -> String {
            "\(money.minor) \(money.currency.debugDescription)"
        }
        var lines = ["\(message.imported) \(Array(message.person)) \(message.source.debugDescription)"]
        if message.hasJoined { lines.append("joined \(message.joined.atMs)") }
        if message.hasClaim { lines.append("claim \(message.claim.code.debugDescription) \(message.claim.atMs)") }
        if message.hasOwnCode { lines.append("own") }
        if message.hasCode { lines.append("code \(message.code.code.debugDescription) \(message.code.atMs)") }
        if message.hasPledge {
            let pledge = message.pledge
            lines.append("pledge \(Array(pledge.id))")
            if pledge.hasAnonymous { lines.append("anonymous \(pledge.anonymous)") }
            if pledge.hasAtMs { lines.append("at \(pledge.atMs)") }
            if pledge.hasCode { lines.append("code \(pledge.code.debugDescription)") }
            if pledge.hasVisibility { lines.append("visibility \(pledge.visibility)") }
            if pledge.hasAmount { lines.append("amount \(amount(pledge.amount))") }
        }
        for fact in message.money {
            lines.append(
                "money \(fact.kind.rawValue) \(fact.reference.debugDescription) \(fact.void)"
                    + (fact.hasAmount ? amount(fact.amount) : ""))
        }
        lines.append("\(Array(message.pledgeID)) \(Array(message.pledgeNonce))")
        if message.hasUnlink { lines.append("unlink \(message.unlink.atMs)") }
        if message.hasSuspension { lines.append("suspension \(message.suspension.lifted)") }
        return lines
    }

    private func byHand(_ bytes: [UInt8]) -> [String]? {
        bytes.withUnsafeBytes { raw in
            guard let message = try? RecordWire(raw) else { return nil }
            func all(_ bytes: UnsafeRawBufferPointer?) -> [UInt8] { bytes.map { Array($0) } ?? [] }
            func amount(_ money: RecordWire.Money) -> String { "\(money.minor) \(money.currency.debugDescription)" }
            var lines = ["\(message.imported) \(all(message.person)) \(message.source.debugDescription)"]
            if let joined = message.joined { lines.append("joined \(joined.atMs)") }
            if let claim = message.claim { lines.append("claim \(claim.code.debugDescription) \(claim.atMs)") }
            if message.hasOwnCode { lines.append("own") }
            if let code = message.code { lines.append("code \(code.code.debugDescription) \(code.atMs)") }
            if let pledge = message.pledge {
                lines.append("pledge \(all(pledge.id))")
                if let anonymous = pledge.anonymous { lines.append("anonymous \(anonymous)") }
                if let at = pledge.atMs { lines.append("at \(at)") }
                if let code = pledge.code { lines.append("code \(code.debugDescription)") }
                if let visibility = pledge.visibility { lines.append("visibility \(visibility)") }
                if let money = pledge.amount { lines.append("amount \(amount(money))") }
            }
            for fact in message.money {
                lines.append(
                    "money \(fact.kind) \(fact.reference.debugDescription) \(fact.void)"
                        + (fact.amount.map(amount) ?? ""))
            }
            lines.append("\(all(message.pledgeID)) \(all(message.pledgeNonce))")
            if let unlink = message.unlink { lines.append("unlink \(unlink.atMs)") }
            if let suspension = message.suspension { lines.append("suspension \(suspension.lifted)") }
            return lines
        }
    }

    /// Like the fields of a record, but anything may come twice, in any order, of any type and length.
    private func strange(_ dice: inout Dice, depth: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt64) {
            var value = value
            while value > 0x7F {
                bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
                value >>= 7
            }
            bytes.append(UInt8(value))
        }
        for _ in 0..<dice.roll(0..<7) {
            let number = UInt64(dice.roll(1..<15))
            switch dice.roll(0..<12) {
            case 0..<4:
                append(number << 3)
                append(UInt64(dice.roll(0..<3)) << UInt64(dice.roll(0..<63)))
            case 4..<10:
                let content =
                    depth < 3 && dice.roll(0..<3) > 0
                    ? strange(&dice, depth: depth + 1) : dice.bytes(dice.roll(0..<20)).map { $0 & 0x7F }
                append(number << 3 | 2)
                append(UInt64(content.count))
                bytes += content
            case 10:
                append(number << 3 | 5)
                bytes += dice.bytes(4)
            default:
                append(number << 3 | 3)
                if depth < 3 { bytes += strange(&dice, depth: depth + 1) }
                append(number << 3 | 4)
            }
        }
        return bytes
    }

    @Test func `reads what the library reads, as it reads it, and refuses what it refuses`() throws {
        var counts = (read: 0, refused: 0)
        func compare(_ bytes: [UInt8], _ seed: UInt64) {
            let expected = byLibrary(bytes)
            #expect(byHand(bytes) == expected, "seed \(seed): \(bytes)")
            if expected == nil { counts.refused += 1 } else { counts.read += 1 }
        }
        let currency = try #require(Currency("USD"))
        for seed: UInt64 in 0..<400 {
            var dice = Dice(seed: seed)
            for _ in 0..<20 {
                var bytes = strange(&dice)
                compare(bytes, seed)
                if !bytes.isEmpty { bytes[dice.roll(0..<bytes.count)] = UInt8(dice.roll(0..<256)) }
                compare(bytes, seed)
                compare(Array(bytes.prefix(dice.roll(0..<bytes.count + 1))), seed)
            }
            for act in try RandomCommunity(dice: &dice, actCount: 10).acts {
                guard case .record(let record) = act.content else { continue }
                var bytes = Array(record.encoded(currency: currency).dropFirst())
                compare(bytes, seed)
                bytes[dice.roll(0..<bytes.count)] = UInt8(dice.roll(0..<256))
                compare(bytes, seed)
            }
        }
        print("RecordWire: \(counts.read) read, \(counts.refused) refused, by both")
        #expect(counts.read > 5_000 && counts.refused > 5_000)
    }
}
