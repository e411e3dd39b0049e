import Founding
import Logging
import Storage
import Sync

/// A full disk: nothing is written and everything is answered, until there is space again (threats.md, row 34).
extension Node {
    /// Comes before every write to the record.
    ///
    /// - Throws: `StorageError.diskIsFull` while it is.
    func needSpace() throws {
        guard disk.isFull else { return }
        let free = try home.freeByteCount()
        guard disk.mayTry(free: free, at: clocks.instant) else { throw StorageError.diskIsFull }
        guard try home.takeReserve() else {
            disk.settled(free: free, at: clocks.instant)
            throw StorageError.diskIsFull
        }
        disk.emptied()
        notices.isDiskFull = false
        logger.notice("there is space on the disk again")
        wake(.ingest)
        wake(.writes)
        // What was stored and could not be worked in.
        settle(after: .zero)
    }

    /// The reserve goes, and what is committed moves to the database's file, which makes more room.
    func diskFilled() {
        guard disk.filled() else { return }
        notices.isDiskFull = true
        home.dropReserve()
        schedule(.makeRoom)
        timesChanged()
        logger.error("the disk of the home is full: nothing is written until there is space")
    }

    func makeRoom() async throws {
        // Where nobody can tell, any space is a gain.
        defer { disk.settled(free: (try? home.freeByteCount()) ?? 0, at: clocks.instant) }
        do {
            try await store.checkpoint()
        } catch StorageError.diskIsFull {
            logger.warning("the reserve did not suffice for a checkpoint")
        }
    }

    /// Now and then while it is full.
    func lookForSpace() {
        guard disk.isFull else { return }
        do {
            try needSpace()
        } catch StorageError.diskIsFull {
            // Later.
        } catch {
            logger.error("the disk could not be looked at", metadata: ["reason": "\(error)"])
        }
    }
}
