import AuthorLog
package import Identity

/// The state digest: equal on every node with the same folded operations and fold version.
///
/// Rows are spread over 4,096 buckets by the first 12 bits of their key, so that a change reads one bucket again and not the
/// state. Source: Protocol/3-community.md, *State digest*.
package enum Digest {
    package static let bucketCount = 4_096

    package static func bucket(of key: Bytes16) -> UInt16 { UInt16(key[0]) << 4 | UInt16(key[1]) >> 4 }

    /// The lowest key of a bucket; the next bucket's is its end.
    package static func lowestKey(of bucket: UInt16) -> [UInt8] {
        let number = [UInt8(truncatingIfNeeded: bucket >> 4), UInt8(truncatingIfNeeded: bucket << 4)]
        return number + [UInt8](repeating: 0, count: 14)
    }

    /// One row of the state, encoded.
    package struct Row: Comparable, Sendable {
        package let key: Bytes16
        package let bytes: [UInt8]

        /// By key, then by kind (the first byte).
        package static func < (a: Row, b: Row) -> Bool {
            a.key != b.key ? a.key < b.key : a.bytes.lexicographicallyPrecedes(b.bytes)
        }
    }

    /// - Parameter rows: All rows of one bucket, in any order.
    package static func hash(ofBucket rows: [Row]) -> Hash256 {
        guard !rows.isEmpty else { return Hash256(raw: .zero) }
        var stream = BLAKE2b.Stream(personal: Personal.bucket, outputByteCount: 32)
        for row in rows.sorted() {
            var length: [UInt8] = []
            length.appendBigEndian(UInt32(clamping: row.bytes.count))
            stream.update(length)
            stream.update(row.bytes)
        }
        return stream.finish256()
    }

    /// - Parameter buckets: 4,096 bucket hashes in order.
    package static func state(ofBuckets buckets: [Hash256]) -> Hash256 {
        precondition(buckets.count == bucketCount, "a state has \(bucketCount) buckets, not \(buckets.count)")
        var stream = BLAKE2b.Stream(personal: Personal.state, outputByteCount: 32)
        var version: [UInt8] = []
        version.appendBigEndian(Fold.version)
        stream.update(version)
        for bucket in buckets { stream.update(bucket.bytes) }
        return stream.finish256()
    }
}

extension Digest.Row {
    /// - Parameters:
    ///   - winner: The id behind `person.winner`.
    ///   - claims: All the person's claims with their codes, in any order.
    ///   - unlinks: All of the person, in any order; the suspensions too.
    package init(
        person: PersonRow, winner: PersonID?, claims: [(claim: ClaimRow, code: CodeText)], unlinks: [UnlinkRow],
        suspensions: [SuspensionRow], order: LogOrder
    ) {
        var bytes: [UInt8] = [1]
        person.id.append(to: &bytes)
        let flags: UInt8 =
            (person.joinedAt == nil ? 0 : 1) | (person.hasOwnCode ? 2 : 0) | (person.memberID == nil ? 0 : 4)
        bytes.append(flags)
        bytes.appendBigEndian(person.joinedAt ?? 0)
        (winner ?? PersonID(raw: .zero)).append(to: &bytes)
        bytes.appendBigEndian(UInt16(clamping: claims.count))
        for (claim, code) in claims.sorted(by: { order.isEarlier($0.claim.place, than: $1.claim.place) }) {
            bytes.append(claim.place, order)
            bytes.appendString(code.text)
            bytes.append(claim.isImported ? 1 : 0)
            claim.recorder?.member.append(to: &bytes)
            claim.recorder?.person.append(to: &bytes)
        }
        bytes.appendBigEndian(UInt16(clamping: person.witnesses.entries.count))
        for witness in person.witnesses.entries {
            witness.member.append(to: &bytes)
            bytes.appendBigEndian(witness.first)
            bytes.appendBigEndian(witness.last)
        }
        bytes.appendBigEndian(UInt16(clamping: unlinks.count))
        for unlink in unlinks.sorted(by: { order.isEarlier($0.place, than: $1.place) }) {
            bytes.append(unlink.place, order)
            (unlink.member ?? MemberID(raw: .zero)).append(to: &bytes)
        }
        bytes.appendBigEndian(UInt16(clamping: suspensions.count))
        for suspension in suspensions.sorted(by: { order.isEarlier($0.place, than: $1.place) }) {
            bytes.append(suspension.place, order)
            bytes.append(suspension.isLifted ? 1 : 0)
        }
        self.init(key: person.id.raw, bytes: bytes)
    }

    /// - Parameters:
    ///   - backer: The id behind `pledge.backer`.
    ///   - code: The code behind `pledge.code`.
    ///   - facts: All the pledge's money facts, in any order.
    package init(pledge: PledgeRow, backer: PersonID?, code: CodeText?, facts: [MoneyRow]) {
        var bytes: [UInt8] = [2]
        pledge.id.append(to: &bytes)
        (backer ?? PersonID(raw: .zero)).append(to: &bytes)
        bytes.appendBigEndian(pledge.at)
        bytes.appendAmount(pledge.amount)
        bytes.appendString(code?.text ?? "")
        bytes.append(pledge.visibility)
        bytes.appendBigEndian(UInt16(clamping: facts.count))
        let ordered = facts.sorted {
            $0.kind != $1.kind
                ? $0.kind < $1.kind : $0.reference.utf8.lexicographicallyPrecedes($1.reference.utf8)
        }
        for fact in ordered {
            bytes.append(fact.kind.rawValue)
            bytes.append((fact.isVoid ? 1 : 0) | (fact.confirmed == .several ? 2 : 0))
            bytes.appendBigEndian(fact.stamp.time.rawValue)
            bytes.appendAmount(fact.amount)
            bytes.appendString(fact.reference)
        }
        self.init(key: pledge.id.raw, bytes: bytes)
    }

    /// - Parameter owner: The id behind `code.owner`.
    /// - Returns: nil for a code that nobody registered.
    package init?(code: CodeRow, owner: PersonID?) {
        guard let written = code.written, let owner else { return nil }
        var bytes: [UInt8] = [3]
        let key = code.code.key
        key.append(to: &bytes)
        owner.append(to: &bytes)
        bytes.appendString(written)
        self.init(key: key, bytes: bytes)
    }
}

extension [UInt8] {
    /// u32 period ‖ i64 milliseconds ‖ member key ‖ incarnation ‖ u64 position.
    fileprivate mutating func append(_ place: Place, _ order: LogOrder) {
        appendBigEndian(place.period)
        appendBigEndian(place.at)
        let log = order.log(place.log)
        log.member.append(to: &self)
        log.incarnation.append(to: &self)
        appendBigEndian(place.position)
    }

    /// u8 length ‖ bytes; longer texts than a record may carry are cut.
    fileprivate mutating func appendString(_ text: String) {
        let bytes = text.utf8.prefix(255)
        append(UInt8(bytes.count))
        append(contentsOf: bytes)
    }

    /// u64 minor units ‖ three capitals.
    fileprivate mutating func appendAmount(_ amount: Amount) {
        appendBigEndian(UInt64(amount.minor))
        append(contentsOf: amount.currency.code.utf8)
    }
}
