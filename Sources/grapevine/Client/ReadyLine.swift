/// What the daemon prints once it can be talked to: `ready listen=HOST:PORT api=unix:PATH`.
struct ReadyLine: Encodable, Equatable {
    let listen: String
    let api: String

    init(listen: String, api: String) {
        self.listen = listen
        self.api = api
    }

    /// - Parameter text: The beginning of a line-wise output; only a line that has ended counts.
    init?(in text: String) {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .first { $0.hasPrefix("ready ") }
        guard let line else { return nil }
        var values: [Substring: Substring] = [:]
        for word in line.split(separator: " ").dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let listen = values["listen"], let api = values["api"] else { return nil }
        self.listen = String(listen)
        self.api = String(api)
    }

    var text: String { "ready listen=\(listen) api=\(api)" }
}
