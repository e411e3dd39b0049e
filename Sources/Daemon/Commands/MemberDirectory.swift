import AuthorLog
import Community
import Identity

/// Who the members are, by all that somebody may call them.
struct MemberDirectory: Sendable {
    let standing: Standing
    /// Those that the record names, and those who greeted this node and have written nothing yet; by key.
    let members: [MemberStanding]
    private let pseudonyms: Pseudonyms

    /// - Parameter chains: Shown by who greeted this node, or with a log.
    init(_ standing: Standing, chains: [MemberKey: Presentation] = [:], pseudonyms: Pseudonyms) {
        self.standing = standing
        self.pseudonyms = pseudonyms
        let silent = chains.filter { standing[$0.key] == nil }
            .compactMap { MemberStanding(key: $0.key, showing: $0.value) }
        members = (standing.members + silent).sorted { $0.key < $1.key }
    }

    subscript(key: MemberKey) -> MemberStanding? { members.first { $0.key == key } }

    /// The right that a member is shown by: the strongest; of equal ones that of the shortest chain. One that has not expired
    /// first.
    static func shownRight(of member: MemberStanding, atMilliseconds now: UInt64) -> StandingRight? {
        let valid = member.rights.filter { $0.right.isValid(atMilliseconds: now) }
        let candidates = valid.isEmpty ? member.rights : valid
        let strongest = candidates.map(\.right.role).max()
        return candidates.first { $0.right.role == strongest }
    }

    func person(of right: StandingRight) -> PersonID {
        right.right.person ?? pseudonyms.person(of: right.right.memberID)
    }

    /// All that the record knows by this reference; ascending. A key in full is always one.
    func keys(_ reference: String, atMilliseconds now: UInt64) -> [MemberKey] {
        if let key = MemberKey(hex: reference) { return [key] }
        let digits = reference.lowercased()
        if digits.utf8.count >= Self.leastDigits, digits.allSatisfy(\.isHexDigit) {
            let keys = members.map(\.key).filter { $0.hex.hasPrefix(digits) }
            if !keys.isEmpty { return keys }
        }
        guard let code = CodeText(reference) else { return [] }
        return inUse(members.filter { holds($0, code, atMilliseconds: now) })
    }

    func keys(of person: PersonID, atMilliseconds now: UInt64) -> [MemberKey] {
        inUse(
            members.filter { member in
                Self.shownRight(of: member, atMilliseconds: now).map { self.person(of: $0) == person } ?? false
            })
    }

    /// Other keys with the same member id.
    func furtherKeys(of member: MemberStanding, atMilliseconds now: UInt64) -> [MemberKey] {
        guard let id = Self.shownRight(of: member, atMilliseconds: now)?.right.memberID else { return [] }
        return members.filter { other in
            other.key != member.key && Self.shownRight(of: other, atMilliseconds: now)?.right.memberID == id
        }.map(\.key)
    }

    /// Who wrote the invites that begin so.
    func invites(_ digits: String) -> [InviteStanding] {
        let digits = digits.lowercased()
        guard digits.utf8.count >= Self.leastDigits else { return [] }
        return standing.invites.filter { $0.invite.inviteKey.hex.hasPrefix(digits) }
    }

    /// A lost key and its successor are one member: the one that is not revoked is meant.
    private func inUse(_ members: [MemberStanding]) -> [MemberKey] {
        let living = members.filter { !$0.isRevoked }
        return (living.count == 1 ? living : members).map(\.key)
    }

    private func holds(_ member: MemberStanding, _ code: CodeText, atMilliseconds now: UInt64) -> Bool {
        Self.shownRight(of: member, atMilliseconds: now).map { CodeText(ownCodeOf: $0.right.memberID.raw) == code }
            ?? false
    }

    /// Fewer are not told from a word.
    static let leastDigits = 8
}

extension Standing {
    /// Whether something stands that the member has not taken up.
    func hasGranted(_ member: MemberKey) -> Bool {
        self[member]?.rights.contains { !isPresented($0, by: member) } ?? false
    }

    /// Whether one of the member's logs shows it.
    func isPresented(_ right: StandingRight, by member: MemberKey) -> Bool {
        logs.contains { $0.log.member == member && $0.rights.contains { $0.origin == right.origin } }
    }
}

extension MemberStanding {
    /// Who may end and restore this key, besides the root: of a steward those above him, of anybody else every steward.
    var protectors: [MemberKey]? {
        guard let stewardDepth else { return nil }
        return rights.first { $0.right.role == .steward && $0.chain.count == stewardDepth }?.chain ?? []
    }
}
