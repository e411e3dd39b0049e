package import API
import AuthorLog
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: AddBacker) async throws -> AddBacker.Answer {
        var statement = try await statement(of: request.backer)
        statement.joins = true
        let brought = try claim(of: request.backer)
        statement.claim = brought?.code
        let right = try await mayWrite(statement.record)
        return try await turn.take { [statement] in
            let held = try await held(statement.lookups)
            try check(brought, of: statement.person, in: held)
            let since = Int64(clamping: right.since.milliseconds)
            let draft = statement.draft(
                unlessHeld: held.people[statement.person], since: since, isSaid: isSaid(statement.claim, right, held),
                by: author(right))
            if let draft { try await write([draft]) }
            return AddBacker.Answer(person: try await name(of: statement.person))
        }
    }

    package nonisolated func answer(_ request: AddAmbassador) async throws -> AddAmbassador.Answer {
        var statement = try await statement(of: request.ambassador)
        let brought = try claim(of: request.ambassador)
        statement.claim = brought?.code
        statement.registration = try registration(request.registered, at: statement.at)
        statement.ownCode = request.registered == nil
        let right = try await mayWrite(statement.record)
        return try await turn.take { [statement] in
            var statement = statement
            let held = try await held(statement.lookups)
            try check(brought, of: statement.person, in: held)
            if let registration = statement.registration {
                try held.check(registration: registration, by: statement.person)
            }
            let known = held.people[statement.person]
            // Whoever owns a code is an ambassador already; another own one is what `code add` is for.
            if known?.shownCode != nil { statement.ownCode = false }
            let code = statement.registration.flatMap { held.codes[$0.code] }
            let since = Int64(clamping: right.since.milliseconds)
            if let draft = statement.draft(
                unlessHeld: known, code: code, since: since, isSaid: isSaid(statement.claim, right, held))
            {
                try await write([draft])
            }
            let shown = try await shownCode(of: statement.person)
            return AddAmbassador.Answer(person: try await name(of: statement.person), code: shown)
        }
    }

    package nonisolated func answer(_ request: AddCode) async throws -> AddCode.Answer {
        let person = try await person(request.person)
        var statement = PersonStatement(person: person.id)
        statement.registration = try registration(request.code, at: nil)
        statement.ownCode = request.code == nil
        try await mayWrite(statement.record)
        return try await turn.take { [statement] in
            let held = try await held(statement.lookups)
            if let registration = statement.registration {
                try held.check(registration: registration, by: statement.person)
            }
            let code = statement.registration.flatMap { held.codes[$0.code] }
            let draft = statement.draft(unlessHeld: held.people[statement.person], code: code, since: 0)
            if let draft { try await write([draft]) }
            let added = statement.registration?.code ?? CodeText(ownCodeOf: person.id.raw)
            let shown = try await ask { try await $0.code(added) }?.code
            return AddCode.Answer(code: shown ?? added.text, person: person.name.text)
        }
    }

    package nonisolated func answer(_ request: AddReferral) async throws -> AddReferral.Answer {
        let person = try await person(request.person)
        var statement = PersonStatement(person: person.id)
        statement.at = try claimed(request.at, "--at")
        let code = try code(request.code)
        statement.claim = code
        statement.linksAgain = true
        let right = try await mayWrite(statement.record)
        return try await turn.take { [statement] in
            let held = try await held(statement.lookups)
            try held.check(
                claim: code, written: request.code, by: person.id, allowsUnknown: request.allowUnknown ?? false)
            let since = Int64(clamping: right.since.milliseconds)
            let draft = statement.draft(
                unlessHeld: held.people[person.id], since: since, isSaid: isSaid(code, right, held))
            if let draft { try await write([draft]) }
            let shown = try await ask { try await $0.code(code) }?.code
            let brought = try await ask { try await $0.backer(person.number) }?.row.ambassador
            return AddReferral.Answer(person: person.name.text, code: shown ?? code.text, ambassador: brought?.text)
        }
    }

    /// Whether the author of a claim is the owner of its code.
    private nonisolated func isSaid(_ code: CodeText?, _ right: Right, _ held: HeldFacts) -> Bool {
        guard let code, let owner = held.codes[code]?.owner else { return false }
        return owner == author(right)
    }

    private nonisolated func author(_ right: Right) -> PersonID {
        right.person ?? store.rules.pseudonyms.person(of: right.memberID)
    }

    // MARK: What is stated

    private nonisolated func statement(of new: NewPerson) async throws -> PersonStatement {
        var statement: PersonStatement
        switch (new.external, new.contact) {
        case (let external?, nil):
            let source = try TextRule.source(new.source)
            let external = try TextRule.externalID(external, of: "--external")
            statement = PersonStatement(person: store.rules.pseudonyms.person(source: source, externalID: external))
            statement.source = source
            statement.told.externalID = external
        case (nil, let contact?):
            guard new.source == nil else {
                throw Failure(.usage, "--source says whose --external it is: a contact has none")
            }
            let contact = try TextRule.contact(contact)
            statement = PersonStatement(person: store.rules.pseudonyms.person(contact: contact))
            statement.told.contact = contact
        case (nil, nil), (_?, _?):
            throw Failure(.usage, "a person is named by either --external or --contact")
        }
        if let name = new.name { statement.told.name = try TextRule.name(name) }
        statement.at = try claimed(new.joinedAt, "--joined-at")
        return statement
    }

    /// A code that brings somebody, as it was given.
    private struct Brought {
        var code: CodeText
        var written: String
        var allowsUnknown: Bool
    }

    private nonisolated func claim(of new: NewPerson) throws(Failure) -> Brought? {
        guard let written = new.code else { return nil }
        return Brought(code: try code(written), written: written, allowsUnknown: new.allowUnknown ?? false)
    }

    private nonisolated func check(_ claim: Brought?, of person: PersonID, in held: HeldFacts) throws(Failure) {
        guard let claim else { return }
        try held.check(claim: claim.code, written: claim.written, by: person, allowsUnknown: claim.allowsUnknown)
    }

    private nonisolated func registration(_ written: String?, at: Int64?) throws(Failure) -> Record.Registration? {
        guard let written else { return nil }
        guard let registration = Record.Registration(written: Pseudonyms.trimmed(written), at: at) else {
            throw CodeRule.failure(written)
        }
        return registration
    }

    // MARK: What is answered

    private nonisolated func name(of person: PersonID) async throws -> String {
        try await self.person(PersonReference(person.hex)).name.text
    }

    private nonisolated func shownCode(of person: PersonID) async throws -> String {
        var lookups = ImportLookups()
        lookups.people = [person]
        guard let code = try await held(lookups).people[person]?.shownCode else {
            throw Failure(.internalError, "the ambassador was written, and has no code")
        }
        return code
    }
}

extension PersonStatement {
    fileprivate var lookups: ImportLookups {
        var lookups = ImportLookups()
        lookups.people = [person]
        lookups.codes = Set([claim, registration?.code].compactMap { $0 })
        lookups.wantsClaims = true
        lookups.wantsDetails = true
        return lookups
    }
}
