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
        var reader = WireReader(UnsafeRawBufferPointer(rebasing: publicPart.dropFirst()))
        var person: UInt16?
        var pledge: UInt16?
        do throws(RecordError) {
            while let (number, value) = try reader.next() {
                switch number {
                case 2: person = value.bytes?.leadingBits
                case 6, 7, 13: return
                case 10: pledge = value.bytes?.leadingBits
                default: break
                }
            }
        } catch {
            return
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

extension UnsafeRawBufferPointer {
    /// The first two bytes; 0 where there are fewer.
    fileprivate var leadingBits: UInt16 { count < 2 ? 0 : UInt16(self[0]) << 8 | UInt16(self[1]) }
}
