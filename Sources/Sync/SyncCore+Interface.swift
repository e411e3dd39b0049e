package import AuthorLog
package import Identity

extension SyncCore {
    package enum Event: Sendable {
        /// The Noise handshake is done. Of a connection that we dialled, `address` is the one given with `.dial`.
        case established(ConnectionID, initiator: Bool, remoteKey: NoiseKey, address: String)
        /// One whole message.
        case received([UInt8], from: ConnectionID)
        case closed(ConnectionID)
        case dialFailed(String)
        /// Durable now, in order.
        case grown([Growth])
        /// A log stands shorter than before, or not at all: a cut or a fork.
        case retracted(LogID, to: FrontierRow?)
        /// What came of an `.ingest`; `byteCount` is the part's.
        case ingested(ConnectionID, pull: UInt32, log: LogID, byteCount: Int, IngestOutcome)
        /// What came of a `.read`.
        case read(ConnectionID, pull: UInt32, ReadOutcome)
        /// All root orders held now.
        case ordersHeld([SignedRootOrder])
        /// Chains that a log has presented: their members may be dialled by their records.
        case chainsLearned([(member: MemberKey, chain: KnownChain)])
        /// All proofs of forks held now.
        case forksHeld([ForkProof])
        /// What stands was worked out: the logs of which nothing more is wanted, and the keys that nobody talks to.
        case settled(ended: Set<LogID>, revoked: Set<MemberKey>)
        /// What came of `.findEnd`: nil where none lies between.
        case foundEnd(ConnectionID, LogID, BranchPoint?)
        /// The network key in force, held now.
        case networkKeyHeld(NetworkKey)
        case stopping
        case wokeUp
    }

    package enum Effect: Equatable, Sendable {
        case send([UInt8], to: ConnectionID)
        /// Close when what was sent is out. The core has forgotten the connection; its goodbye has been sent before.
        case disconnect(ConnectionID, because: Goodbye)
        /// For the log: the core itself refuses the member until then.
        case ban(MemberKey, until: Instant)
        /// The greeting is done.
        case accepted(ConnectionID, MemberKey)
        /// Verify and store. Pull 0: pushed live.
        case ingest(part: [UInt8], log: LogID, pull: UInt32, from: ConnectionID)
        /// A piece of a run after position `from`, whose head there is `head`: whole entries, at most `byteLimit` unless one
        /// is larger, up to the first kept signature at or past `to`.
        case read(LogID, from: UInt64, head: Hash256, to: UInt64, byteLimit: Int, pull: UInt32, for: ConnectionID)
        case dial(String)
        case keep(PeerRecord)
        case keepChain(MemberKey, Presentation)
        /// A peer will not talk to this member, and says why.
        case refused(by: String, because: String)
        /// Genuine and new; `.ordersHeld` follows when they are durable.
        case keepOrders([SignedRootOrder])
        /// They prove something, and are new; `.forksHeld` follows when they are durable.
        case keepForks([ForkProof])
        /// The end of a bundle of ours nearest to a position, above one and below another; `.foundEnd` follows.
        case findEnd(LogID, near: UInt64, above: UInt64, below: UInt64, for: ConnectionID)
        /// A peer claims more of a log of ours than we hold. It is pulled as any other; hold writes until it is here or was
        /// found to be a lie.
        case ownHeadSeen(LogID, length: UInt64, from: ConnectionID)
        /// By an accepted peer, later than ours: to be held if the root named it, and `.networkKeyHeld` follows.
        case networkKeyTold(NetworkKey, by: MemberKey)
        /// Replaces the wake-up asked for before.
        case wakeUp(at: Instant)
    }

    /// A log that is longer now, durably.
    package struct Growth: Sendable {
        /// After.
        package var row: FrontierRow
        /// What was added, if it is at most 64 KiB: pushed to peers as it is, so it ends signed.
        package var run: [UInt8]?
        /// From whom; nil: our own write.
        package var origin: ConnectionID?
        package var bearsAuthority: Bool

        package init(row: FrontierRow, run: [UInt8]?, origin: ConnectionID?, bearsAuthority: Bool = false) {
            self.row = row
            self.run = run
            self.origin = origin
            self.bearsAuthority = bearsAuthority
        }
    }

    package struct PeerStatus: Equatable, Sendable {
        package var connection: ConnectionID?
        /// Who is, or was last, or says to be there.
        package var member: MemberKey?
        package var address: String
        /// Greeted; an address that is only known is not.
        package var isConnected: Bool
        package var isInitiator: Bool
        /// Operations that he has shown and we lack.
        package var behind: UInt64
        /// His last message after the greeting; nil: none since the start.
        package var lastHeard: Instant?
    }

    /// Connections by age, then known addresses that are not connected.
    package var peers: [PeerStatus] {
        let connected = ids.compactMap { id in
            peersByID[id].map { peer in
                PeerStatus(
                    connection: id, member: peer.member, address: peer.address, isConnected: peer.isAccepted,
                    isInitiator: peer.isInitiator, behind: peer.offers.missing,
                    lastHeard: peer.isAccepted ? peer.liveness.heardAt : nil)
            }
        }
        let others = dialler.addresses.filter { !$0.isConnected }.map { known in
            PeerStatus(
                connection: nil, member: known.member, address: known.address, isConnected: false, isInitiator: true,
                behind: 0, lastHeard: known.lastHeard)
        }
        return connected + others
    }

    /// Something is wanted from somebody.
    package var isSyncing: Bool {
        peersByID.values.contains(where: \.isBusy)
    }

    /// As ``FrontierTree/hash(orders:)`` with the orders held.
    package var frontierHash: Hash256 {
        var frontier = frontier
        return frontier.hash(orders: ordersHash)
    }
}
