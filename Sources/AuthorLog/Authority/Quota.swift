import SwiftProtobuf

/// How much an author may write in a day of its log's own time. Zero is unlimited.
package struct Quota: Hashable, Sendable {
    package var operationsPerDay: UInt64
    package var bytesPerDay: UInt64

    package static let unlimited = Quota(operationsPerDay: 0, bytesPerDay: 0)

    package init(operationsPerDay: UInt64, bytesPerDay: UInt64) {
        self.operationsPerDay = operationsPerDay
        self.bytesPerDay = bytesPerDay
    }

    /// Operations and bytes apart.
    package func mostGenerous(_ other: Quota) -> Quota {
        Quota(
            operationsPerDay: Self.mostGenerous(operationsPerDay, other.operationsPerDay),
            bytesPerDay: Self.mostGenerous(bytesPerDay, other.bytesPerDay))
    }

    private static func mostGenerous(_ left: UInt64, _ right: UInt64) -> UInt64 {
        left == 0 || right == 0 ? 0 : max(left, right)
    }
}

extension Quota {
    init(_ message: Grapevine_Authority_Quota) {
        self.init(operationsPerDay: message.operationsPerDay, bytesPerDay: message.bytesPerDay)
    }

    var message: Grapevine_Authority_Quota {
        .with {
            $0.operationsPerDay = operationsPerDay
            $0.bytesPerDay = bytesPerDay
        }
    }
}
