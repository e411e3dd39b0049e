import AuthorLog
import Identity

/// Which operations are folded together where there are too many for one batch: those about one person, so that each row is
/// read and written once.
///
/// A hint and no rule, read off the bytes: any grouping gives the same rows.
package enum FoldLane: Equatable, Sendable {
    /// First: what may say who owns a code, or is suspended.
    case owners
    /// A record about a person, by the leading bits of the id.
    case person(UInt16)
    /// A record about a pledge and nobody, by the leading bits of the id. Last: whose pledge it is stands in another record.
    case pledge(UInt16)

    /// - Parameter publicPart: Of an operation; whatever cannot be read is among the first.
    package init(publicPart: UnsafeRawBufferPointer) {
        self = .owners
        guard publicPart.first == Record.kind else { return }
        var scan = FieldScan(publicPart, from: 1)
        var person: UInt16?
        var pledge: UInt16?
        while let field = scan.next() {
            switch field {
            case 2: person = scan.leadingBits
            case 6, 7, 13: return
            case 10: pledge = scan.leadingBits
            default: break
            }
        }
        if let person { self = .person(person) } else if let pledge { self = .pledge(pledge) }
    }

    /// Of `2 * count + 1` lanes the number of this one.
    package func number(of count: Int) -> Int {
        switch self {
        case .owners: 0
        case .person(let bits): 1 + (Int(bits) * count) >> 16
        case .pledge(let bits): 1 + count + (Int(bits) * count) >> 16
        }
    }
}

/// The fields of a protobuf message in their order, unread. Ends early where the bytes are none.
private struct FieldScan {
    private let bytes: UnsafeRawBufferPointer
    private var field: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        self.bytes = bytes
        field = start..<start
    }

    /// The first two bytes of the field that was met last.
    var leadingBits: UInt16 {
        field.count < 2 ? 0 : UInt16(bytes[field.lowerBound]) << 8 | UInt16(bytes[field.lowerBound + 1])
    }

    /// - Returns: Its number.
    mutating func next() -> UInt64? {
        var offset = field.upperBound
        guard let tag = varint(&offset) else { return nil }
        let count: UInt64? =
            switch tag & 7 {
            case 0: varint(&offset).map { _ in 0 }
            case 1: 8
            case 2: varint(&offset)
            case 5: 4
            default: nil
            }
        guard let count, count <= UInt64(bytes.count - offset) else { return nil }
        field = offset..<offset + Int(count)
        return tag >> 3
    }

    private func varint(_ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
