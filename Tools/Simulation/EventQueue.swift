/// Events by millisecond, and those of one in the order in which they were added.
struct EventQueue<Event: Sendable>: Sendable {
    private var events: [UInt64: [Event]] = [:]

    mutating func add(_ event: Event, at: UInt64) {
        events[at, default: []].append(event)
    }

    /// All that were added so far.
    mutating func take(at: UInt64) -> [Event] {
        events.removeValue(forKey: at) ?? []
    }
}
