import AuthorLog

extension Reconciler {
    /// What his fingerprints of the rows under a prefix say beside ours.
    struct Differences: Sendable {
        /// Rows of logs that we hold otherwise.
        var shown: [Claim] = []
        /// Ours of those of which he has less, or as much of something else.
        var longer: [FrontierRow] = []
        /// Ours of which he has named nothing.
        var lacking: [FrontierRow] = []
        /// His of which we hold nothing, and those that look alike: only whole rows tell more.
        var unclear: [(nibbles: [UInt8], rows: [FrontierRow])] = []
    }

    /// Both ascending by id, of the same prefix and salt.
    static func compare(
        _ his: [FrontierFingerprint], with own: [(row: FrontierRow, fingerprint: FrontierFingerprint)]
    ) -> Differences {
        var differences = Differences()
        var his = his[...]
        var own = own[...]
        while let id = [his.first?.id, own.first?.fingerprint.id].compactMap(\.self).min() {
            let theirs = his.prefix { $0.id == id }
            let ours = own.prefix { $0.fingerprint.id == id }
            his = his.dropFirst(theirs.count)
            own = own.dropFirst(ours.count)
            guard let first = theirs.first else {
                differences.lacking += ours.map(\.row)
                continue
            }
            guard !theirs.elementsEqual(ours.lazy.map(\.fingerprint)) else { continue }
            guard theirs.count == 1, ours.count == 1, let row = ours.first?.row,
                first.log == ours.first?.fingerprint.log
            else {
                differences.unclear.append((first.nibbles, ours.prefix(Limits.rowsPerRange).map(\.row)))
                continue
            }
            differences.shown.append(Claim(log: row.log, length: first.length, head: nil))
            if first.length <= row.length { differences.longer.append(row) }
        }
        return differences
    }
}
