/// What the pulse remembers of a named backer, of all currencies together: 24 bytes, as there are many.
struct PulseBacker {
    /// Of the first pledge that says when, Unix milliseconds; the largest number where none does.
    private var first = Int64.max
    /// First and last day of a pledge that was not withdrawn; the first above the last where there is none.
    private var firstDay = Int32.max
    private var lastDay = Int32.min
    /// Bit n: such a pledge in window n.
    private var windows: UInt8 = 0
    /// Something of theirs was paid and not refunded.
    private(set) var hasKept = false

    var firstAt: Int64? { first == .max ? nil : first }
    var visits: (first: Int64, last: Int64)? { firstDay > lastDay ? nil : (Int64(firstDay), Int64(lastDay)) }

    func wasThere(in window: Int) -> Bool { windows & 1 << UInt8(window) != 0 }

    /// - Parameter day: On which it was made; nil where nobody said so, or where it has not come yet.
    mutating func add(_ pledge: PulsePledge, day: Int64?, window: Int?) {
        if pledge.at != 0 { first = min(first, pledge.at) }
        if pledge.paid > pledge.refunded { hasKept = true }
        guard let day, pledge.state != .cancelled, pledge.state != .lapsed else { return }
        // The years 1 to 9999 have four million days.
        firstDay = min(firstDay, Int32(clamping: day))
        lastDay = max(lastDay, Int32(clamping: day))
        if let window { windows |= 1 << UInt8(window) }
    }
}
