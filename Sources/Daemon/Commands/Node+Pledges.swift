package import API
import AuthorLog
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: AddPledge) async throws -> AddPledge.Answer {
        let rules = store.rules
        let currency =
            try request.currency.map { (text) throws(Failure) in try Currency(argument: text) } ?? rules.currency
        let amount = try Amount(argument: request.amount, currency: currency)
        let code = try request.code.map { (text) throws(Failure) in try self.code(text) }
        let at = try claimed(request.at, "--at") ?? 0
        var draft = Draft(Record())
        let id: PledgeID
        if let external = request.external {
            draft.record.source = try TextRule.source(request.source)
            draft.told.pledgeExternalID = try TextRule.externalID(external, of: "--external")
            id = rules.pseudonyms.pledge(source: draft.record.source, externalID: draft.told.pledgeExternalID)
        } else {
            guard request.source == nil else { throw Failure(.usage, "--source says whose --external it is") }
            guard let right = await right else { throw await whyNoRight }
            let nonce = Sodium.random16(1)[0]
            draft.record.pledgeNonce = nonce
            id = rules.pseudonyms.pledge(by: right.memberID, nonce: nonce)
        }
        var registers = Record.Pledge(id: id)
        registers.at = at
        registers.amount = amount
        registers.code = .some(code)
        registers.backer = request.backer == nil ? .anonymous : .person
        draft.record.pledge = registers
        try await mayWrite(draft.record)
        var backer: FoundPerson?
        if let reference = request.backer { backer = try await person(reference) }
        draft.record.person = backer?.id
        let new = NewPledge(registers: registers, backer: backer)
        guard request.external != nil else {
            // Its nonce was drawn just now: nobody else writes it, and it is called by its id.
            try await write([draft])
            return AddPledge.Answer(pledge: id.hex)
        }
        return try await turn.take(of: .pledge(id)) { [draft] in
            if let held = try await heldPledge(id) {
                guard new.isHeld(as: held) else {
                    throw Failure(
                        .pledgeExists, "\(draft.told.pledgeExternalID) is in the record, and says something else")
                }
            } else {
                try await write([draft])
            }
            return AddPledge.Answer(pledge: try await pledge(PledgeReference(id.hex)).name.text)
        }
    }

    package nonisolated func answer(_ request: ChangePledge) async throws -> ChangePledge.Answer {
        try await change(request.pledge, like: .amount(.zero(store.rules.currency))) { held throws(Failure) in
            let amount = try Amount(argument: request.amount, currency: held.amount.currency)
            return amount == held.amount ? nil : .amount(amount)
        }
    }

    package nonisolated func answer(_ request: PayPledge) async throws -> PayPledge.Answer {
        let reference = try TextRule.reference(request.reference)
        return try await change(request.pledge, like: .money(Record.MoneyFact(kind: .confirm))) {
            held throws(Failure) in
            var amount: Amount?
            if let text = request.amount { amount = try Amount(argument: text, currency: held.amount.currency) }
            return try held.payment(of: amount, reference: reference).map { .money($0) }
        }
    }

    package nonisolated func answer(_ request: RefundPledge) async throws -> RefundPledge.Answer {
        let reference = try TextRule.reference(request.reference)
        return try await change(request.pledge, like: .money(Record.MoneyFact(kind: .refund))) { held throws(Failure) in
            var amount: Amount?
            if let text = request.amount { amount = try Amount(argument: text, currency: held.amount.currency) }
            return try held.refund(of: amount, reference: reference).map { .money($0) }
        }
    }

    package nonisolated func answer(_ request: CancelPledge) async throws -> CancelPledge.Answer {
        try await change(request.pledge, like: .money(Record.MoneyFact(kind: .cancel))) { held throws(Failure) in
            try held.cancellation().map { .money($0) }
        }
    }

    package nonisolated func answer(_ request: VoidMoneyFact) async throws -> VoidMoneyFact.Answer {
        let reference = try TextRule.reference(request.reference)
        let name = request.fact ?? .payment
        let sample = Record.MoneyFact(kind: Record.MoneyKind(name), isVoid: true)
        return try await change(request.pledge, like: .money(sample)) { held throws(Failure) in
            .money(try held.void(of: name, reference: reference))
        }
    }

    // MARK: Changing one that is held

    private enum Change: Sendable {
        case amount(Amount)
        case money(Record.MoneyFact)

        func state(in record: inout Record, of pledge: PledgeID) {
            switch self {
            case .amount(let amount):
                record.pledge = Record.Pledge(id: pledge)
                record.pledge?.amount = amount
            case .money(let fact):
                record.moneyPledge = pledge
                record.money = [fact]
            }
        }
    }

    /// - Parameters:
    ///   - sample: A change of the same kind: who may not make it is told so before anything else.
    ///   - decide: What has to be written; nil for nothing.
    private nonisolated func change(
        _ reference: PledgeReference, like sample: Change,
        _ decide: @escaping @Sendable (HeldPledge) throws(Failure) -> Change?
    ) async throws -> ShowPledge.Answer {
        let found = try await pledge(reference)
        return try await turn.take(of: .pledge(found.id)) {
            guard let held = try await heldPledge(found.id) else {
                throw Failure(.pledgeUnknown, "the pledge \(reference.pledge) is gone from the record")
            }
            var record = Record()
            record.source = held.source ?? ""
            record.pledgeNonce = try await nonce(of: found.id)
            var asked = record
            sample.state(in: &asked, of: found.id)
            try await mayWrite(asked)
            if let change = try decide(held) {
                change.state(in: &record, of: found.id)
                try await write([Draft(record)])
            }
            return try await row(of: found)
        }
    }

    private nonisolated func heldPledge(_ id: PledgeID) async throws -> HeldPledge? {
        var lookups = ImportLookups()
        lookups.pledges = [id]
        return try await held(lookups).pledges[id]
    }

    /// What proves that a pledge is our own; a steward needs no proof.
    private nonisolated func nonce(of pledge: PledgeID) async throws -> Bytes16? {
        guard let right = await right, right.role < .steward else { return nil }
        return try await ask { try await $0.nonce(of: pledge, madeBy: right.memberID) }
    }
}
