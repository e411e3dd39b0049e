import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

// The money facts of a pledge, in one column of its row: nearly every pledge has one, of its amount, by who wrote the pledge; that
// takes a byte.

extension PledgeMoney {
    /// The first byte of a fact: its kind in the low three bits, and what is true of it.
    private struct Marks: OptionSet {
        let rawValue: UInt8

        static let kind: UInt8 = 0b111
        static let isVoid = Marks(rawValue: 1 << 3)
        static let isImported = Marks(rawValue: 1 << 4)
        /// Another amount follows than ``PledgeMoney/usual(_:isVoid:of:)``: minor units ‖ currency.
        static let hasAmount = Marks(rawValue: 1 << 5)
        /// A stamp follows: another one than that of who wrote the pledge's amount.
        static let hasStamp = Marks(rawValue: 1 << 6)
        /// A reference follows: byte count ‖ bytes; then what was ever confirmed under it, of ``Confirmed``.
        static let hasReference = Marks(rawValue: 1 << 7)
    }

    private enum Confirmed: UInt8 {
        /// It follows from the fact.
        case plain
        case nothing
        /// The amount follows.
        case one
        case several
    }

    /// What a fact comes to unless it says so: the whole pledge, or nothing where the kind carries no amount.
    private static func usual(_ kind: Community.Record.MoneyKind, isVoid: Bool, of amount: Amount) -> Amount {
        kind.carriesAmount && !isVoid ? amount : .zero(amount.currency)
    }

    /// Facts in their order, one behind the other. Nil where there are none.
    ///
    /// - Parameter pledge: Whose they are.
    func stored(of pledge: PledgeRow) -> [UInt8]? {
        if facts.isEmpty { return nil }
        let stamp = pledge.writers[.amount]
        var bytes: [UInt8] = []
        for fact in ordered {
            let hasAmount = fact.amount != Self.usual(fact.kind, isVoid: fact.isVoid, of: pledge.amount)
            let plain = Fact(
                kind: fact.kind, reference: fact.reference, isVoid: fact.isVoid, amount: fact.amount, stamp: fact.stamp)
            let isPlain = fact.reference.isEmpty && fact.confirmed == plain.confirmed
            var marks: Marks = []
            if fact.isVoid { marks.insert(.isVoid) }
            if fact.isImported { marks.insert(.isImported) }
            if hasAmount { marks.insert(.hasAmount) }
            if fact.stamp != stamp { marks.insert(.hasStamp) }
            if !isPlain { marks.insert(.hasReference) }
            bytes.append(fact.kind.rawValue | marks.rawValue)
            if hasAmount { bytes.append(amount: fact.amount) }
            if fact.stamp != stamp { bytes.append(stamp: fact.stamp) }
            if isPlain { continue }
            bytes.append(varint: UInt64(fact.reference.utf8.count))
            bytes.append(contentsOf: fact.reference.utf8)
            switch fact.confirmed {
            case plain.confirmed: bytes.append(Confirmed.plain.rawValue)
            case .nothing: bytes.append(Confirmed.nothing.rawValue)
            case .one(let amount):
                bytes.append(Confirmed.one.rawValue)
                bytes.append(amount: amount)
            case .several: bytes.append(Confirmed.several.rawValue)
            }
        }
        return bytes
    }

    /// - Parameters:
    ///   - amount: Of the pledge.
    ///   - writers: Of the pledge.
    init(stored bytes: [UInt8], amount: Amount, writers: Writers) throws {
        var facts: [Fact] = []
        do {
            var reader = ByteReader(bytes)
            while reader.available > 0 {
                facts.append(try Self.fact(&reader, of: amount, by: writers[.amount]))
            }
        } catch {
            throw StorageError.stateIsDamaged("the money facts of a pledge do not read: \(error)")
        }
        self.init(facts)
    }

    /// No fact reads so.
    private struct Strange: Error {}

    private static func fact(_ reader: inout ByteReader, of pledged: Amount, by writer: Stamp?) throws -> Fact {
        let first = try reader.u8()
        let marks = Marks(rawValue: first & ~Marks.kind)
        guard let kind = Community.Record.MoneyKind(rawValue: first & Marks.kind) else { throw Strange() }
        let isVoid = marks.contains(.isVoid)
        let amount =
            marks.contains(.hasAmount) ? try reader.amount() : usual(kind, isVoid: isVoid, of: pledged)
        guard let stamp = marks.contains(.hasStamp) ? try reader.stamp() : writer else { throw Strange() }
        var reference = ""
        var confirmed: ConfirmedAmounts?
        if marks.contains(.hasReference) {
            reference = String(decoding: try reader.bytes(Int(clamping: try reader.varint())), as: UTF8.self)
            guard let form = Confirmed(rawValue: try reader.u8()) else { throw Strange() }
            confirmed =
                switch form {
                case .plain: nil
                case .nothing: .nothing
                case .one: .one(try reader.amount())
                case .several: .several
                }
        }
        return Fact(
            kind: kind, reference: reference, isVoid: isVoid, amount: amount, stamp: stamp,
            isImported: marks.contains(.isImported), confirmed: confirmed)
    }
}

extension DirectStatement.Columns {
    /// - Parameters:
    ///   - amount: Of the pledge.
    ///   - writers: Of the pledge.
    func money(_ index: CInt, amount: Amount, writers: Writers) throws -> PledgeMoney {
        if isNull(index) { return PledgeMoney() }
        return try PledgeMoney(stored: [UInt8](bytes(index)), amount: amount, writers: writers)
    }
}

extension Row {
    /// What a pledge's ``PledgeMoney`` is read from: four columns from `first` on.
    static let moneyColumns = "p.amount, p.currency, p.writers, p.money"

    func pledgeMoney(_ first: Int) throws -> (amount: Amount, writers: Writers, money: PledgeMoney) {
        let amount = try amount(minor: first, currency: first + 1)
        let writers = try Writers(stored: Array(self[first + 2] as Data))
        let stored: Data? = self[first + 3]
        let money = try stored.map { try PledgeMoney(stored: Array($0), amount: amount, writers: writers) }
        return (amount, writers, money ?? PledgeMoney())
    }
}

extension [UInt8] {
    fileprivate mutating func append(amount: Amount) {
        append(varint: UInt64(bitPattern: amount.minor))
        append(contentsOf: amount.currency.code.utf8)
    }
}

extension ByteReader {
    fileprivate mutating func amount() throws -> Amount {
        let minor = Int64(bitPattern: try varint())
        let code = String(decoding: try slice(3), as: UTF8.self)
        guard let currency = Currency(code), let amount = Amount(minor: minor, currency: currency) else {
            throw StorageError.stateIsDamaged("amount \(minor) \(code)")
        }
        return amount
    }
}
