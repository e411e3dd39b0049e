import AuthorLog
import Identity

extension SyncCore {
    mutating func established(_ id: ConnectionID, isInitiator: Bool, noiseKey: NoiseKey, address: String) {
        guard peersByID[id] == nil else { return }
        let own = ownHash()
        peersByID[id] = Peer(isInitiator: isInitiator, noiseKey: noiseKey, address: address, frontier: own, at: now)
        ids.insert(id, at: ids.firstIndex { $0 > id } ?? ids.endIndex)
        dialsAreStale = true
        if isInitiator {
            dialler.established(address, at: now)
            if noiseKey == configuration.noiseKey { dialler.metOurselves(at: address) }
        }
        guard noiseKey != configuration.noiseKey else { return refuse(id, Goodbye(.memberRefused, "that is myself")) }
        guard !isStopping else { return refuse(id, Goodbye(.stopping, "stopping")) }
        guard hasRoom(isInitiator: isInitiator) else { return refuse(id, Goodbye(.limit, "too many connections")) }
        if isInitiator { sendHello(to: id) }
    }

    /// The connection in question counts.
    private func hasRoom(isInitiator: Bool) -> Bool {
        guard peersByID.count <= Limits.connections else { return false }
        if isInitiator { return true }
        let inbound = peersByID.values.filter { !$0.isInitiator }
        return inbound.count <= Limits.inboundConnections
            && inbound.count { !$0.isAccepted } <= Limits.ungreetedConnections
    }

    mutating func received(_ bytes: [UInt8], from id: ConnectionID) {
        guard peersByID[id] != nil, charge(1, to: id) else { return }
        peersByID[id]?.liveness.heard(at: now)
        let message: Message
        do {
            message = try Message(decoding: bytes)
        } catch {
            return refuse(id, Goodbye(.malformed, "\(error)"))
        }
        switch message {
        case .hello(let hello): received(hello, from: id)
        case .chain(let bytes): received(chain: bytes, from: id)
        case .chainRequest: receivedChainRequest(from: id)
        case .goodbye(let goodbye): received(goodbye, from: id)
        default:
            switch peersByID[id]?.greeting.receivedOther() {
            case .read: read(message, from: id)
            case .accepted(let hello):
                accepted(hello, by: id)
                read(message, from: id)
            case .refuse(let goodbye): refuse(id, goodbye)
            case nil: break
            }
        }
    }

    private mutating func received(_ goodbye: Goodbye, from id: ConnectionID) {
        if goodbye.code == Goodbye.Code.memberRefused.rawValue, let peer = peersByID[id] {
            effects.append(.refused(by: peer.address, because: goodbye.reason))
        }
        effects.append(.disconnect(id, because: Goodbye(.stopping, "the peer said goodbye")))
        interrupts(id)
        remove(id, isWelcome: peersByID[id]?.isAccepted ?? false, isWell: goodbye.isWell)
    }

    private mutating func received(_ hello: Hello, from id: ConnectionID) {
        guard charge(Limits.workPerSignature, to: id) else { return }
        let answer = peersByID[id]?.greeting.received(
            hello, members: members, at: now, wallMilliseconds: wallMilliseconds)
        switch answer {
        case .askChain: send(.chainRequest, to: id)
        case .introduceOurselves: sendHello(to: id)
        case .accepted(let hello): accepted(hello, by: id)
        case .refuse(let goodbye): refuse(id, goodbye)
        case nil: break
        }
    }

    private mutating func received(chain: [UInt8], from id: ConnectionID) {
        guard charge(6 * Limits.workPerSignature, to: id) else { return }
        let answer = peersByID[id]?.greeting.received(
            chain: chain, members: &members, knowsNobody: frontier.totalLength == 0,
            wallMilliseconds: wallMilliseconds)
        switch answer {
        case .introduceOurselves(let member, let presentation):
            effects.append(.keepChain(member, presentation))
            sendHello(to: id)
        case .accepted(let hello, let member, let presentation):
            effects.append(.keepChain(member, presentation))
            accepted(hello, by: id)
        case .refuse(let goodbye): refuse(id, goodbye)
        case nil: break
        }
    }

    private mutating func receivedChainRequest(from id: ConnectionID) {
        switch peersByID[id]?.greeting.receivedChainRequest() {
        case .sendChain: send(.chain(configuration.presentation.bytes), to: id)
        case .refuse(let goodbye): refuse(id, goodbye)
        case nil: break
        }
    }

    private mutating func sendHello(to id: ConnectionID) {
        let own = ownHash()
        peersByID[id]?.comparison.tell(own, at: now)
        send(
            .hello(
                Hello(
                    versions: Limits.protocolVersion...Limits.protocolVersion, member: configuration.member,
                    binding: configuration.binding, chainHash: chainHash, frontier: own,
                    updates: frontier.totalLength, storedBytes: storedBytes,
                    networkKeyNumber: UInt32(clamping: networkKey?.number ?? 0),
                    listen: configuration.listen, time: min(wallMilliseconds, UInt64.max >> 16) << 16)),
            to: id)
    }

    /// Both hellos are accepted, as far as we can know.
    private mutating func accepted(_ hello: Hello, by id: ConnectionID) {
        guard let peer = peersByID[id] else { return }
        effects.append(.accepted(id, hello.member))
        if peer.isInitiator { dialler.met(hello.member, at: peer.address) }
        dialsAreStale = true
        if let record = book.proved(hello.member) { kept([record], from: id) }
        newcomers[hello.member] = nil
        closeDuplicates(of: hello.member, newest: id)
        guard peersByID[id] != nil else { return }

        let own = ownHash()
        peersByID[id]?.comparison.greeted(hello.frontier)
        peersByID[id]?.claim = ClaimedTotal(hello, at: now)
        tellOrders(to: id)
        peersByID[id]?.networkKeyNumber = UInt64(hello.networkKeyNumber)
        tellNetworkKey(to: id)
        tellForks(to: id)
        tellRecords(to: id, member: hello.member)
        if peersByID[id]?.comparison.isEqual(to: own) == true {
            peersByID[id]?.heads.equal()
            told(by: id)
        } else if peer.isInitiator {
            if peersByID[id]?.comparison.begin(own: own, isBusy: false, at: now) == true {
                beginReconciliation(with: id)
            }
        } else if hello.frontier == own {
            // Ours moved since our hello.
            peersByID[id]?.comparison.due()
        }
        met(hello.member, over: id)
    }

    private mutating func closeDuplicates(of member: MemberKey, newest: ConnectionID) {
        guard let new = peersByID[newest] else { return }
        var kept: [ConnectionID] = []
        for older in acceptedIDs where older != newest {
            guard let old = peersByID[older], old.member == member, peersByID[newest] != nil else { continue }
            let verdict = DuplicateRule.judge(
                own: configuration.member, other: member, olderIsOurs: old.isInitiator, newerIsOurs: new.isInitiator)
            switch verdict {
            case .closeOlder: refuse(older, Goodbye(.duplicateConnection, "connected twice"))
            case .closeNewer: refuse(newest, Goodbye(.duplicateConnection, "connected twice"))
            case .keepBoth: kept.append(older)
            }
        }
        for older in kept.dropLast(Limits.connectionsPerMember - 1) {
            refuse(older, Goodbye(.duplicateConnection, "connected many times"))
        }
    }
}
