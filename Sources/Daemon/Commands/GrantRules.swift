import API
import AuthorLog
import Identity

extension Grant {
    /// Whether somebody with that right has all of this.
    func gives(_ right: Right) -> Bool {
        role == right.role && memberID == right.memberID && person == right.person
            && expiresMilliseconds == right.expiresMilliseconds && quota == right.quota
            && Set(sources) == Set(right.sources)
    }
}

extension Standing {
    /// Whether that steward has granted just this.
    func holds(_ grant: Grant, by author: MemberKey) -> Bool {
        self[grant.subject]?.rights.contains { $0.chain.last == author && grant.gives($0.right) } ?? false
    }
}

extension Foreseen {
    /// - Throws: `E-RULE` where the grant would give nothing, or not what it says.
    func check(_ grant: Grant, at index: Int) throws(Failure) {
        let id = operations[index]
        guard after[id]?.isGiving == true else {
            throw Failure(
                .rule, "you are as deep as a steward can be: what you grant gives nothing",
                hint: "ask a steward above you to grant it")
        }
        let subject = after[grant.subject]
        guard let right = subject?.rights.first(where: { $0.origin == .operation(id) })?.right else {
            throw Failure(
                .rule, "\(grant.subject) stands above you, and nobody grants anything to who granted him",
                hint: "ask a steward above it, or whoever keeps the root key")
        }
        guard right.memberID == grant.memberID else {
            let first = after.members.first { MemberID(firstKey: $0.key) == grant.memberID }
            let above = first?.chain.map(\.hex).joined(separator: ", ") ?? ""
            throw Failure(
                .rule,
                "the member id \(grant.memberID) is given by "
                    + (above.isEmpty ? "the root only" : "those who brought that member: \(above), or the root"),
                hint: "ask there, or sign `grapevine root order grant`")
        }
    }
}
