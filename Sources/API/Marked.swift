/// An answer, and what it says of itself where the node knows of more than its figures count: `"partial":true,"missing":N` beside
/// the answer's own keys. An answer that counts all that is known has no mark.
package struct Marked<Answer: Codable & Sendable>: Codable, Sendable {
    package var answer: Answer
    /// Updates that are known of and not counted, by what peers say; nil: none.
    package var missing: Int?

    /// For an answer that is put together of several: the most that any of them did not count.
    ///
    /// - Parameter before: Of those before.
    package func missing(with before: Int?) -> Int? { [before, missing].compactMap(\.self).max() }

    private enum CodingKeys: String, CodingKey { case partial, missing }

    package init(_ answer: Answer, missing: Int? = nil) {
        self.answer = answer
        self.missing = missing
    }

    package init(from decoder: any Decoder) throws {
        answer = try Answer(from: decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let isPartial = try keys.decodeIfPresent(Bool.self, forKey: .partial) ?? false
        missing = isPartial ? try keys.decode(Int.self, forKey: .missing) : nil
    }

    package func encode(to encoder: any Encoder) throws {
        try answer.encode(to: encoder)
        guard let missing else { return }
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(true, forKey: .partial)
        try keys.encode(missing, forKey: .missing)
    }
}
