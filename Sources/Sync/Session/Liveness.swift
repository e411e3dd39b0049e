/// Silence, pings, and the end of a connection that has grown old.
struct Liveness: Sendable {
    enum OnTime: Equatable, Sendable {
        case nothing
        case ping
        case giveUp
    }

    /// The last message, or the beginning.
    private(set) var heardAt: Instant
    private var pingedAt: Instant

    init(at now: Instant) {
        heardAt = now
        pingedAt = now
    }

    mutating func heard(at now: Instant) {
        heardAt = now
    }

    var deadline: Instant {
        min(max(heardAt, pingedAt) + Limits.silenceBeforePing, heardAt + Limits.silenceBeforeClose)
    }

    mutating func wokeUp(at now: Instant) -> OnTime {
        if now >= heardAt + Limits.silenceBeforeClose { return .giveUp }
        guard now >= max(heardAt, pingedAt) + Limits.silenceBeforePing else { return .nothing }
        pingedAt = now
        return .ping
    }
}
