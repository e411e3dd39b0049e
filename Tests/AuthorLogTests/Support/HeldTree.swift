import AuthorLog
import Identity

/// Every header that is held, found by looking at all of them.
struct HeldTree: HeldBranches {
    private(set) var headers: [LogID: [Held]] = [:]

    struct Held: Hashable {
        let header: Header
        let id: Hash256
    }

    mutating func insert(_ header: Header, id: Hash256) {
        headers[header.log, default: []].append(Held(header: header, id: id))
    }

    mutating func shuffle(using dice: inout Dice) {
        headers = headers.mapValues { $0.shuffled(using: &dice) }
    }

    func tips(of log: LogID) -> [BranchPoint] {
        let all = headers[log] ?? []
        return all.filter { held in !all.contains { $0.header.position > 0 && $0.header.previous == held.id } }
            .map { BranchPoint(length: $0.header.end, head: $0.id) }
    }

    func forks(of log: LogID) -> [Fork] {
        let all = headers[log] ?? []
        let places = all.map { Fork(log: log, position: $0.header.position, predecessor: $0.header.previous) }
        return Set(places.filter { place in places.count { $0 == place } > 1 }).sorted()
    }

    func end(of bundle: Hash256, in log: LogID) -> UInt64? {
        headers[log]?.first { $0.id == bundle }?.header.end
    }

    func point(atOrBefore length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        var next = headers[log]?.first { $0.id == bundle }
        while let held = next {
            if held.header.end <= length { return BranchPoint(length: held.header.end, head: held.id) }
            guard held.header.position > 0 else { return nil }
            next = headers[log]?.first { $0.id == held.header.previous }
        }
        return nil
    }

    func point(after length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        var found: BranchPoint?
        var next = headers[log]?.first { $0.id == bundle }
        while let held = next, held.header.end > length {
            found = BranchPoint(length: held.header.end, head: held.id)
            next = held.header.position == 0 ? nil : headers[log]?.first { $0.id == held.header.previous }
        }
        return found
    }
}
