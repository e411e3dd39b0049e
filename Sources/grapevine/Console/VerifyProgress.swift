import API

/// How far a verification is, on a terminal.
enum VerifyProgress {
    /// Asks the daemon twice a second and shows what it says, until cancelled. Whoever waits for the answer hears of failures.
    static func show(of daemon: DaemonClient) async {
        do {
            while true {
                try await Task.sleep(for: .milliseconds(500))
                let progress = try await daemon.ask(GetVerifyProgress(), patience: .seconds(5))
                if let line = line(progress) { Console.progress(line) }
            }
        } catch {
            Console.progress("")
        }
    }

    /// Nil where there is nothing to tell.
    static func line(_ progress: GetVerifyProgress.Answer) -> String? {
        guard let total = progress.total, total > 0 else { return nil }
        let all = Words.count(total, "operation")
        guard progress.verified >= total else { return "verified \(Words.grouped(progress.verified)) of \(all)" }
        guard progress.folded >= total else {
            return "verified; folded anew \(Words.grouped(progress.folded)) of \(all)"
        }
        return "verified; comparing the state"
    }
}
