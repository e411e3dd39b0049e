import API

/// The one screen of `status`.
enum StatusText {
    static func lines(_ status: GetStatus.Answer) -> [String] {
        var lines = [headline(status), ""]
        lines += Facts.lines([
            (
                "community",
                "\(status.community.title), \(status.community.currency), \(Words.short(status.community.id))"
            ),
            ("you are", "\(status.node.role) \(Words.short(status.node.member))"),
            ("record", "\(Words.count(status.updates, "update")) in \(Words.count(status.logs, "log"))"),
            ("state", status.state.map(Words.short) ?? "none to stand for"),
            ("listening", status.listen ?? "no: this node only calls others"),
        ])
        if !status.peers.isEmpty {
            lines += ["", "peers"] + Table(columns: peerColumns).lines(status.peers).dropFirst().map { "  \($0)" }
            if let rest = status.peersLeftOut {
                lines.append("  and \(Words.count(rest, "address", "addresses")) more: grapevine peers")
            }
        }
        lines += (status.notices ?? []).isEmpty ? [] : [""] + (status.notices ?? []).map { "Note: \($0)" }
        return lines + ["", "Next: \(next(status))"]
    }

    /// - Parameter reason: Why the daemon does not answer.
    static func lines(offline home: HomeAnswer, reason: String) -> [String] {
        ["Offline: \(reason)", ""]
            + Facts.lines([
                ("community", "\(home.title), \(home.currency), \(Words.short(home.community))"),
                ("you are", "\(home.role) \(Words.short(home.member))"),
                ("home", home.home),
            ]) + ["", "Next: grapevine start"]
    }

    private static func headline(_ status: GetStatus.Answer) -> String {
        let connected = status.peers.count { $0.connected }
        let known = status.peers.count + (status.peersLeftOut ?? 0)
        if status.degraded { return "Degraded: some updates could not be taken in, so no state is shown" }
        if let progress = status.progress, connected > 0 { return "Syncing \(Self.progress(progress))" }
        if let progress = status.progress, progress.total > progress.done {
            return
                "Waiting for peers: \(Words.count(progress.total - progress.done, "update")) known of and not here yet"
        }
        if status.syncing { return "Syncing" }
        if status.peers.isEmpty { return "Up to date: alone so far" }
        if connected == 0 { return "Waiting: none of \(Words.count(known, "peer")) can be reached" }
        return "Up to date: \(connected) of \(Words.count(known, "peer")) connected"
    }

    /// `43 %: 430,000 of 1,000,000 updates, 25,000/s, 23 s to go`.
    private static func progress(_ progress: SyncProgress) -> String {
        guard progress.done < progress.total else {
            return "100 %: all are here, \(Words.count(progress.unfolded, "update")) to be worked in"
        }
        let percent = Int(Double(progress.done) / Double(progress.total) * 100)
        let pace = progress.perSecond > 0 ? ", \(Words.grouped(progress.perSecond))/s" : ""
        let left = progress.secondsLeft.map { ", \(Words.duration(seconds: $0)) to go" } ?? ""
        return "\(percent) %: \(Words.grouped(progress.done)) of \(Words.count(progress.total, "update"))\(pace)\(left)"
    }

    private static func next(_ status: GetStatus.Answer) -> String {
        if status.degraded { return "grapevine verify" }
        if status.peers.isEmpty { return "grapevine invite --role ambassador" }
        guard status.peers.contains(where: \.connected) else {
            return "grapevine peers; where nobody answers for days, a steward's new ticket: grapevine join @TICKET"
        }
        if status.updates < 10 { return "grapevine import backers FILE, or grapevine backer add" }
        return "grapevine leaderboard"
    }

    private static var peerColumns: [Table<PeerRow>.Column] {
        [
            .init("name") { $0.name ?? Words.short($0.member) },
            .init("address") { $0.address },
            .init("state") { peer in
                switch (peer.connected, peer.behind) {
                case (true, 0): "level"
                case (true, let behind): "has \(Words.count(behind, "update")) more"
                case (false, _): peer.lastHeard.map { "away since \($0.text)" } ?? "away"
                }
            },
        ]
    }
}
