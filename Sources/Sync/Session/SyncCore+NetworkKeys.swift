import AuthorLog
import Identity

/// Who missed a rotation of the network key is told it, once his chain is accepted.
extension SyncCore {
    /// The key in force is held, and is what we dial with from now on.
    mutating func holds(_ key: NetworkKey) {
        networkKey = key
        for id in acceptedIDs { tellNetworkKey(to: id) }
    }

    /// Unless he said that he has it, or a later one.
    mutating func tellNetworkKey(to id: ConnectionID) {
        guard let networkKey, let peer = peersByID[id], peer.networkKeyNumber < networkKey.number else { return }
        peersByID[id]?.networkKeyNumber = networkKey.number
        send(.networkKey(networkKey), to: id)
    }

    mutating func told(_ key: NetworkKey, by id: ConnectionID) {
        guard charge(1, to: id), let peer = peersByID[id] else { return }
        peersByID[id]?.networkKeyNumber = max(peer.networkKeyNumber, key.number)
        guard key.number > networkKey?.number ?? 0, let member = peer.member else { return }
        effects.append(.networkKeyTold(key, by: member))
    }
}
