/// What happens on all links, for one taker. Taking a message gives its link leave to receive more; taking the end of a link
/// gives its place to another.
package struct TransportEvents: AsyncSequence, Sendable {
    package typealias Element = TransportEvent
    package typealias Failure = Never

    let table: LinkTable

    package func makeAsyncIterator() -> Iterator {
        Iterator(table: table)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let table: LinkTable

        /// - Returns: Nil after `shutdown`, when all has been taken, or when the task is cancelled.
        package mutating func next(isolation actor: isolated (any Actor)?) async -> TransportEvent? {
            guard let entry = await table.events.take(isolation: actor) else { return nil }
            table.taken(entry)
            return entry.event
        }

        package mutating func next() async -> TransportEvent? {
            await next(isolation: #isolation)
        }
    }
}
