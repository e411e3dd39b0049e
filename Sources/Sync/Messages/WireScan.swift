/// Counts the elements of a message's lists on the wire, before a decoder makes an object of each: half a million empty rows
/// fit in a message, and must not become half a million objects.
enum WireScan {
    /// Field numbers from the message down to a list, all occurrences together at most `limit`.
    private struct List {
        var path: [UInt64]
        var limit: Int
        var name: String
    }

    /// See proto/sync.proto.
    private static let lists = [
        List(path: [5, 2], limit: Limits.rangesPerMessage, name: "ranges"),
        List(path: [5, 2, 3, 1], limit: Limits.rowsPerMessage, name: "rows"),
        List(path: [6, 2], limit: Limits.wantsPerPull, name: "wants"),
        List(path: [8, 2], limit: Limits.wantsPerPull, name: "unserved"),
        List(path: [10, 1], limit: Limits.rowsPerMessage, name: "rows"),
        List(path: [11, 1], limit: Limits.recordsPerMessage, name: "peer records"),
        List(path: [12, 1], limit: Limits.ordersPerMessage, name: "orders"),
        List(path: [13, 1], limit: Limits.forkProofsPerMessage, name: "fork proofs"),
        List(path: [37, 1], limit: Limits.shuffleMembers, name: "peer records"),
        List(path: [37, 3], limit: Limits.activeWalk, name: "path"),
        List(path: [38, 1], limit: Limits.shuffleMembers, name: "peer records"),
        List(path: [38, 2], limit: Limits.activeWalk, name: "path"),
    ]

    static func checkCounts(of bytes: [UInt8]) throws(MessageError) {
        for list in lists {
            var left = list.limit
            guard try take(bytes[...], path: list.path[...], left: &left) else { throw .tooMany(field: list.name) }
        }
    }

    /// False as soon as there are too many.
    private static func take(
        _ bytes: ArraySlice<UInt8>, path: ArraySlice<UInt64>, left: inout Int
    ) throws(MessageError) -> Bool {
        guard let wanted = path.first else { return true }
        let rest = path.dropFirst()
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let tag = try varint(bytes, &index)
            switch tag & 7 {
            case 0: _ = try varint(bytes, &index)
            case 1: try skip(8, bytes, &index)
            case 5: try skip(4, bytes, &index)
            case 2:
                let start: Int
                let length = try varint(bytes, &index)
                start = index
                guard let length = Int(exactly: length) else { throw .notProtobuf }
                try skip(length, bytes, &index)
                guard tag >> 3 == wanted else { continue }
                if rest.isEmpty {
                    left -= 1
                    guard left >= 0 else { return false }
                } else {
                    guard try take(bytes[start..<index], path: rest, left: &left) else { return false }
                }
            default: throw .notProtobuf  // groups: nobody speaks them
            }
        }
        return true
    }

    private static func skip(_ count: Int, _ bytes: ArraySlice<UInt8>, _ index: inout Int) throws(MessageError) {
        guard count <= bytes.endIndex - index else { throw .notProtobuf }
        index += count
    }

    private static func varint(_ bytes: ArraySlice<UInt8>, _ index: inout Int) throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard index < bytes.endIndex else { throw .notProtobuf }
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .notProtobuf
    }
}
