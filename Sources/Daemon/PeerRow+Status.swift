import API
import Identity
import Sync

extension PeerRow {
    /// A peer as people read it.
    ///
    /// - Parameter clocks: Of the node: by them, what was heard on the steady clock is told in wall time, so that a wall clock that
    ///   was set in between shifts it along.
    init(_ peer: SyncCore.PeerStatus, clocks: Clocks) {
        let lastHeard = peer.lastHeard.map { heard in
            let (now, wall) = (clocks.instant.milliseconds, clocks.wallMilliseconds)
            return Timestamp(stored: Int64(clamping: wall) - Int64(clamping: now - min(heard.milliseconds, now)))
        }
        self.init(
            member: peer.member?.hex ?? "", address: peer.address, connected: peer.isConnected,
            behind: Int(clamping: peer.behind), lastHeard: lastHeard)
    }
}
