import AuthorLog
import Logging
import Storage
import Sync

/// The one sleeper of a node.
struct Sleep {
    /// Nil: until it is woken.
    let until: Instant?
    /// Ends the sleep early.
    let waker: AsyncStream<Void>.Continuation
}

/// What waits for a time: the core's deadlines, held bundles, and the first write of a log that is to be continued.
///
/// Nothing is polled: the node sleeps until the earliest of them, and looks again whenever one may have become earlier.
extension Node {
    /// Until the node stops.
    func keepTime() async {
        await lookForHeld()
        while !isStopped {
            let until = nextDue
            let (woken, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            // No await since `nextDue`: what becomes earlier from here on finds the sleeper.
            sleep = Sleep(until: until, waker: waker)
            await Self.sleep(until: until, or: woken, clocks: clocks)
            sleep = nil
            guard !isStopped, !Task.isCancelled else { return }
            await doWhatIsDue()
        }
    }

    /// Wakes the sleeper if something is due before it means to wake up.
    func timesChanged() {
        guard let sleep, let due = nextDue else { return }
        if sleep.until.map({ due < $0 }) ?? true { sleep.waker.yield() }
    }

    /// - Parameter woken: Only for this sleep: leaving it ends it.
    private static func sleep(until due: Instant?, or woken: AsyncStream<Void>, clocks: Clocks) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in woken { return } }
            if let due {
                // It only throws when cancelled.
                group.addTask { try? await Task.sleep(for: due.since(clocks.instant)) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private var nextDue: Instant? {
        let now = clocks.instant
        var times = [coreWakeUp]
        if let heldUntil {
            let wall = clocks.wallMilliseconds
            let left = min(heldUntil > wall ? heldUntil - wall : 0, NodeLimits.wallClockLookMilliseconds)
            times.append(now + .milliseconds(left))
        }
        if disk.isFull { times.append(now + NodeLimits.diskLook) }
        let settled = startedAt + .milliseconds(NodeLimits.ownHeadWaitMilliseconds)
        if ownLog.mayBeBehind, now < settled { times.append(settled) }
        return times.compactMap(\.self).min()
    }

    private func doWhatIsDue() async {
        if let due = coreWakeUp, due <= clocks.instant {
            // Asked for once: the core says if it wants another.
            coreWakeUp = nil
            handle(.wokeUp)
        }
        wake(.writes)
        compareClock()
        lookForSpace()
        if let due = heldUntil, due <= clocks.wallMilliseconds { await releaseHeld() }
    }

    // MARK: Held bundles

    private func releaseHeld() async {
        let wall = clocks.wallMilliseconds
        heldUntil = nil
        do {
            try needSpace()
            try await store.releaseHeld(wallMilliseconds: wall)
            wake(.digest)
            await lookForHeld()
        } catch {
            if case StorageError.diskIsFull = error { diskFilled() }
            logger.error("held bundles could not be folded", metadata: ["reason": "\(error)"])
            heldUntil = wall + NodeLimits.heldRetryMilliseconds
        }
    }

    /// Notes when the first of them may be folded.
    func lookForHeld() async {
        do {
            // A look that began earlier may end later: the earliest of all stands.
            heldUntil = [heldUntil, try await store.earliestRelease()].compactMap(\.self).min()
        } catch {
            logger.error("held bundles could not be looked for", metadata: ["reason": "\(error)"])
            heldUntil = clocks.wallMilliseconds + NodeLimits.heldRetryMilliseconds
        }
        timesChanged()
    }
}
