import API

/// Small words of our sentences.
enum Words {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 backer`, `2,000 backers`.
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// The beginning of a long id: enough to tell it from the others on a screen.
    static func short(_ id: String) -> String {
        id.count > 20 ? id.prefix(12) + "…" : id
    }

    /// `Ana p_1042`, `Ben 2f020cca01c4…`: names are not unique, and anybody may take another's.
    ///
    /// - Parameters:
    ///   - reference: The external id, else the printed one: whole where nobody has given a name.
    static func person(_ reference: String, name: String?, isLookalike: Bool? = nil) -> String {
        name.map { "\(self.name($0, isLookalike: isLookalike)) \(short(reference))" } ?? reference
    }

    /// Beside a name, where it is shown alone.
    static let lookalike = "⚠ this name looks like another name of the record: go by the id"

    /// `Аna ⚠`: with a mark where it looks like another name of the record.
    static func name(_ name: String, isLookalike: Bool?) -> String { isLookalike == true ? name + " ⚠" : name }

    /// Below figures that are not all: one line, or none.
    ///
    /// - Parameter missing: Updates that are known of and not counted.
    static func partial(_ missing: Int?) -> [String] {
        missing.map {
            ["Partial: \(count($0, "more update")) are known of, and not in this answer yet: grapevine status"]
        } ?? []
    }

    /// `12.50 USD`.
    static func money(_ minor: Int64, _ currency: String, _ exponent: Int) -> String {
        "\(DecimalText.amount(minor: minor, exponent: exponent)) \(currency)"
    }

    /// Who wrote something: the person, or the member's key where the record knows no person behind it.
    static func author(_ person: String?, name: String?, member: String) -> String {
        person.map { self.person($0, name: name) } ?? "member \(short(member))"
    }

    /// `85.3 %`, rounded half up: the one division there is.
    ///
    /// - Parameters:
    ///   - part: 0 or more.
    ///   - whole: Nothing is said where it is 0.
    static func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "" }
        let tenths = (Int128(part) * 2_000 + Int128(whole)) / (2 * Int128(whole))
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `1 h 02 min`, `3 min 20 s`, `12 s`.
    static func duration(seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3_600) h \(seconds / 60 % 60) min"
        }
    }
}
