import AuthorLog
import Identity

@testable import Sync

/// What storage would hold, with entries of one operation each that nobody signs: a payload, and an id that hashes the id
/// before and the payload. A payload that begins with "forged" stands for a bad signature.
struct TestStore {
    struct Entry {
        var payload: [UInt8]
        var id: Hash256
    }

    let community: CommunityID
    private(set) var logs: [LogID: [Entry]] = [:]

    init(community: CommunityID) {
        self.community = community
    }

    func row(_ log: LogID) -> FrontierRow? {
        guard let entries = logs[log], let last = entries.last else { return nil }
        return try? .of(log, UInt64(entries.count), head: last.id)  // it holds an entry, so it fits
    }

    var rows: [FrontierRow] { logs.keys.compactMap(row) }

    /// - Returns: A run of what was added.
    mutating func append(_ payloads: [[UInt8]], to log: LogID) -> [UInt8] {
        let first = logs[log]?.count ?? 0
        for payload in payloads {
            let id = Self.id(after: logs[log]?.last?.id, payload)
            logs[log, default: []].append(Entry(payload: payload, id: id))
        }
        return run(log, from: first, byteLimit: .max).bytes
    }

    mutating func ingest(_ part: [UInt8]) -> (outcome: IngestOutcome, run: [UInt8]) {
        guard let head = try? RunHead(startOf: part) else { return (.offence("no heading"), []) }
        var reader = ByteReader(part[RunHead.byteCount...])
        var entries = logs[head.log] ?? []
        let length = entries.count
        guard head.firstPosition <= UInt64(length) else { return (.gap(first: head.firstPosition), []) }
        var position = Int(head.firstPosition)
        var previous = head.previous
        while reader.available > 0 {
            guard let count = try? reader.u16(), let payload = try? reader.bytes(Int(count)) else {
                return (.offence("not whole entries"), [])
            }
            if payload.starts(with: Array("forged".utf8)) { return (.offence("a bad signature"), []) }
            let id = Self.id(after: position == 0 ? nil : previous, payload)
            if position < length {
                guard entries[position].id == id else { return (.anotherBranch, []) }
            } else {
                guard position == 0 || entries[position - 1].id == previous else { return (.anotherBranch, []) }
                entries.append(Entry(payload: payload, id: id))
            }
            position += 1
            previous = id
        }
        guard entries.count > length else { return (.alreadyHeld, []) }
        logs[head.log] = entries
        return (.appended, run(head.log, from: length, byteLimit: .max).bytes)
    }

    /// Every entry is an end.
    func end(of log: LogID, near position: UInt64, above lower: UInt64, below upper: UInt64) -> BranchPoint? {
        guard position > lower, position < upper, let entries = logs[log], position <= UInt64(entries.count) else {
            return nil
        }
        return BranchPoint(length: position, head: entries[Int(position) - 1].id)
    }

    func read(_ log: LogID, from: UInt64, head: Hash256, byteLimit: Int) -> ReadOutcome {
        let entries = logs[log] ?? []
        guard from < UInt64(entries.count) else { return .notHeld }
        guard from == 0 || entries[Int(from) - 1].id == head else {
            return .anotherBranch(length: UInt64(entries.count))
        }
        let (bytes, end) = run(log, from: Int(from), byteLimit: byteLimit)
        return .part(bytes, end: UInt64(end), head: entries[end - 1].id)
    }

    private func run(_ log: LogID, from first: Int, byteLimit: Int) -> (bytes: [UInt8], end: Int) {
        let entries = logs[log] ?? []
        let previous = first == 0 ? Hash256(raw: .zero) : entries[first - 1].id
        let head = RunHead(community: community, log: log, firstPosition: UInt64(first), previous: previous)
        var bytes = RunWriter(head).bytes
        var end = first
        while end < entries.count {
            let payload = entries[end].payload
            if end > first, bytes.count + 2 + payload.count > byteLimit { break }
            bytes.appendBigEndian(UInt16(payload.count))
            bytes.append(contentsOf: payload)
            end += 1
        }
        return (bytes, end)
    }

    private static func id(after previous: Hash256?, _ payload: [UInt8]) -> Hash256 {
        BLAKE2b.hash256((previous?.bytes ?? []) + payload, personal: .init("test entry"))
    }
}
