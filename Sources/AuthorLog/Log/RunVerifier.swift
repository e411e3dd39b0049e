import Identity

/// Takes one log's run, part by part, and gives out what a signature vouches for.
///
/// Every kept signature is verified, and the last one of a part; that one vouches for all before it, so others are dropped unread.
package struct RunVerifier: Sendable {
    /// After all that was given out.
    package private(set) var state: LogState
    /// What vouches for the last bundle given out, where a signature of its own is missing.
    package private(set) var tail: BareTail?
    /// Received, but not vouched for. Little over 1 MiB at most: 63 operations of 16 KiB, as every multiple of 64 brings a signature.
    package private(set) var unverifiedByteCount = 0

    private let charter: Charter
    /// After all full entries that were received.
    private var tip: LogState
    private var pending: [VerifiedBundle] = []
    private var bareHeaders: [Header] = []
    /// Id of the last bare header.
    private var bareHead: Hash256?

    /// Where a verifier stands: of one log and charter, those that stand at one place say the same of what comes.
    package struct Place: Hashable, Sendable {
        let state: LogState
        let tip: Hash256
        let bareHead: Hash256?
    }

    package var place: Place { Place(state: state, tip: tip.head, bareHead: bareHead) }

    package init(state: LogState, charter: Charter) {
        self.state = state
        self.charter = charter
        tip = state
    }

    /// - Parameter part: The run's 114 bytes, with this part's position and predecessor, and whole entries.
    /// - Returns: Bundles in order, now authentic; possibly none yet.
    /// - Throws: ``RunError``; then the part changed nothing.
    package mutating func receive(_ part: [UInt8]) throws(RunError) -> [VerifiedBundle] {
        var next = self
        let verified = try part.withUnsafeBufferPointer { (buffer) throws(RunError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            return try next.read(&cursor)
        }
        self = next
        return verified
    }

    private mutating func read(_ cursor: inout Cursor) throws(RunError) -> [VerifiedBundle] {
        let head = try RunHead(&cursor)
        guard head.log == state.log, head.community == state.community else { throw .wrongLog }
        guard !cursor.isAtEnd else { throw .empty }
        var reader = RunEntryReader(head)
        try skipHeld(&cursor, &reader)

        var ending: Ending?
        while !cursor.isAtEnd {
            let start = cursor.offset
            let entry = try reader.next(&cursor)
            guard ending?.isBare != true else { throw .entryAfterEnd(position: entry.header.position) }
            unverifiedByteCount += cursor.offset - start
            if let signature = try take(entry) {
                ending = Ending(
                    header: entry.header, signature: signature, isBare: entry.isBare, state: tip,
                    pendingCount: pending.count)
                unverifiedByteCount = 0
            }
        }
        guard let ending else { return [] }
        return try vouch(ending)
    }

    /// Moves to where the part says something new.
    private func skipHeld(_ cursor: inout Cursor, _ reader: inout RunEntryReader) throws(RunError) {
        let length = bareHeaders.last?.end ?? tip.length
        let head = bareHead ?? tip.head
        while reader.position < length {
            guard !cursor.isAtEnd else { throw .alreadyHeld(length: length) }
            _ = try reader.next(&cursor)
        }
        guard reader.position == length, length == 0 || reader.previous == head else {
            throw .doesNotContinue(length: length, head: head)
        }
        guard !cursor.isAtEnd else { throw .alreadyHeld(length: length) }
    }

    /// Checks all rules but the sixth.
    ///
    /// - Returns: The signature that came with the entry, which is yet to be verified.
    private mutating func take(_ entry: RunEntry) throws(RunError) -> Signature? {
        let position = entry.header.position
        guard let bundle = entry.bundle else {
            guard entry.header.time > (bareHeaders.last?.time ?? tip.time) else {
                throw .notAuthentic(.timeNotAfter(bareHeaders.last?.time ?? tip.time), position: position)
            }
            guard entry.signature != nil || !entry.header.reachesKeptSignature else {
                throw .missingSignature(position: position)
            }
            bareHeaders.append(entry.header)
            bareHead = entry.id
            return entry.signature
        }
        guard bareHeaders.isEmpty else { throw .entryAfterEnd(position: position) }
        guard entry.signature != nil || !bundle.keepsSignature else { throw .missingSignature(position: position) }
        let admission: LogState.Admission
        do {
            admission = try tip.admit(bundle, charter: charter)
        } catch {
            throw .notAuthentic(error, position: position)
        }
        pending.append(
            VerifiedBundle(bundle: bundle.keepsSignature ? bundle : bundle.keeping(nil), admission: admission))
        return entry.signature
    }

    /// A signed entry, up to which all is authentic if the signature is good.
    private struct Ending {
        let header: Header
        let signature: Signature
        let isBare: Bool
        /// After the last full entry up to it.
        let state: LogState
        let pendingCount: Int
    }

    /// The last signature first: if it is bad, no other is worth a check.
    private mutating func vouch(_ ending: Ending) throws(RunError) -> [VerifiedBundle] {
        guard ending.header.isSigned(by: ending.signature) else {
            throw .badSignature(position: ending.header.position)
        }
        var verified = Array(pending.prefix(ending.pendingCount))
        pending.removeFirst(ending.pendingCount)
        for bundle in verified.lazy.map(\.bundle) where bundle.header != ending.header {
            guard let signature = bundle.signature else { continue }
            guard bundle.header.isSigned(by: signature) else {
                throw .badSignature(position: bundle.header.position)
            }
        }
        state = ending.state
        if ending.isBare {
            tail = BareTail(headers: bareHeaders, signature: ending.signature)
            bareHeaders = []
            bareHead = nil
        } else if let last = verified.popLast() {
            verified.append(VerifiedBundle(bundle: last.bundle.keeping(ending.signature), admission: last.admission))
            tail = nil
        }
        return verified
    }
}
