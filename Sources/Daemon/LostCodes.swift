import Storage

/// What a steward is told of codes that he registered and that went to somebody else while he was cut off.
enum LostCodes {
    static func sentences(_ rows: [LostCodeQuery.Row]) -> [String] {
        let told = rows.prefix(NodeLimits.noticedLostCodes).map { row in
            "the code \(row.written) that you registered for \(row.registrant.text) belongs to \(row.owner.text), "
                + "\(row.reason): give them another one with `grapevine code add \(row.registrant.text) CODE`"
        }
        let rest = rows.count - told.count
        return told + (rest > 0 ? ["so it is with \(rest) more of your codes: grapevine code list"] : [])
    }
}

extension LostCodeQuery.Row {
    /// The end of a sentence.
    var reason: String { isOwn ? "whose own code reads the same" : "who was registered first" }
}
