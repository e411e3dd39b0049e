import AuthorLog
import Identity
import Testing

/// One author who went two ways after position 3.
struct ForkFixture {
    let world: World
    let trunk: [Bundle]
    let left: [Bundle]
    let right: [Bundle]

    init(leftSizes: [Int] = [1, 2], rightSizes: [Int] = [5, 70]) throws {
        world = try World()
        var author = try world.newcomer(world.founder)
        let noon = World.start + World.day
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon)
        trunk = [first.bundle, try author.record(2, wallMilliseconds: noon)]
        var other = author
        left = try leftSizes.map { try author.record($0, wallMilliseconds: noon) }
        right = try rightSizes.map { try other.record($0, wallMilliseconds: noon + World.minute) }
    }

    static func branch(_ bundles: [Bundle]) throws -> ForkProof.Branch {
        try ForkProof.Branch(headers: bundles.map(\.header), signature: #require(bundles.last?.signature))
    }

    func proof() throws -> (ForkProof, swapped: Bool) {
        let proof = try ForkProof.make(Self.branch(left), Self.branch(right))
        return (proof, proof.branches.0.headers.first != left.first?.header)
    }
}

struct ForkProofTests {
    private let fork: ForkFixture
    private let community: CommunityID

    init() throws {
        fork = try ForkFixture()
        community = fork.world.charter.id
    }

    @Test func `a proof is made of two branches, whichever comes first`() throws {
        let (proof, _) = try fork.proof()
        let other = try ForkProof.make(ForkFixture.branch(fork.right), ForkFixture.branch(fork.left))
        #expect(proof == other)
        #expect(proof.position == 3)
        #expect(proof.log == World.log(fork.world.founder))
        #expect(try ForkProof(decoding: proof.bytes, community: community) == proof)
        let ids = [proof.branches.0, proof.branches.1].compactMap { $0.headers.first?.id }
        #expect(ids == ids.sorted())
    }

    @Test func `the lower bundle id comes first, or it is no proof`() throws {
        let (proof, _) = try fork.proof()
        let runs = try split(proof.bytes)
        #expect(throws: ForkProofError.wrongOrder) {
            try ForkProof(decoding: joined(runs.1, runs.0), community: community)
        }
    }

    @Test func `one branch twice is no fork`() throws {
        let branch = try ForkFixture.branch(fork.left)
        #expect(throws: ForkProofError.sameHeader) { try ForkProof.make(branch, branch) }
        let shorter = try ForkFixture.branch(Array(fork.left.prefix(1)))
        #expect(throws: ForkProofError.sameHeader) { try ForkProof.make(branch, shorter) }
    }

    @Test func `branches from different places are no fork`() throws {
        let later = try ForkFixture.branch(Array(fork.right.dropFirst()))
        #expect(throws: ForkProofError.differentPlaces) { try ForkProof.make(ForkFixture.branch(fork.left), later) }
        // Same position, but another predecessor.
        let third = try ForkFixture(leftSizes: [5, 1], rightSizes: [5, 1])
        let (one, other) = (Array(third.left.dropFirst()), Array(third.right.dropFirst()))
        #expect(one[0].header.position == other[0].header.position)
        #expect(throws: ForkProofError.differentPlaces) {
            try ForkProof.make(ForkFixture.branch(one), ForkFixture.branch(other))
        }
    }

    @Test func `at position 0 the predecessors may differ`() throws {
        let world = fork.world
        let noon = World.start + World.day
        let branches = try ["one head", "another head"].map { name in
            var author = try Author(
                state: LogState(log: World.log(world.founder), community: community), clock: HybridClock(last: .zero),
                charter: world.charter, key: world.founder,
                firstPrevious: Hash256(raw: #require(Bytes32(World.bytes32(name)))))
            return try ForkFixture.branch(
                [author.present(world.founderPresentation(), wallMilliseconds: noon).bundle])
        }
        #expect(try ForkProof.make(branches[0], branches[1]).position == 0)
    }

    @Test func `both signatures are the author's`() throws {
        let bad = ForkProof.Branch(
            headers: fork.left.map(\.header), signature: try #require(fork.left[0].signature))
        #expect(throws: ForkProofError.badSignature) {
            try ForkProof.make(bad, ForkFixture.branch(fork.right))
        }
        #expect(throws: ForkProofError.badSignature) {
            try ForkProof.make(ForkFixture.branch(fork.right), bad)
        }
    }

    @Test func `a proof is of one community`() throws {
        let (proof, _) = try fork.proof()
        #expect(throws: ForkProofError.wrongCommunity) {
            try ForkProof(decoding: proof.bytes, community: CommunityID(raw: .zero))
        }
    }

    @Test func `a branch is bare, signed at its end only, and at most 64 headers`() throws {
        let (proof, swapped) = try fork.proof()
        let runs = try split(proof.bytes)
        let full = Run.encode(swapped ? fork.right : fork.left)
        #expect(throws: ForkProofError.badBranch) {
            try ForkProof(decoding: joined(full, runs.1), community: community)
        }
        let long = try ForkFixture(
            leftSizes: [Int](repeating: 1, count: 64), rightSizes: [Int](repeating: 1, count: 65))
        #expect(throws: ForkProofError.badBranch) { try long.proof() }
        let fits = try ForkFixture(
            leftSizes: [Int](repeating: 1, count: 64), rightSizes: [Int](repeating: 1, count: 64))
        #expect(try fits.proof().0.position == 3)
        #expect(throws: ForkProofError.badBranch) {
            try ForkProof.make(.init(headers: [], signature: .init(long.left[0])), ForkFixture.branch(fork.left))
        }
    }

    @Test func `no bytes make the decoder trap, and a changed proof proves nothing`() throws {
        var dice = Dice()
        let (proof, _) = try fork.proof()
        let result = decodesOrThrows(
            { try ForkProof(decoding: $0, community: community) }, truncationsOf: proof.bytes, using: &dice)
        #expect(result.decoded == 0)
    }

    private func split(_ bytes: [UInt8]) throws -> ([UInt8], [UInt8]) {
        var reader = ByteReader(bytes)
        let one = try reader.bytes(Int(reader.u32()))
        return (one, try reader.bytes(Int(reader.u32())))
    }

    private func joined(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for run in [one, other] {
            bytes.appendBigEndian(UInt32(run.count))
            bytes += run
        }
        return bytes
    }
}

extension Signature {
    fileprivate init(_ bundle: Bundle) throws {
        self = try #require(bundle.signature)
    }
}

struct ForkFinderTests {
    @Test func `halving finds the last common header of random branches`() throws {
        var dice = Dice()
        for _ in 0..<400 {
            let shared = Self.ends(from: 0, count: Int.random(in: 0..<60, using: &dice), &dice)
            let common = shared.last ?? 0
            let mine = shared + Self.ends(from: common, count: Int.random(in: 1..<60, using: &dice), &dice)
            var finder = ForkFinder(different: mine.last ?? 0)
            var questions = 0
            while case .ask(let position, let above, let below) = finder.step {
                let between = mine.filter { $0 > above && $0 < below }
                func distance(_ end: UInt64) -> UInt64 { max(end, position) - min(end, position) }
                if let end = between.min(by: { distance($0) < distance($1) }) {
                    questions += 1
                    finder.answered(at: end, isCommon: end <= common)
                } else {
                    finder.noEndBetween()
                }
            }
            #expect(finder.step == .found(common: common))
            #expect(questions <= 48)
        }
    }

    @Test func `an answer to another question is ignored`() {
        var finder = ForkFinder(common: 10, different: 20)
        let before = finder
        for position in [0, 10, 20, .max] as [UInt64] { finder.answered(at: position, isCommon: true) }
        #expect(finder == before)
        #expect(ForkFinder(common: 20, different: 10).step == .found(common: 20))
    }

    private static func ends(from start: UInt64, count: Int, _ dice: inout Dice) -> [UInt64] {
        var end = start
        return (0..<count).map { _ in
            end += UInt64.random(in: 1...(Bool.random(using: &dice) ? 3 : 4_096), using: &dice)
            return end
        }
    }
}
