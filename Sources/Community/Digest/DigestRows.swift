import AuthorLog
package import Identity

extension Digest {
    /// The rows of one bucket, encoded one behind the other. One for many buckets, as it keeps its buffers.
    package struct Rows: Sendable {
        /// Each row after its u32 length.
        private(set) var bytes: [UInt8] = []
        private(set) var extents: [Extent] = []

        /// Where a row lies in ``bytes``.
        struct Extent: Sendable {
            let key: Bytes16
            let start: Int
            let end: Int
        }

        /// Bytes of a row's length.
        static let lengthByteCount = 4

        package init() {}

        package var isEmpty: Bool { extents.isEmpty }

        /// The hash of the bucket that these are all rows of, added in any order. Empties it.
        package mutating func hash() -> Hash256 {
            guard !extents.isEmpty else { return Hash256(raw: .zero) }
            sort()
            var stream = BLAKE2b.Stream(personal: Personal.bucket, outputByteCount: 32)
            bytes.withUnsafeBytes { bytes in
                for row in extents { stream.update(UnsafeRawBufferPointer(rebasing: bytes[row.start..<row.end])) }
            }
            removeAll()
            return stream.finish256()
        }

        package mutating func removeAll() {
            extents.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
        }

        /// By key, then by kind (the first byte behind the length).
        mutating func sort() {
            let bytes = bytes
            extents.sort { a, b in
                guard a.key == b.key else { return a.key < b.key }
                return bytes[a.start..<a.end].dropFirst(Self.lengthByteCount)
                    .lexicographicallyPrecedes(bytes[b.start..<b.end].dropFirst(Self.lengthByteCount))
            }
        }

        private mutating func add(kind: UInt8, key: Bytes16, _ encode: (inout [UInt8]) -> Void) {
            let start = bytes.count
            bytes.appendBigEndian(0 as UInt32)
            bytes.append(kind)
            key.append(to: &bytes)
            encode(&bytes)
            let length = UInt32(clamping: bytes.count - start - Self.lengthByteCount)
            withUnsafeBytes(of: length.bigEndian) { length in
                for index in length.indices { bytes[start + index] = length[index] }
            }
            extents.append(Extent(key: key, start: start, end: bytes.count))
        }
    }
}

extension Digest.Rows {
    /// - Parameters:
    ///   - winner: The id behind `person.winner`.
    ///   - claims: All the person's claims with their codes, in any order.
    ///   - unlinks: All of the person, in any order; the suspensions too.
    package mutating func add(
        person: PersonRow, winner: PersonID?, claims: [(claim: ClaimRow, code: CodeText)], unlinks: [UnlinkRow] = [],
        suspensions: [SuspensionRow] = [], order: LogOrder
    ) {
        add(kind: 1, key: person.id.raw) { bytes in
            let flags: UInt8 =
                (person.joinedAt == nil ? 0 : 1) | (person.hasOwnCode ? 2 : 0) | (person.memberID == nil ? 0 : 4)
            bytes.append(flags)
            bytes.appendBigEndian(person.joinedAt ?? 0)
            (winner ?? PersonID(raw: .zero)).append(to: &bytes)
            bytes.appendCount(claims.count)
            for (claim, code) in claims.ordered(by: { order.isEarlier($0.claim.place, than: $1.claim.place) }) {
                bytes.append(claim.place, order)
                bytes.appendString(code.text)
                bytes.append(claim.isImported ? 1 : 0)
                claim.recorder?.member.append(to: &bytes)
                claim.recorder?.person.append(to: &bytes)
            }
            bytes.appendCount(person.witnesses.entries.count)
            for witness in person.witnesses.entries {
                witness.member.append(to: &bytes)
                bytes.appendBigEndian(witness.first)
                bytes.appendBigEndian(witness.last)
            }
            bytes.appendCount(unlinks.count)
            for unlink in unlinks.ordered(by: { order.isEarlier($0.place, than: $1.place) }) {
                bytes.append(unlink.place, order)
                (unlink.member ?? MemberID(raw: .zero)).append(to: &bytes)
            }
            bytes.appendCount(suspensions.count)
            for suspension in suspensions.ordered(by: { order.isEarlier($0.place, than: $1.place) }) {
                bytes.append(suspension.place, order)
                bytes.append(suspension.isLifted ? 1 : 0)
            }
        }
    }

    /// - Parameters:
    ///   - backer: The id behind `pledge.backer`.
    ///   - code: The code behind `pledge.code`.
    package mutating func add(pledge: PledgeRow, backer: PersonID?, code: CodeText?) {
        add(kind: 2, key: pledge.id.raw) { bytes in
            (backer ?? PersonID(raw: .zero)).append(to: &bytes)
            bytes.appendBigEndian(pledge.at)
            bytes.appendAmount(pledge.amount)
            bytes.appendString(code?.text ?? "")
            bytes.append(pledge.visibility)
            bytes.appendCount(pledge.money.facts.count)
            for fact in pledge.money.ordered {
                bytes.append(fact.kind.rawValue)
                bytes.append((fact.isVoid ? 1 : 0) | (fact.confirmed == .several ? 2 : 0))
                bytes.appendBigEndian(fact.stamp.time.rawValue)
                bytes.appendAmount(fact.amount)
                bytes.appendString(fact.reference)
            }
        }
    }

    /// Nothing for a code that nobody registered.
    ///
    /// - Parameter owner: The id behind `code.owner`.
    package mutating func add(code: CodeRow, owner: PersonID?) {
        guard let written = code.written, let owner else { return }
        add(kind: 3, key: code.code.key) { bytes in
            owner.append(to: &bytes)
            bytes.appendString(written)
        }
    }

    package mutating func add(voice: VoiceRow) {
        add(kind: 4, key: voice.id.raw) { bytes in
            bytes.append(voice.kind.rawValue)
            bytes.appendBigEndian(voice.stamp.time.rawValue)
            voice.person.append(to: &bytes)
            // 0 says nothing; -2 to 2 are 1 to 5.
            bytes.append(voice.mood.map { UInt8(clamping: $0 + 3) } ?? 0)
            bytes.append(voice.answers == nil ? 0 : 1)
            voice.answers?.append(to: &bytes)
        }
    }
}

extension Array {
    /// Nearly every row has one, and then nothing is sorted.
    fileprivate func ordered(by precedes: (Element, Element) -> Bool) -> [Element] {
        count > 1 ? sorted(by: precedes) : self
    }
}

extension [UInt8] {
    fileprivate mutating func appendCount(_ count: Int) { appendBigEndian(UInt16(clamping: count)) }

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
        amount.currency.append(to: &self)
    }
}
