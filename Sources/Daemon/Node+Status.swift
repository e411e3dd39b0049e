package import API
import AuthorLog
import Community
import Glibc
import Identity
import Logging
import Storage
import Sync

extension Node {
    package func answer(_ request: GetStatus) async throws -> GetStatus.Answer {
        let state = try await stateDigest()
        let lost = try await ask { [member] in try await $0.lostCodes(.open(writtenBy: member)) }
        let progress = progress
        let (connected, away) = peerRows()
        return GetStatus.Answer(
            community: .init(id: charter.id.hex, title: charter.title, currency: charter.currency),
            node: .init(member: member.hex, role: right?.role.name ?? "none"),
            listen: listenAddress, updates: Int(clamping: core.updates), logs: core.logCount,
            frontier: core.frontierHash.hex, state: state?.hex, syncing: core.isSyncing, degraded: state == nil,
            peers: connected + away.prefix(NodeLimits.awayPeersInStatus), pid: Int(getpid()),
            notices: notices.sentences(incarnation: ownLog.incarnation, progress: progress)
                + LostCodes.sentences(lost), progress: progress,
            peersLeftOut: away.count > NodeLimits.awayPeersInStatus ? away.count - NodeLimits.awayPeersInStatus : nil)
    }

    package func answer(_ request: ListPeers) async throws -> ListPeers.Answer {
        let page = try page(request)
        let (connected, away) = peerRows()
        return try Page(page, of: connected + away)
    }

    /// The answer leaves before the end: the signal is taken up by the service group.
    package nonisolated func answer(_ request: StopDaemon) async throws -> StopDaemon.Answer {
        kill(getpid(), SIGTERM)
        return StopDaemon.Answer(pid: Int(getpid()))
    }

    /// At most 64 that are connected, or about to be; and of those away up to four addresses of each of 16,384 records.
    private func peerRows() -> (connected: [PeerRow], away: [PeerRow]) {
        let peers = core.peers
        let connected = Set(peers.filter(\.isConnected).compactMap(\.member))
        // A peer who dialled us is not also away at the address he listens on.
        let shown = peers.filter { peer in
            peer.isConnected || peer.member.map { !connected.contains($0) } ?? true
        }
        // Who was heard lately is asked about first.
        let away = shown.filter { $0.connection == nil }
        return (
            shown.filter { $0.connection != nil }.map { PeerRow($0, clocks: clocks) },
            (away.filter { $0.lastHeard != nil } + away.filter { $0.lastHeard == nil }).map {
                PeerRow($0, clocks: clocks)
            }
        )
    }
}

extension Page {
    /// Of a list that changes from call to call: what moves meanwhile may be told twice, or not at all.
    ///
    /// - Throws: `E-CURSOR`.
    init(_ page: PageRequest, of all: [Row]) throws(Failure) {
        var start = 0
        if let after = page.after {
            guard let passed = Int(after), passed > 0 else {
                throw Failure(.cursor, "\(after) is no cursor of this list")
            }
            start = min(passed, all.count)
        }
        let end = min(start + page.limit, all.count)
        self.init(rows: Array(all[start..<end]), next: end < all.count ? String(end) : nil)
    }
}

extension Role {
    /// As people write it.
    package var name: String {
        switch self {
        case .none: "none"
        case .observer: "observer"
        case .ambassador: "ambassador"
        case .treasurer: "treasurer"
        case .steward: "steward"
        }
    }

    package init?(name: String) {
        guard let role = [Role.observer, .ambassador, .treasurer, .steward].first(where: { $0.name == name }) else {
            return nil
        }
        self = role
    }
}
