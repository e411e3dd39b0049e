package import API
import AuthorLog
import Community
import Storage

extension Node {
    /// Whom a pledge credits, where nobody says by which rule: the community's own.
    nonisolated var attribution: AttributionKind { AttributionKind(charter.attribution) }

    private nonisolated var credit: AmbassadorQuery {
        AmbassadorQuery(attribution: attribution, currency: store.rules.currency)
    }

    /// A backer without a qualifying payment is one, where the community set a qualifying amount.
    nonisolated var hasProspects: Bool { store.rules.qualifyingMinor > 0 }

    // MARK: Backers

    package nonisolated func answer(_ request: ListBackers) async throws -> ListBackers.Answer {
        let page = try page(request)
        let found = try await ask { try await $0.backers(page) }
        return Page(rows: found.rows.map { BackerRow($0, hasProspects: hasProspects) }, next: found.next)
    }

    package nonisolated func answer(_ request: ShowBacker) async throws -> ShowBacker.Answer {
        let person = try await person(request.backer)
        guard let found = try await ask({ try await $0.backer(person.number) }), found.row.isBacker else {
            throw Failure(.personUnknown, "\(person.name.text) is no backer: neither joined nor pledged")
        }
        return BackerRow(
            found.row, hasProspects: hasProspects,
            money: try found.money.map { (sums) throws(Failure) in try API.MoneyRow(sums) })
    }

    // MARK: Ambassadors and codes

    package nonisolated func answer(_ request: ListAmbassadors) async throws -> ListAmbassadors.Answer {
        let page = try page(request)
        let credit = credit
        let found = try await ask { try await $0.ambassadors(page, credit: credit) }
        let rows = try found.rows.map { row throws(Failure) in try API.AmbassadorRow(row, currency: credit.currency) }
        return Page(rows: rows, next: found.next)
    }

    package nonisolated func answer(_ request: ShowAmbassador) async throws -> ShowAmbassador.Answer {
        let person = try await person(request.ambassador)
        let credit = credit
        let lost = try await ask { try await $0.lostCodes(.person(person.number)) }
        guard let found = try await ask({ try await $0.ambassador(person.number, credit: credit) }) else {
            guard let first = lost.first else {
                throw Failure(
                    .personUnknown, "\(person.name.text) owns no code, and so is no ambassador",
                    hint: "grapevine ambassador list")
            }
            throw Failure(
                .personUnknown,
                "\(person.name.text) is no ambassador yet: the code \(first.written) belongs to \(first.owner.text), "
                    + first.reason,
                hint: "give them another one: grapevine code add \(person.name.text)")
        }
        return try API.AmbassadorRow(found.row, currency: credit.currency, codes: found.codes, lost: lost)
    }

    package nonisolated func answer(_ request: ListCodes) async throws -> ListCodes.Answer {
        let page = try page(request)
        let found = try await ask { try await $0.codes(page) }
        return Page(rows: found.rows.map { API.CodeRow($0) }, next: found.next)
    }

    package nonisolated func answer(_ request: ShowCode) async throws -> ShowCode.Answer {
        API.CodeRow(try await owned(request.code))
    }

    /// - Throws: `E-CODE-FORM`, `E-CODE-UNKNOWN`.
    nonisolated func owned(_ written: String) async throws -> CodeQuery.Row {
        let code = try code(written)
        guard let found = try await ask({ try await $0.code(code) }) else {
            throw Failure(.codeUnknown, "nobody owns the code \(written)", hint: "grapevine code list")
        }
        return found
    }

    // MARK: Pledges

    package nonisolated func answer(_ request: ListPledges) async throws -> ListPledges.Answer {
        let page = try page(request)
        let found = try await ask { try await $0.pledges(page, onlyFlagged: request.flagged ?? false) }
        return Page(rows: found.rows.map { API.PledgeRow($0, by: attribution) }, next: found.next)
    }

    package nonisolated func answer(_ request: ShowPledge) async throws -> ShowPledge.Answer {
        try await row(of: try await pledge(request.pledge))
    }

    nonisolated func row(of pledge: FoundPledge) async throws -> ShowPledge.Answer {
        guard let found = try await ask({ try await $0.pledge(pledge.number) }) else {
            throw Failure(.pledgeUnknown, "the pledge \(pledge.name.text) is gone from the record")
        }
        let events = found.history.rows.map {
            PledgeEvent($0, people: found.history.people, currency: store.rules.currency)
        }
        return API.PledgeRow(
            found.row, by: attribution, history: events, historyMore: found.history.isTruncated ? true : nil)
    }
}
