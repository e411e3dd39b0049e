import Glibc

/// The reserve: a file of nothing, deleted when the disk is full, so that the record can still be checkpointed, read and opened
/// (threats.md, row 34).
extension Home {
    /// Makes the reserve where it is missing, if there is room for it and for some work besides.
    ///
    /// - Returns: False, with nothing left behind, where the disk has no room.
    package func takeReserve() throws(FoundingError) -> Bool {
        if try hasWholeReserve() { return true }
        dropReserve()
        do throws(FoundingError) {
            let file = try folder.openOrCreate(File.reserve.rawValue)
            // Really taken, and not only the size noted.
            let failure = posix_fallocate(file.number, 0, off_t(Limits.reserveByteCount + Limits.reserveRoomByteCount))
            guard failure == 0 else { throw .system("reserve", file.path, failure) }
            guard ftruncate(file.number, off_t(Limits.reserveByteCount)) == 0 else {
                throw .system("reserve", file.path, errno)
            }
            return true
        } catch {
            dropReserve()
            guard error.isDiskFull else { throw error }
            return false
        }
    }

    /// Gives the space of the reserve back; where there is none, nothing happens.
    package func dropReserve() {
        folder.remove(File.reserve.rawValue)
    }

    /// Bytes that this user may still write where the home is.
    package func freeByteCount() throws(FoundingError) -> UInt64 {
        try folder.freeByteCount()
    }

    /// Of the record's database, without what its `-wal` holds.
    package func recordByteCount() throws(FoundingError) -> UInt64 {
        try folder.byteCount(of: File.database.rawValue)
    }

    private func hasWholeReserve() throws(FoundingError) -> Bool {
        guard let status = try folder.open(File.reserve.rawValue)?.status() else { return false }
        // Blocks are of 512 bytes, whatever the file system.
        return status.st_size == Limits.reserveByteCount && status.st_blocks >= Limits.reserveByteCount / 512
    }
}
