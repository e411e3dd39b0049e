import API

/// How far an import is, on a terminal.
struct ImportProgress {
    private let file: FileSource
    private let clock = ContinuousClock()
    private let begin: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant

    init(_ file: FileSource) {
        self.file = file
        begin = clock.now
        shown = begin
    }

    /// At most ten times a second.
    mutating func show(rows: Int) {
        let now = clock.now
        guard Console.hasProgress, now - shown >= .milliseconds(100) else { return }
        shown = now
        Console.progress(Self.line(rows: rows, elapsed: now - begin, read: file.bytesRead, size: file.size))
    }

    func end() {
        if Console.hasProgress { Console.progress("") }
    }

    static func line(rows: Int, elapsed: Duration, read: Int, size: Int?) -> String {
        let seconds = max(0.001, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
        let rate = "\(Words.grouped(rows)) rows, \(Words.grouped(Int(Double(rows) / seconds)))/s"
        guard let size, size > 0, read > 0 else { return rate }
        let share = min(1, Double(read) / Double(size))
        let left = Int((seconds / share - seconds).rounded(.up))
        return "\(Int(share * 100)) %, \(rate), \(Words.duration(seconds: left)) to go"
    }
}
