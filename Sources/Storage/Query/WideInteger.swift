package import GRDB

/// A sum in minor units as a column holds it: an INTEGER, or decimal TEXT where 64 bits do not hold it.
///
/// Only sums grow that large, so no index ever compares the two shapes; what is ordered by them is ordered in Swift.
package struct WideInteger: Hashable, Sendable {
    package var value: Int128

    package init(_ value: Int128) { self.value = value }
}

extension WideInteger: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue {
        Int64(exactly: value)?.databaseValue ?? String(value).databaseValue
    }

    /// - Returns: nil for anything that ``databaseValue`` never writes: fractions, blobs, texts that are no number.
    package static func fromDatabaseValue(_ stored: DatabaseValue) -> WideInteger? {
        switch stored.storage {
        case .int64(let narrow): WideInteger(Int128(narrow))
        case .string(let text): Int128(text).map { WideInteger($0) }
        case .null, .double, .blob: nil
        }
    }
}
