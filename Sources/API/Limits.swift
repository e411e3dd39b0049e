/// Bounds of the local API.
package enum Limits {
    /// Body of one part of an import: one transaction, one acknowledgment. The contract's number.
    package static let importPartBytes = 1 << 20
    /// One row of an import with its line end. A guess: a hundred times the longest row seen.
    package static let importRowBytes = 64 << 10
    /// Body of any other call.
    package static let requestBytes = 1 << 20
    /// Rows of a list when nobody says how many.
    package static let pageRows = 100
    /// Rows of a list or an export page at most, so that one answer stays around a megabyte.
    package static let pageRowsCeiling = 10_000
    /// Generations of a referral tree shown when nobody says how many, and at most.
    package static let treeDepth = 3
    package static let treeDepthCeiling = 64
    /// Children of one person that a tree shows when nobody says how many: a tree of 200 persons at most, which is read on a few
    /// screens and found within some milliseconds. ``pageRowsCeiling`` at most.
    package static let treeChildren = 20
}
