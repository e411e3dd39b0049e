/// One thing that was ever written of a pledge: what a register was set to, a payment, a refund, a cancellation or a lapse.
package struct PledgeEvent: Codable, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        // Registers: the latest writer's value counts.
        case backer, code, visibility, amount
        case pledgedAt = "pledged-at"
        // Money facts: of one kind and reference the latest writer's counts.
        case paid, refunded, cancelled, lapsed
    }

    package enum Standing: String, CaseIterable, Codable, Sendable {
        case counts
        /// A later write of the same register, or of the same kind and reference, is what counts.
        case overtaken
        /// It takes back what was stated under its kind and reference.
        case void
        /// In another currency than the pledge is: counts as nothing.
        case otherCurrency = "other-currency"
    }

    /// Money, with the currency's decimals.
    package struct Money: Hashable, Sendable {
        package var minor: Int64
        package var currency: String
        package var exponent: Int

        package init(minor: Int64, currency: String, exponent: Int) {
            self.minor = minor
            self.currency = currency
            self.exponent = exponent
        }
    }

    package var kind: Kind
    package var standing: Standing
    /// It is no payment, refund, cancellation or lapse, but takes back the one of its kind and reference.
    package var takesBack: Bool
    /// Counts as nothing: overtaken, taken back, or in another currency.
    package var void: Bool { standing != .counts }
    /// When it was written.
    package var at: Timestamp
    /// Who wrote it: the member key, 64 hex digits.
    package var member: String
    /// The same as a person of the record, if they are one.
    package var person: String?
    package var name: String?
    /// Of money facts, 0 where they carry none; and what the amount was set to.
    package var amount: Money?
    /// What the amount was before.
    package var amountBefore: Money?
    package var reference: String?
    /// What another register was before, and is set to; none for no code, and where nobody wrote it before.
    package var from: String?
    package var to: String?

    package init(
        kind: Kind, standing: Standing, takesBack: Bool = false, at: Timestamp, member: String, person: String?,
        name: String? = nil, amount: Money? = nil, amountBefore: Money? = nil, reference: String? = nil,
        from: String? = nil,
        to: String? = nil
    ) {
        self.kind = kind
        self.standing = standing
        self.takesBack = takesBack
        self.at = at
        self.member = member
        self.person = person
        self.name = name
        self.amount = amount
        self.amountBefore = amountBefore
        self.reference = reference
        self.from = from
        self.to = to
    }
}

// Flat, as money is everywhere.
extension PledgeEvent {
    private enum CodingKeys: String, CodingKey {
        case kind, standing, void, at, member, person, name, currency, exponent, reference, from, to
        case takesBack = "takes_back"
        case amountMinor = "amount_minor"
        case fromMinor = "from_minor"
        case fromCurrency = "from_currency"
        case fromExponent = "from_exponent"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func money(_ minor: CodingKeys, _ currency: CodingKeys, _ exponent: CodingKeys) throws -> Money? {
            guard let sum = try values.decodeIfPresent(Int64.self, forKey: minor) else { return nil }
            return Money(
                minor: sum, currency: try values.decode(String.self, forKey: currency),
                exponent: try values.decode(Int.self, forKey: exponent))
        }
        self.init(
            kind: try values.decode(Kind.self, forKey: .kind),
            standing: try values.decode(Standing.self, forKey: .standing),
            takesBack: try values.decode(Bool.self, forKey: .takesBack),
            at: try values.decode(Timestamp.self, forKey: .at),
            member: try values.decode(String.self, forKey: .member),
            person: try values.decodeIfPresent(String.self, forKey: .person),
            name: try values.decodeIfPresent(String.self, forKey: .name),
            amount: try money(.amountMinor, .currency, .exponent),
            amountBefore: try money(.fromMinor, .fromCurrency, .fromExponent),
            reference: try values.decodeIfPresent(String.self, forKey: .reference),
            from: try values.decodeIfPresent(String.self, forKey: .from),
            to: try values.decodeIfPresent(String.self, forKey: .to))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(kind, forKey: .kind)
        try values.encode(standing, forKey: .standing)
        try values.encode(takesBack, forKey: .takesBack)
        try values.encode(void, forKey: .void)
        try values.encode(at, forKey: .at)
        try values.encode(member, forKey: .member)
        try values.encode(person, forKey: .person)
        try values.encodeIfPresent(name, forKey: .name)
        try values.encode(reference, forKey: .reference)
        if let amount {
            try values.encode(amount.minor, forKey: .amountMinor)
            try values.encode(amount.currency, forKey: .currency)
            try values.encode(amount.exponent, forKey: .exponent)
        }
        if let amountBefore {
            try values.encode(amountBefore.minor, forKey: .fromMinor)
            try values.encode(amountBefore.currency, forKey: .fromCurrency)
            try values.encode(amountBefore.exponent, forKey: .fromExponent)
        }
        try values.encodeIfPresent(from, forKey: .from)
        try values.encodeIfPresent(to, forKey: .to)
    }
}
