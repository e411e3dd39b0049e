import AuthorLog
import Identity

/// Who may talk with us: whose chain is known, who has offended, who was revoked.
struct Members: Sendable {
    enum Judgement: Equatable, Sendable {
        case accept
        /// Not known by this hash: the chain is asked for.
        case askChain
        case refuse(Goodbye)
    }

    enum ChainJudgement: Equatable, Sendable {
        case accept(Presentation)
        case refuse(Goodbye)
    }

    private let own: MemberKey
    private let charter: Charter
    private(set) var chains: [MemberKey: KnownChain]
    private var bans: [MemberKey: Instant] = [:]
    /// As the shell has worked it out last.
    private var revoked: Set<MemberKey> = []

    init(own: MemberKey, charter: Charter, chains: [MemberKey: KnownChain]) {
        self.own = own
        self.charter = charter
        self.chains = chains
    }

    func judge(_ hello: Hello, noiseKey: NoiseKey, at now: Instant, wallMilliseconds: UInt64) -> Judgement {
        guard hello.versions.contains(Limits.protocolVersion) else {
            return .refuse(Goodbye(.version, "this node speaks version \(Limits.protocolVersion)"))
        }
        guard hello.member != own else { return .refuse(Goodbye(.memberRefused, "that is my own key")) }
        guard !revoked.contains(hello.member) else { return .refuse(Goodbye(.memberRefused, "the key is revoked")) }
        guard !isBanned(hello.member, at: now) else { return .refuse(Goodbye(.memberRefused, "not now")) }
        let message = SignatureDomain.noiseKey.message(community: charter.id, content: noiseKey.bytes)
        guard hello.member.verify(hello.binding, of: message) else {
            return .refuse(Goodbye(.memberRefused, "the binding is not by that member over this connection's key"))
        }
        guard let chain = chains[hello.member], chain.hash == hello.chainHash else { return .askChain }
        guard !chain.isExpired(atMilliseconds: wallMilliseconds) else {
            return .refuse(Goodbye(.memberRefused, "the right has expired"))
        }
        return .accept
    }

    /// Remembers the chain if it is good.
    ///
    /// - Parameter knowsNobody: A newcomer cannot tell who came in time by an invite that has expired since.
    mutating func judge(
        chain bytes: [UInt8], of hello: Hello, knowsNobody: Bool, wallMilliseconds: UInt64
    ) -> ChainJudgement {
        guard let presentation = try? Presentation(decoding: bytes),  // of the reasons the peer is told none
            presentation.hash == hello.chainHash
        else { return .refuse(Goodbye(.malformed, "that is not the chain announced")) }
        let right: Right
        do throws(ChainError) {
            right = try presentation.right(
                of: hello.member, presentedAt: presentation.shown(atMilliseconds: wallMilliseconds), charter: charter)
        } catch {
            return .refuse(Goodbye(.memberRefused, "the chain proves no right"))
        }
        let chain = KnownChain(hash: presentation.hash, expiresMilliseconds: right.expiresMilliseconds)
        guard right.role != .none, !chain.isExpired(atMilliseconds: wallMilliseconds) else {
            return .refuse(Goodbye(.memberRefused, "the right has expired"))
        }
        let invited = presentation.invite?.expiresMilliseconds ?? 0
        guard invited == 0 || wallMilliseconds < invited || chains[hello.member] != nil || knowsNobody else {
            return .refuse(Goodbye(.memberRefused, "the invite has expired"))
        }
        learn(chain, of: hello.member)
        return .accept(presentation)
    }

    /// Where there are too many, a new one is not remembered and will be asked for again.
    mutating func learn(_ chain: KnownChain, of member: MemberKey) {
        guard chains[member] != nil || chains.count < Limits.knownChains else { return }
        chains[member] = chain
    }

    /// Whether records signed by that key are worth keeping.
    func isInStanding(_ member: MemberKey, at now: Instant, wallMilliseconds: UInt64) -> Bool {
        guard let chain = chains[member], !chain.isExpired(atMilliseconds: wallMilliseconds) else { return false }
        return !isBanned(member, at: now)
    }

    func isBanned(_ member: MemberKey, at now: Instant) -> Bool {
        revoked.contains(member) || bans[member].map { now < $0 } ?? false
    }

    /// - Returns: Until when.
    mutating func ban(_ member: MemberKey, at now: Instant) -> Instant {
        let until = now + Limits.banDuration
        bans = bans.filter { now < $0.value }
        if bans.count >= Limits.bans, let first = bans.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            bans[first.key] = nil
        }
        bans[member] = until
        return until
    }

    /// No chain helps these keys, until the shell says that they are revoked no more.
    ///
    /// - Returns: Those that were not before, ascending.
    mutating func revoke(_ members: Set<MemberKey>) -> [MemberKey] {
        let new = members.subtracting(revoked).sorted()
        revoked = members
        for member in new { chains[member] = nil }
        return new
    }
}

extension Presentation {
    /// Now by our clock; clocks a little apart must not make a fresh invite look as if used before it was made.
    fileprivate func shown(atMilliseconds now: UInt64) -> HybridTime {
        let here = HybridTime(rawValue: min(now, UInt64.max >> 16) << 16)
        let last = lastLinkTime
        let lead = UInt64(300_000)
        guard last >= here, last.milliseconds <= here.milliseconds + lead, last.rawValue < .max else { return here }
        return HybridTime(rawValue: last.rawValue + 1)
    }
}
