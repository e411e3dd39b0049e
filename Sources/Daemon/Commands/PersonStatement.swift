import API
import Community
import Identity
import Storage

/// All that a command states about one person; what of it is written depends on what is held.
struct PersonStatement {
    var person: PersonID
    /// Of the external id; empty where none is given.
    var source = ""
    /// External id or contact, and the name.
    var told = RecordPrivate()
    var joins = false
    /// Claimed time of whatever is stated; nil: now.
    var at: Int64?
    /// The code of who brought them.
    var claim: CodeText?
    var registration: Record.Registration?
    var ownCode = false
    /// What was unlinked is claimed anew: a claim that was taken back is not the same one.
    var linksAgain = false

    /// Everything that is stated: what a right is checked against.
    var record: Record {
        var record = Record()
        record.person = person
        record.source = source
        if joins { record.joined = Record.Joined(at: at) }
        record.claim = claim.map { Record.Claim(code: $0, at: at) }
        record.registration = registration
        record.ownCode = ownCode
        return record
    }

    /// - Parameters:
    ///   - held: Nil for somebody new.
    ///   - code: What is held of the code that is to be registered.
    ///   - since: The author's grant, Unix milliseconds: claimed times before it count as it.
    ///   - isSaid: The author owns the code of the claim: one that somebody else made is not the same.
    ///   - author: Whose word it is.
    /// - Returns: nil where all of it is held already.
    func draft(
        unlessHeld held: HeldPerson?, code: HeldCode? = nil, since: Int64, isSaid: Bool = false,
        by author: PersonID? = nil
    ) -> Draft? {
        var draft = Draft(record, told: told)
        if let held {
            if joins, let known = held.joinedAt, at == nil || at == known {
                draft.record.joined = bearsOut(held, joinedAt: known, by: author) ? Record.Joined(at: known) : nil
            }
            if let claim, holds(claim, since: since, isSaid: isSaid, in: held) { draft.record.claim = nil }
            if held.hasOwnCode { draft.record.ownCode = false }
            if held.isExternalIDHeld { draft.told.externalID = "" }
            if held.contact.map({ $0.utf8.elementsEqual(told.contact.utf8) }) == true { draft.told.contact = "" }
            if held.displayName.map({ $0.utf8.elementsEqual(told.name.utf8) }) == true { draft.told.name = "" }
        }
        if var counting = registration {
            counting.at = counting.at.map { max($0, since) }
            if code?.outcome(of: counting, by: person) == .unchanged { draft.record.registration = nil }
        }
        let states =
            draft.record.joined != nil || draft.record.claim != nil || draft.record.registration != nil
            || draft.record.ownCode
        return states || !draft.told.isEmpty ? draft : nil
    }

    /// Only those who say so themselves claim to have brought the person: that somebody else has them join is what they lack
    /// (Protocol/3-community.md, *Attribution*).
    private func bearsOut(_ held: HeldPerson, joinedAt known: Int64, by author: PersonID?) -> Bool {
        guard let author, !held.isAttributed, held.claims.allSatisfy(\.isSaid) else { return false }
        return held.claims.contains { $0.at <= known && $0.owner != author }
    }

    /// Without a time any claim of the code is the same one.
    private func holds(_ code: CodeText, since: Int64, isSaid: Bool, in held: HeldPerson) -> Bool {
        if at == nil, linksAgain, held.withdrawnCodes.contains(code) { return false }
        return held.claims.contains { claim in
            guard claim.code == code, claim.isSaid == isSaid else { return false }
            guard let at else { return true }
            return claim.at == at || claim.at == max(at, since)
        }
    }
}

extension HeldFacts {
    /// - Throws: `E-CODE-UNKNOWN` for a code that nobody owns, unless that is wanted; `E-SELF` for the person's own.
    func check(claim code: CodeText, written: String, by person: PersonID, allowsUnknown: Bool) throws(Failure) {
        guard let owner = codes[code]?.owner else {
            guard allowsUnknown else { throw Failure(.codeUnknown, "nobody owns the code \(written)") }
            return
        }
        guard owner != person else { throw Failure(.selfReferral, "\(written) is this person's own code") }
    }

    /// - Throws: `E-CODE-TAKEN`. A file may take a code over by an earlier date; a command, which is about now, may not.
    func check(registration: Record.Registration, by person: PersonID) throws(Failure) {
        guard let owner = codes[registration.code]?.owner, owner != person else { return }
        throw Failure(.codeTaken, "the code \(registration.written) belongs to somebody else")
    }
}
