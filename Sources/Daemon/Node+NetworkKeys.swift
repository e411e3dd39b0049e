package import API
import AuthorLog
import Founding
import Identity
import Logging
import Storage
import Sync
import Transport

/// How the network key is rotated: a node makes the next one, the root names it, and it is told in session (4-sync.md, *Network keys*).
extension Node {
    /// Makes the key of the next rotation, once, and tells its name for the root to sign.
    package func answer(_ request: PlanNetworkKey) async throws -> PlanNetworkKey.Answer {
        let names = try await ask { try await $0.standing() }.networkKeys
        let (number, isLast) = (names.map(\.number).max() ?? 0).addingReportingOverflow(1)
        guard !isLast else { throw Failure(.rule, "there is no number left for a network key") }
        let key = networkKeys.later[number] ?? SecretBytes(random: Bytes32.byteCount)
        if networkKeys.later[number] == nil {
            do {
                try home.keep(networkKey: key, number: number)
            } catch {
                throw Failure(writing: error)
            }
            networkKeys.hold(key, number: number)
        }
        return PlanNetworkKey.Answer(
            number: Int(clamping: number), hash: NetworkKeyName(number: number, key: key).hash.hex)
    }

    /// A peer tells a later key. It is believed once the root has named it.
    func told(_ key: NetworkKey, by peer: MemberKey) {
        let connected = Set(core.peers.filter(\.isConnected).compactMap(\.member)).union([peer])
        networkKeys.hear(key, from: peer, connected: connected)
        if let standing { useNetworkKeys(standing.networkKeys) }
    }

    /// What the root names, or a peer told, may have changed.
    func useNetworkKeys(_ names: [NetworkKeyName]) {
        let hadTicket = networkKeys.ticket != nil
        var areKept = true
        for key in networkKeys.believe(names) { areKept = keep(key) && areKept }
        if hadTicket, networkKeys.ticket == nil, areKept { home.dropTicketNetworkKey() }
        transport.use(networkKeys: networkKeys.keys(names), dialled: networkKeys.dialledCount(names))
        for number in networkKeys.dropBefore(names) { home.dropNetworkKey(number: number) }
        guard let name = names.first, name.number != networkKeyInUse, let key = networkKeys.key(named: name) else {
            return
        }
        networkKeyInUse = name.number
        logger.notice("the network key is another now", metadata: ["number": "\(name.number)"])
        handle(.networkKeyHeld(NetworkKey(number: name.number, secret: key)))
    }

    /// It is told again at the next start where it could not be kept.
    private func keep(_ key: NetworkKey) -> Bool {
        do {
            try home.keep(networkKey: key.secret, number: key.number)
            return true
        } catch {
            logger.error("a network key was not kept", metadata: ["reason": "\(error.message)"])
            return false
        }
    }

    /// What a ticket gives: the key in force, as far as it is held.
    var ticketNetworkKey: SecretBytes {
        networkKeys.keys(standing?.networkKeys ?? []).first ?? networkKeys.initial
    }
}
