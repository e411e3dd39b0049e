import Identity

/// What one pass over a bundle's operations tells.
package struct BodySummary: Hashable, Sendable {
    /// What the quota counts: public parts only, for they are never erased.
    package fileprivate(set) var publicByteCount = 0
    /// Public and private parts as far as held.
    package fileprivate(set) var byteCount = 0
    package fileprivate(set) var authorityCount = 0
    package fileprivate(set) var presentCount = 0
    package fileprivate(set) var notHeldCount = 0
}

/// Reads operations where they lie and hashes them to the body root; one for many bodies, as it keeps its buffers.
struct BodyScanner: Sendable {
    /// How an operation's private part follows its public part.
    enum PrivateState {
        static let none: UInt8 = 0
        static let held: UInt8 = 1
        static let notHeld: UInt8 = 2
    }

    private var commitments: [UInt8] = []
    private var scratch: [UInt8] = []
    private(set) var summary = BodySummary()

    /// - Parameter cursor: At the first operation; afterwards, behind the last.
    /// - Returns: The body root.
    mutating func scan(_ cursor: inout Cursor, operationCount: Int) throws(BundleError) -> Hash256 {
        guard (1...Limits.bundleOperationLimit).contains(operationCount) else { throw .operationCount(operationCount) }
        summary = BodySummary()
        commitments.removeAll(keepingCapacity: true)
        for _ in 0..<operationCount {
            let commitment = try scanOperation(&cursor)
            commitment.append(to: &commitments)
        }
        return BLAKE2b.hash256(commitments, personal: .body)
    }

    private mutating func scanOperation(_ cursor: inout Cursor) throws(BundleError) -> Hash256 {
        let publicPart = try cursor.take(Int(cursor.u16()))
        guard let kind = publicPart.first else { throw .noPublicPart }
        guard kind != 0 else { throw .kindZero }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: publicPart)
        var byteCount = publicPart.count

        let state = try cursor.u8()
        switch state {
        case PrivateState.none:
            Hash256(raw: .zero).append(to: &scratch)
        case PrivateState.held:
            let privateCount = Int(try cursor.u16())
            byteCount += privateCount
            let salted = try cursor.take(Bytes16.byteCount + privateCount)
            BLAKE2b.hash256(salted, personal: .privatePart).append(to: &scratch)
        case PrivateState.notHeld:
            let inner = Hash256(raw: try cursor.raw())
            guard inner.raw != .zero else { throw .zeroInnerHash }
            inner.append(to: &scratch)
            summary.notHeldCount += 1
        default:
            throw .unknownState(state)
        }

        guard byteCount <= Limits.operationByteLimit else { throw .operationTooLarge(byteCount: byteCount) }
        summary.publicByteCount += publicPart.count
        summary.byteCount += byteCount
        guard summary.byteCount <= Limits.bundleByteLimit else { throw .tooLarge(byteCount: summary.byteCount) }
        if OperationKind.authority.contains(kind) {
            guard state == PrivateState.none else { throw .authorityWithPrivatePart(kind: kind) }
            summary.authorityCount += 1
            if kind == OperationKind.present.rawValue { summary.presentCount += 1 }
        }
        return BLAKE2b.hash256(scratch, personal: .commitment)
    }
}

extension Operation {
    /// The first `count` operations of a body, for what was verified before and now comes from the disk: nothing is hashed.
    package static func decode(body: [UInt8], count: Int) throws(BundleError) -> [Operation] {
        try body.withUnsafeBufferPointer { (buffer) throws(BundleError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            var operations: [Operation] = []
            operations.reserveCapacity(min(count, Limits.bundleOperationLimit))
            for _ in 0..<count { operations.append(try Operation(&cursor)) }
            return operations
        }
    }

    /// Kind of the first operation of a body; 0, which none has, where there is none.
    package static func kind(ofFirstInBody body: UnsafeRawBufferPointer) -> UInt8 {
        var cursor = Cursor(body)
        return (try? cursor.take(Int(cursor.u16())))?.first ?? 0
    }

    /// As in a run's entry. What does not fit its length fields is refused by whoever scans the bytes afterwards.
    func append(to output: inout [UInt8]) {
        output.appendBigEndian(UInt16(clamping: publicPart.count))
        output.append(contentsOf: publicPart)
        switch privatePart {
        case .none:
            output.append(BodyScanner.PrivateState.none)
        case .held(let salt, let bytes):
            output.append(BodyScanner.PrivateState.held)
            output.appendBigEndian(UInt16(clamping: bytes.count))
            salt.append(to: &output)
            output.append(contentsOf: bytes)
        case .notHeld(let inner):
            output.append(BodyScanner.PrivateState.notHeld)
            inner.append(to: &output)
        }
    }

    /// Of a body that was scanned before.
    init(_ cursor: inout Cursor) throws(BundleError) {
        let publicPart = [UInt8](try cursor.take(Int(cursor.u16())))
        let state = try cursor.u8()
        let privatePart: PrivatePart
        switch state {
        case BodyScanner.PrivateState.none:
            privatePart = .none
        case BodyScanner.PrivateState.held:
            let count = Int(try cursor.u16())
            privatePart = .held(salt: try cursor.raw(), bytes: [UInt8](try cursor.take(count)))
        case BodyScanner.PrivateState.notHeld:
            privatePart = .notHeld(inner: Hash256(raw: try cursor.raw()))
        default:
            throw .unknownState(state)
        }
        self.init(publicPart: publicPart, privatePart: privatePart)
    }
}
