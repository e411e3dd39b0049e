package import AuthorLog

/// A log's number in one node's database: 1, 2, … in the order in which that node met them. Never leaves the node.
package typealias LogNumber = Int64
/// A person's number in one node's database.
package typealias PersonNumber = Int64
/// A pledge's number in one node's database.
package typealias PledgeNumber = Int64
/// A code's number in one node's database.
package typealias CodeNumber = Int64

/// Who wrote something last: an operation's place in the total order (time, member key, incarnation, position).
package struct Stamp: Hashable, Sendable {
    package var time: HybridTime
    package var log: LogNumber
    package var position: UInt64

    package init(time: HybridTime, log: LogNumber, position: UInt64) {
        self.time = time
        self.log = log
        self.position = position
    }
}

/// The logs behind their numbers; what makes stamps and places comparable.
package struct LogOrder: Sendable {
    private var logs: [LogID?] = [nil]

    package init() {}

    /// - Parameter number: 1 or more.
    package mutating func set(_ log: LogID, number: LogNumber) {
        while logs.count <= Int(number) { logs.append(nil) }
        logs[Int(number)] = log
    }

    package func log(_ number: LogNumber) -> LogID {
        guard logs.indices.contains(Int(number)), let log = logs[Int(number)] else {
            preconditionFailure("log \(number) was never introduced")
        }
        return log
    }

    /// True where `a` comes before `b` in (time, member key, incarnation, position).
    package func isEarlier(_ a: Stamp, than b: Stamp) -> Bool {
        if a.time != b.time { return a.time < b.time }
        return isEarlier(log: a.log, position: a.position, than: b.log, position: b.position)
    }

    package func isEarlier(_ a: Place, than b: Place) -> Bool {
        if a.period != b.period { return a.period < b.period }
        if a.at != b.at { return a.at < b.at }
        return isEarlier(log: a.log, position: a.position, than: b.log, position: b.position)
    }

    private func isEarlier(log a: LogNumber, position p: UInt64, than b: LogNumber, position q: UInt64) -> Bool {
        a == b ? p < q : log(a) < log(b)
    }
}

/// Where a claim or registration stands: (period, claimed time, member key, incarnation, position).
package struct Place: Hashable, Sendable {
    package var period: UInt32
    /// The counting claimed time, Unix milliseconds.
    package var at: Int64
    package var log: LogNumber
    package var position: UInt64

    package init(period: UInt32, at: Int64, log: LogNumber, position: UInt64) {
        self.period = period
        self.at = at
        self.log = log
        self.position = position
    }
}
