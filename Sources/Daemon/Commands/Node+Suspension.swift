package import API
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: SuspendMember) async throws -> SuspendMember.Answer {
        try await suspend(request.person, .suspended)
    }

    package nonisolated func answer(_ request: RestoreMember) async throws -> RestoreMember.Answer {
        try await suspend(request.person, .lifted)
    }

    /// Writes nothing where the record says so already.
    private nonisolated func suspend(
        _ reference: PersonReference, _ suspension: Record.Suspension
    ) async throws -> MemberSuspension {
        var record = Record()
        record.suspension = suspension
        try await mayWrite(record)
        let person = try await person(reference)
        record.person = person.id
        let isSuspending = suspension == .suspended
        return try await turn.take { [record] in
            var lookups = ImportLookups()
            lookups.people = [person.id]
            if try await held(lookups).people[person.id]?.isSuspended != isSuspending {
                try await write([Draft(record)])
            }
            return MemberSuspension(person: person.name.text, suspended: isSuspending)
        }
    }
}
