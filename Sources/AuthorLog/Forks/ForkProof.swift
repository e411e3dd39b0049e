package import Identity

package enum ForkProofError: Error, Equatable, Sendable {
    /// Not two runs after their lengths.
    case malformed
    case run(RunError)
    case wrongCommunity
    /// Community, log, first position and predecessor must be the same (the predecessor not at position 0).
    case differentPlaces
    /// No fork: the first headers are one.
    case sameHeader
    /// The branch of the lower first bundle id comes first.
    case wrongOrder
    /// Bare entries only, at most 64, times ascending, and only the last one signed.
    case badBranch
    case badSignature
}

/// Two signed headers of one log with the same predecessor: its author said two things at once, and nobody can deny it.
package struct ForkProof: Hashable, Sendable {
    /// The headers from the fork to the next kept signature.
    package struct Branch: Hashable, Sendable {
        /// At least one.
        package let headers: [Header]
        /// Of the last header.
        package let signature: Signature

        package init(headers: [Header], signature: Signature) {
            self.headers = headers
            self.signature = signature
        }
    }

    package let community: CommunityID
    package let log: LogID
    /// Where the branches part: the length of what they share.
    package let position: UInt64
    /// Of the lower first bundle id, and of the higher.
    package let branches: (Branch, Branch)
    package let bytes: [UInt8]

    /// Two branches in any order.
    package static func make(_ one: Branch, _ other: Branch) throws(ForkProofError) -> ForkProof {
        guard let oneFirst = one.headers.first, let otherFirst = other.headers.first else { throw .badBranch }
        let (lower, higher) = oneFirst.id < otherFirst.id ? (one, other) : (other, one)
        var bytes: [UInt8] = []
        for branch in [lower, higher] {
            let run = Run.encode(bare: branch.headers, signature: branch.signature)
            bytes.appendBigEndian(UInt32(clamping: run.count))
            bytes.append(contentsOf: run)
        }
        return try ForkProof(decoding: bytes, community: oneFirst.community)
    }

    /// Checks the proof: whoever has one of these has a proof.
    package init(decoding bytes: [UInt8], community: CommunityID) throws(ForkProofError) {
        let runs = try Self.runs(bytes)
        let (one, other) = (try Branch(runs.0), try Branch(runs.1))
        guard runs.0.head.community == community else { throw .wrongCommunity }
        guard runs.0.head.sharesPlace(with: runs.1.head) else { throw .differentPlaces }
        guard let oneID = runs.0.entries.first?.id, let otherID = runs.1.entries.first?.id else { throw .badBranch }
        guard oneID != otherID else { throw .sameHeader }
        guard oneID < otherID else { throw .wrongOrder }
        guard one.isSigned, other.isSigned else { throw .badSignature }
        self.community = community
        log = runs.0.head.log
        position = runs.0.head.firstPosition
        branches = (one, other)
        self.bytes = bytes
    }

    /// Of what fork it would be the proof: nothing else of it is read.
    package static func place(of bytes: [UInt8]) throws(ForkProofError) -> Fork {
        guard bytes.count > 4 else { throw .malformed }
        do throws(RunError) {
            let head = try RunHead(startOf: Array(bytes.dropFirst(4).prefix(RunHead.byteCount)))
            return Fork(log: head.log, position: head.firstPosition, predecessor: head.previous)
        } catch {
            throw .run(error)
        }
    }

    private static func runs(_ bytes: [UInt8]) throws(ForkProofError) -> (Run, Run) {
        var reader = ByteReader(bytes)
        let one, other: [UInt8]
        do {
            one = try reader.bytes(Int(reader.u32()))
            other = try reader.bytes(Int(reader.u32()))
            try reader.finish()
        } catch {
            throw .malformed
        }
        do {
            return (try Run(decoding: one), try Run(decoding: other))
        } catch {
            throw .run(error)
        }
    }

    package static func == (left: ForkProof, right: ForkProof) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}

extension ForkProof.Branch {
    fileprivate init(_ run: Run) throws(ForkProofError) {
        guard run.entries.count <= Limits.forkBranchHeaderLimit,
            run.entries.allSatisfy(\.isBare),
            run.entries.dropLast().allSatisfy({ $0.signature == nil }),
            let signature = run.entries.last?.signature,
            zip(run.entries, run.entries.dropFirst()).allSatisfy({ $0.header.time < $1.header.time })
        else { throw .badBranch }
        self.init(headers: run.entries.map(\.header), signature: signature)
    }

    fileprivate var isSigned: Bool {
        headers.last?.isSigned(by: signature) ?? false
    }
}

extension RunHead {
    fileprivate func sharesPlace(with other: RunHead) -> Bool {
        community == other.community && log == other.log && firstPosition == other.firstPosition
            && (previous == other.previous || firstPosition == 0)
    }
}
