package import API
import AuthorLog
import Community
import Identity
import Storage

// Who the members are, and how a command finds out whom is meant.

extension Node {
    package nonisolated func answer(_ request: ListMembers) async throws -> ListMembers.Answer {
        let page = try page(request)
        let rows = MemberRows(directory: try await directory(), now: wallMilliseconds)
        var members = rows.directory.members[...]
        if let after = request.after {
            guard let key = MemberKey(hex: after) else {
                throw Failure(.cursor, "this is not the `next` of a page of this list")
            }
            members = members.drop { $0.key <= key }
        }
        let shown = Array(members.prefix(page.limit))
        let names = try await ask { try await $0.names(of: rows.people(shown)) }
        return Page(
            rows: shown.map { rows.row($0, names: names) },
            next: members.count > shown.count ? shown.last?.key.hex : nil)
    }

    package nonisolated func answer(_ request: ShowMember) async throws -> ShowMember.Answer {
        let rows = MemberRows(directory: try await directory(), now: wallMilliseconds)
        let key = try await member(request.member, in: rows.directory)
        guard let member = rows.directory[key] else {
            throw Failure(.memberUnknown, "nothing in the record is by the key \(key)")
        }
        let names = try await ask { try await $0.names(of: rows.people([member])) }
        return rows.details(member, names: names)
    }

    nonisolated func directory() async throws -> MemberDirectory {
        try await ask { store in
            MemberDirectory(
                try await store.standing(), chains: try await store.chains(), pseudonyms: store.rules.pseudonyms)
        }
    }

    /// Whom a reference means: a key in full, known or not; the first digits of a known one; an own code; or a person.
    ///
    /// - Throws: `E-MEMBER-UNKNOWN`, `E-AMBIGUOUS`.
    nonisolated func member(_ reference: String, in directory: MemberDirectory) async throws -> MemberKey {
        let reference = Pseudonyms.trimmed(reference)
        var keys = directory.keys(reference, atMilliseconds: wallMilliseconds)
        if keys.isEmpty, let person = try await personIfKnown(reference) {
            keys = directory.keys(of: person.id, atMilliseconds: wallMilliseconds)
            guard !keys.isEmpty else {
                throw Failure(.memberUnknown, "\(person.name.text) is no member: nobody by this name has a key")
            }
        }
        guard let key = keys.first else {
            throw Failure(.memberUnknown, "no member is called \(reference)")
        }
        guard keys.count == 1 else {
            let listed = keys.map { $0.hex.prefix(12) }.joined(separator: ", ")
            throw Failure(
                .ambiguous, "\(reference) may be several keys: \(listed)", hint: "give more digits of the one you mean")
        }
        return key
    }

    private nonisolated func personIfKnown(_ reference: String) async throws -> FoundPerson? {
        do {
            return try await person(PersonReference(reference))
        } catch let failure as Failure where failure.code == .personUnknown {
            return nil
        }
    }
}
