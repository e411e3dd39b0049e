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
        return GetStatus.Answer(
            community: .init(id: charter.id.hex, title: charter.title, currency: charter.currency),
            node: .init(member: member.hex, role: right?.role.name ?? "none"),
            listen: listenAddress, updates: Int(clamping: core.updates), logs: core.logCount,
            frontier: core.frontierHash.hex, state: state?.hex, syncing: core.isSyncing, degraded: state == nil,
            peers: peerRows(), pid: Int(getpid()),
            notices: notices.sentences(incarnation: ownLog.incarnation, progress: progress)
                + LostCodes.sentences(lost), progress: progress)
    }

    package func answer(_ request: ListPeers) async throws -> ListPeers.Answer {
        // At most 64 connections and as many known addresses: one page.
        ListPeers.Answer(rows: peerRows(), next: nil)
    }

    /// The answer leaves before the end: the signal is taken up by the service group.
    package nonisolated func answer(_ request: StopDaemon) async throws -> StopDaemon.Answer {
        kill(getpid(), SIGTERM)
        return StopDaemon.Answer(pid: Int(getpid()))
    }

    private func peerRows() -> [PeerRow] {
        let connected = Set(core.peers.filter(\.isConnected).compactMap(\.member))
        // A peer who dialled us is not also away at the address he listens on.
        return core.peers.filter { peer in
            peer.isConnected || peer.member.map { !connected.contains($0) } ?? true
        }.map { PeerRow($0, clocks: clocks) }
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
