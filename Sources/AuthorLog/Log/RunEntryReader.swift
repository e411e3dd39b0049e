import Identity

/// Reads entries one after the other and rebuilds their headers. One hash for each header, commitment and body root.
struct RunEntryReader: Sendable {
    private let community: CommunityID
    private let log: LogID
    private(set) var position: UInt64
    private(set) var previous: Hash256
    private var image: HeaderImage
    private var scanner = BodyScanner()

    init(_ head: RunHead) {
        community = head.community
        log = head.log
        position = head.firstPosition
        previous = head.previous
        image = HeaderImage(community: head.community, log: head.log)
    }

    mutating func next(_ cursor: inout Cursor) throws(RunError) -> RunEntry {
        let position = position
        do throws(BundleError) {
            let time = HybridTime(rawValue: try cursor.u64())
            let count = try cursor.u16()
            let flags = try cursor.u8()
            let start = cursor.offset
            let root: Hash256
            let content: RunEntry.Content
            switch flags & ~RunEntry.Flags.signed {
            case 0:
                root = try scanner.scan(&cursor, operationCount: Int(count))
                content = .full(body: [UInt8](cursor.since(start)), scanner.summary)
            case RunEntry.Flags.bare:
                root = Hash256(raw: try cursor.raw())
                content = .bare
            default:
                throw .unknownFlags(flags)
            }
            let header = try header(time, count, root)
            let signature = flags & RunEntry.Flags.signed == 0 ? nil : try cursor.signature()
            let id = image.id(of: header)
            self.position = header.end
            previous = id
            return RunEntry(header: header, id: id, content: content, signature: signature)
        } catch {
            throw .malformed(error, position: position)
        }
    }

    private func header(_ time: HybridTime, _ count: UInt16, _ root: Hash256) throws(BundleError) -> Header {
        do throws(HeaderError) {
            return try Header(
                community: community, log: log, position: position, previous: previous, time: time,
                operationCount: count, bodyRoot: root)
        } catch {
            throw .position(position)
        }
    }
}
