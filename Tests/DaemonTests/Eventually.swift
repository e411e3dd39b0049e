import Testing

/// Asks until the answer is yes; an issue where it is not in time.
func eventually(
    _ what: String, seconds: Double = 20, _ location: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    while try await !condition() {
        guard clock.now < deadline else {
            Issue.record("\(what): not within \(seconds) s", sourceLocation: location)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
