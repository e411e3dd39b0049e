import AuthorLog

/// Announcements made, and what becomes of those received.
extension Plumtree {
    mutating func queue(_ announced: IHave, to id: ConnectionID) {
        let log = announced.id.log
        // Never held in a variable of its own: a second reference would have the whole queue copied.
        guard let count = links[id]?.queue.count else { return }
        guard count < Limits.rowsPerMessage || links[id]?.queue[log] != nil else {
            links[id]?.queue.removeAll()
            links[id]?.tellAt = nil
            effects.append(.compare(with: id))
            return
        }
        links[id]?.queue[log] = announced
        if links[id]?.tellAt == nil { links[id]?.tellAt = now + Limits.iHaveDelay }
    }

    mutating func tell(_ id: ConnectionID) {
        let queue = links[id]?.queue ?? [:]
        links[id]?.queue = [:]
        links[id]?.tellAt = nil
        if !queue.isEmpty { effects.append(.iHave(queue.values.sorted { $0.id.log < $1.id.log }, to: id)) }
    }

    /// - Parameter isPushed: It was, and left a gap.
    mutating func miss(_ announced: IHave, from link: ConnectionID, atOnce: Bool, isPushed: Bool = false) {
        guard let claims = links[link]?.claims else { return }
        if let until = links[link]?.distrustedUntil {
            guard now >= until else { return }
            links[link]?.distrustedUntil = nil
        }
        let log = announced.id.log
        if missing[log] == nil {
            guard claims < Limits.claimsPerLink else {
                effects.append(.compare(with: link))
                return
            }
            links[link]?.claims += 1
            missing[log] = Missing(sources: [], claimant: link, deadline: now + Limits.graftDelay)
            wake(at: now + Limits.graftDelay)
        }
        if let index = missing[log]?.sources.firstIndex(where: { $0.link == link }) {
            if announced.id.length > missing[log]?.sources[index].announced.id.length ?? 0 {
                missing[log]?.sources[index].announced = announced
            }
        } else {
            missing[log]?.sources.append((link, announced, !isPushed))
        }
        if atOnce, missing[log]?.asked == nil { ask(link, for: log) }
    }

    /// The link becomes a branch of the tree, and what is missing is pulled over it.
    private mutating func ask(_ link: ConnectionID, for log: LogID) {
        guard let source = missing[log]?.sources.first(where: { $0.link == link }) else { return }
        let isRecent = links[link]?.graftedAt.map { now < $0 + Limits.graftTimeout } ?? false
        if links[link]?.isEager == false || (source.isAnnounced && !isRecent) {
            links[link]?.isEager = true
            links[link]?.graftedAt = now
            effects.append(.graft(link))
        }
        effects.append(.fetch(log, length: source.announced.id.length, from: link))
        missing[log]?.asked = link
        missing[log]?.askedLength = source.announced.id.length
        missing[log]?.deadline = now + Limits.graftTimeout
        wake(at: now + Limits.graftTimeout)
    }

    /// - Returns: Who has said that he holds it.
    mutating func arrived(_ id: MessageID) -> [(link: ConnectionID, announced: IHave, isAnnounced: Bool)] {
        guard var entry = missing[id.log] else { return [] }
        let holders = entry.sources.filter { $0.announced.id.length >= id.length }
        entry.sources.removeAll { $0.announced.id.length <= id.length }
        if entry.sources.isEmpty {
            remove(id.log)
        } else {
            // Nearer than before. Who was asked has said since that there is more, and that was not asked for.
            if let further = entry.sources.first(where: { $0.link == entry.asked }) {
                if entry.askedLength <= id.length {
                    entry.askedLength = further.announced.id.length
                    effects.append(.fetch(id.log, length: entry.askedLength, from: further.link))
                }
            } else {
                entry.asked = nil
            }
            entry.deadline = now + (entry.asked == nil ? Limits.graftDelay : Limits.graftTimeout)
            missing[id.log] = entry
        }
        return holders
    }

    mutating func recover(isBusy: (LogID, ConnectionID) -> Bool) {
        for log in missing.lazy.filter({ [now] in now >= $0.value.deadline }).map(\.key).sorted() {
            // Gone if another's broken promise has taken it along.
            guard let entry = missing[log], now >= entry.deadline else { continue }
            if let asked = entry.asked {
                if isBusy(log, asked) {
                    missing[log]?.deadline = now + Limits.graftTimeout
                } else {
                    distrust(asked)
                }
            } else if let first = entry.sources.first {
                ask(first.link, for: log)
            }
        }
        missingDeadline = missing.values.lazy.map(\.deadline).min().map { max($0, now + Limits.recoveryInterval) }
    }

    /// He has not brought what he announced: all else that he announced is asked of others.
    private mutating func distrust(_ link: ConnectionID) {
        links[link]?.isEager = false
        links[link]?.distrustedUntil = now + Limits.distrustDuration
        effects.append(.prune(link))
        dropClaims(of: link)
    }

    mutating func dropClaims(of link: ConnectionID) {
        for log in missing.lazy.filter({ $0.value.sources.contains { $0.link == link } }).map(\.key).sorted() {
            let wasAsked = missing[log]?.asked == link
            missing[log]?.sources.removeAll { $0.link == link }
            guard let next = missing[log]?.sources.first?.link else {
                remove(log)
                continue
            }
            if missing[log]?.claimant == link {
                links[link]?.claims -= 1
                links[next]?.claims += 1
                missing[log]?.claimant = next
            }
            if wasAsked { ask(next, for: log) }
        }
    }

    mutating func remove(_ log: LogID) {
        guard let entry = missing.removeValue(forKey: log) else { return }
        links[entry.claimant]?.claims -= 1
    }

    private mutating func wake(at deadline: Instant) {
        missingDeadline = min(missingDeadline ?? deadline, deadline)
    }
}

/// The shape of the tree.
extension Plumtree {
    mutating func remember(_ receipt: Receipt) {
        let log = receipt.announced.id.log
        if receipts[log] == nil {
            if receiptOrder.count < Limits.receipts {
                receiptOrder.append(log)
            } else {
                receipts[receiptOrder[oldestReceipt]] = nil
                receiptOrder[oldestReceipt] = log
                oldestReceipt = (oldestReceipt + 1) % Limits.receipts
            }
        }
        receipts[log] = receipt
    }

    /// Who has announced what came over a much longer way takes the place of who brought it. How long the way was is only his
    /// word: so once in a while.
    mutating func optimize(_ announced: IHave, from link: ConnectionID) {
        let threshold = announced.hop == 0 ? Limits.authorThreshold : Limits.optimizationThreshold
        guard let receipt = receipts[announced.id.log], receipt.announced.id == announced.id, receipt.from != link,
            links[receipt.from]?.isEager == true, links[link]?.isEager == false,
            announced.hop < .max, receipt.announced.hop >= announced.hop + 1 + threshold,
            links[link]?.distrustedUntil.map({ now >= $0 }) ?? true,
            links[link]?.optimizedAt.map({ now >= $0 + Limits.optimizationInterval }) ?? true
        else { return }
        links[link]?.isEager = true
        links[link]?.optimizedAt = now
        links[receipt.from]?.isEager = false
        effects += [.graft(link), .prune(receipt.from)]
        receipts[announced.id.log] = Receipt(
            announced: IHave(id: announced.id, hop: announced.hop + 1), from: link)
    }
}
