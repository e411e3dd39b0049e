import AuthorLog
import Community
import Identity
import Logging
import Storage
import Sync
import Transport

/// A part of a run that waits to be verified and stored.
struct PendingPart {
    let connection: ConnectionID
    let pull: UInt32
    let log: LogID
    let part: [UInt8]
}

/// Work that an effect asks for and that is awaited apart from the actor's loop.
enum Job: Sendable {
    case read(LogID, from: UInt64, head: Hash256, to: UInt64, byteLimit: Int, pull: UInt32, for: ConnectionID)
    case keepRecord(PeerRecord)
    case keepChain(MemberKey, Presentation)
    case keepOrders([SignedRootOrder])
    case keepForks([ForkProof])
    case findEnd(LogID, near: UInt64, above: UInt64, below: UInt64, for: ConnectionID)
    /// Evidence waits to be worked in.
    case settle(after: Duration)
    /// Somebody talks to this member, of whom no log is held.
    case beginLog
    /// This member may have been granted what its log does not show yet.
    case takeUpRights
    case keepHashes([StateDigest.Bucket])
    /// On a full disk.
    case makeRoom
    case forget(ConnectionID)
}

/// Events in, effects out.
extension Node {
    func handle(_ event: SyncCore.Event) {
        for effect in core.handle(event, at: clocks.instant, wallMilliseconds: clocks.wallMilliseconds) {
            perform(effect)
        }
        // What was heard may settle what the first write waits for.
        if !writeQueue.isEmpty { wake(.writes) }
        metrics.report(transport.counters)
        timesChanged()
    }

    func handle(_ event: TransportEvent) {
        switch event {
        case .established(let link, let session):
            let address = dials.removeValue(forKey: link) ?? session.address.description
            handle(
                .established(
                    ConnectionID(link), initiator: session.isInitiator, remoteKey: session.remoteKey, address: address))
        case .message(let link, let bytes): handle(.received(bytes, from: ConnectionID(link)))
        case .drained: break  // the core sends by credit: what it holds back it holds back itself
        case .grewOld(let link): transport.close(link)
        case .closed(let link, let reason):
            logger.log(
                level: reason.blamesPeer ? .info : .debug, "connection closed",
                metadata: ["connection": "\(link)", "reason": "\(reason)"])
            handle(.closed(ConnectionID(link)))
            schedule(.forget(ConnectionID(link)))
        case .dialFailed(let link, let address, let reason):
            let name = dials.removeValue(forKey: link) ?? address.description
            logger.debug("no connection", metadata: ["address": "\(name)", "reason": "\(reason)"])
            unansweredAddresses.remove(name)
            handle(.dialFailed(name))
            wake(.writes)
        }
    }

    private func perform(_ effect: SyncCore.Effect) {
        switch effect {
        case .send(let message, let connection): _ = transport.send(message, to: LinkID(connection))
        case .disconnect(let connection, let goodbye):
            logger.info(
                "saying goodbye", metadata: ["connection": "\(connection.rawValue)", "reason": "\(goodbye.reason)"])
            transport.close(LinkID(connection))
            schedule(.forget(connection))
        case .ban(let member, _): logger.warning("a peer broke the protocol", metadata: ["member": "\(member)"])
        case .accepted(let connection, let member):
            transport.accepted(LinkID(connection))
            logger.info("peer connected", metadata: ["member": "\(member)", "connection": "\(connection.rawValue)"])
            for peer in core.peers where peer.connection == connection { unansweredAddresses.remove(peer.address) }
            notices.refusal = nil
            if ownLog.incarnation == nil { schedule(.beginLog) }
            wake(.writes)
        case .refused(let address, let reason):
            logger.warning("a peer refuses this member", metadata: ["address": "\(address)", "reason": "\(reason)"])
            notices.refusal = (address, reason)
        case .ingest(let part, let log, let pull, let connection):
            ingestQueue.append(PendingPart(connection: connection, pull: pull, log: log, part: part))
            wake(.ingest)
        case .read(let log, let position, let head, let end, let byteLimit, let pull, let connection):
            schedule(
                .read(log, from: position, head: head, to: end, byteLimit: byteLimit, pull: pull, for: connection))
        case .dial(let name): dial(name)
        case .keep(let record): schedule(.keepRecord(record))
        case .keepChain(let member, let chain): schedule(.keepChain(member, chain))
        case .keepOrders(let orders): schedule(.keepOrders(orders))
        case .keepForks(let proofs): schedule(.keepForks(proofs))
        case .findEnd(let log, let position, let lower, let upper, let connection):
            schedule(.findEnd(log, near: position, above: lower, below: upper, for: connection))
        case .ownHeadSeen(let log, let length, _):
            logger.warning(
                "a peer holds more of this member's log than is held here",
                metadata: ["incarnation": "\(log.incarnation.number)", "length": "\(length)"])
        case .networkKeyTold(let key, let peer): told(key, by: peer)
        case .wakeUp(let time): coreWakeUp = time  // see `keepTime`
        }
    }

    private func dial(_ name: String) {
        do {
            dials[transport.dial(try Address(parsing: name))] = name
        } catch {
            logger.info("an address does not read", metadata: ["address": "\(name)", "reason": "\(error)"])
            unansweredAddresses.remove(name)
            handle(.dialFailed(name))
        }
    }

    /// - Throws: Where the disk failed for good.
    func perform(_ job: Job) async throws {
        do {
            switch job {
            case .read(let log, let position, let head, let end, let byteLimit, let pull, let connection):
                let served = try await store.run(of: log, from: position, head: head, to: end, byteLimit: byteLimit)
                handle(.read(connection, pull: pull, ReadOutcome(served)))
            case .keepRecord(let record):
                try needSpace()
                try await store.keep(peerRecord: record.stored, of: try record.member)
            case .keepChain(let member, let chain):
                try needSpace()
                try await store.keep(chain, of: member)
            case .keepOrders(let orders):
                try needSpace()
                changed(try await store.keep(orders, wallMilliseconds: clocks.wallMilliseconds))
            case .keepForks(let proofs):
                try needSpace()
                changed(try await store.keep(proofs, wallMilliseconds: clocks.wallMilliseconds))
            case .findEnd(let log, let position, let lower, let upper, let connection):
                let point = try await store.end(of: log, near: position, above: lower, below: upper)
                handle(.foundEnd(connection, log, point))
            case .settle(let wait):
                try? await Task.sleep(for: wait)  // it only throws when cancelled
                isSettling = false
                guard !isStopped else { return }
                try needSpace()
                changed(
                    try await store.settle(
                        wallMilliseconds: clocks.wallMilliseconds, isPatient: true, isGrowing: isIngesting))
            case .beginLog: try await beginLog()
            case .takeUpRights: try await presentGrantedRights()
            case .keepHashes(let hashes):
                if !disk.isFull { try await store.keep(hashes) }
            case .makeRoom: try await makeRoom()
            case .forget(let connection): try await store.forget(source: connection.rawValue)
            }
        } catch {
            try tolerate(error, doing: "\(job)".prefix { $0 != "(" }.description)
        }
    }

    // MARK: Ingest

    /// Verifies and stores all parts that wait, a few megabytes a transaction.
    func ingestAll() async throws {
        isIngesting = true
        defer { isIngesting = false }
        while !ingestQueue.isEmpty {
            var byteCount = 0
            let count =
                ingestQueue.firstIndex {
                    byteCount += $0.part.count
                    return byteCount > NodeLimits.ingestBatchBytes
                } ?? ingestQueue.count
            let batch = Array(ingestQueue.prefix(max(count, 1)))
            ingestQueue.removeFirst(batch.count)
            try await ingest(batch)
        }
    }

    private func ingest(_ batch: [PendingPart]) async throws {
        let wall = clocks.wallMilliseconds
        let arrivals = batch.map { Arrival(source: $0.connection.rawValue, part: $0.part) }
        do {
            try needSpace()
            let (outcomes, changes) = try await store.ingest(arrivals, wallMilliseconds: wall)
            changed(changes)
            let latest = wall + AuthorLog.Limits.clockLeadMilliseconds
            if changes.growths.contains(where: { $0.time.milliseconds > latest }) { await lookForHeld() }
            let unsettled = Set(changes.growths.filter { $0.row == nil }.map(\.log))
            for (part, outcome) in zip(batch, outcomes) {
                answer(part, Sync.IngestOutcome(outcome, of: part, isSettled: !unsettled.contains(part.log)))
            }
        } catch {
            try tolerate(error, doing: "storing what peers sent")
            for part in batch { answer(part, .refused) }
        }
    }

    private func answer(_ part: PendingPart, _ outcome: Sync.IngestOutcome) {
        if case .offence(let reason) = outcome {
            logger.warning("a peer sent what cannot be", metadata: ["log": "\(part.log)", "reason": "\(reason)"])
        }
        handle(
            .ingested(
                part.connection, pull: part.pull, log: part.log, byteCount: part.part.count, outcome))
    }

    /// Whether this machine's clock is behind what others have dated.
    func compareClock() {
        notices.clockLags =
            recordTime.milliseconds > clocks.wallMilliseconds + NodeLimits.noticedClockLagMilliseconds
    }

    /// A full disk is waited out: nothing is lost, and all is asked for again. Anything else ends the process.
    func tolerate(_ error: any Error, doing what: String) throws {
        guard case StorageError.disk = error else {
            if case StorageError.diskIsFull = error { diskFilled() }
            logger.error("not done", metadata: ["what": "\(what)", "reason": "\(error)"])
            return
        }
        throw NodeError.storageFailed("\(what): \(error)")
    }
}

extension ConnectionID {
    init(_ link: LinkID) { self.init(rawValue: link.rawValue) }
}

extension LinkID {
    init(_ connection: ConnectionID) { self.init(rawValue: connection.rawValue) }
}

extension ReadOutcome {
    init(_ served: ServedRun) {
        self =
            switch served {
            case .part(let bytes, let end, let head): .part(bytes, end: end, head: head)
            case .notHeld: .notHeld
            case .otherBranch(let length): .anotherBranch(length: length)
            }
    }
}

extension Sync.IngestOutcome {
    /// - Parameter isSettled: It is known how far the log stands with it.
    init(_ outcome: Storage.IngestOutcome, of part: PendingPart, isSettled: Bool) {
        self =
            switch outcome {
            case .appended(let operations): operations == 0 ? .queued : isSettled ? .appended : .unsettled
            case .alreadyHeld: .alreadyHeld
            case .doesNotContinue(_, let length, _):
                if let head = try? RunHead(startOf: part.part), head.firstPosition > length {  // it was read before
                    .gap(first: head.firstPosition)
                } else {
                    .anotherBranch
                }
            case .tooFarAhead: .refused
            case .offence(let reason): .offence(reason)
            }
    }
}

extension PeerRecord {
    /// u16 length of the content ‖ content ‖ signature.
    var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt16(clamping: content.count))
        bytes.append(contentsOf: content)
        signature.append(to: &bytes)
        return bytes
    }

    init?(stored bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        // Written by us; one that does not read is heard again from peers.
        guard let count = try? reader.u16(), let content = try? reader.bytes(Int(count)),
            let signature = try? reader.signature()
        else { return nil }
        self.init(content: content, signature: signature)
    }

    var member: MemberKey {
        get throws { try PeerAddress(decoding: content).member }
    }
}
