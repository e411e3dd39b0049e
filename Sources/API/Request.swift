/// One call of the local API: `POST /v1/<path>`, JSON in, JSON out.
///
/// The page, the command line and the daemon share these structs, so they cannot disagree about a name. Keys are snake_case and
/// fixed by the command line's contract: add, never change.
package protocol Request: Codable, Sendable {
    associatedtype Answer: Codable & Sendable

    /// Below `/v1/`, noun before verb: `pledge/add`.
    static var path: String { get }
}
