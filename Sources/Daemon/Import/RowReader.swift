import API
import Community
import Identity

/// Reads rows of one kind: every cell by its rule, the first broken one named.
struct RowReader {
    let kind: RecordKind
    let columns: ImportColumns
    /// Trimmed.
    let source: String
    let pseudonyms: Pseudonyms
    /// Later claimed times have not come yet.
    let latestMilliseconds: Int64

    private var cells = Cells()
    /// Normal forms met so far: a code comes with many rows.
    private var codes: [ArraySlice<UInt8>: CodeText] = [:]
    private var currency: Currency?

    init(
        kind: RecordKind, columns: ImportColumns, source: String, pseudonyms: Pseudonyms, latestMilliseconds: Int64
    ) {
        self.kind = kind
        self.columns = columns
        self.source = source
        self.pseudonyms = pseudonyms
        self.latestMilliseconds = latestMilliseconds
    }

    /// - Parameter place: Of one record in `text`, its line end included.
    mutating func read(
        _ record: CSVRecord, at place: Range<Int>, of text: [UInt8]
    ) throws(RowRefusal) -> ImportRow.Statement {
        guard place.count <= API.Limits.importRowBytes else {
            throw RowRefusal(column: "", value: "", rule: "a row has at most \(API.Limits.importRowBytes) bytes")
        }
        guard cells.read(place, of: text) == .read else {
            throw RowRefusal(
                column: "", value: "", rule: "a quoted cell ends in a quote, and a comma or the end follows")
        }
        if !record.isASCII || record.holdsNUL { try checkText(of: text) }
        guard cells.count == columns.count else {
            throw RowRefusal(
                column: "", value: "",
                rule: "a row has as many cells as the header, \(columns.count): this one has \(cells.count)")
        }
        switch kind {
        case .ambassadors: return .ambassador(try ambassador(in: text))
        case .backers: return .backer(try backer(in: text))
        case .pledges: return .pledge(try pledge(in: text))
        }
    }

    /// The cell at fault is named, columns that mean nothing included: a wrong byte anywhere tells of a wrong file.
    private func checkText(of text: [UInt8]) throws(RowRefusal) {
        for index in 0..<cells.count {
            let cell = cells.cell(index, of: text)
            let name = columns.names.indices.contains(index) ? columns.names[index] ?? "" : ""
            let rule: String
            if String(validating: cell, as: UTF8.self) == nil {
                rule = "a file is UTF-8"
            } else if cell.contains(0) {
                rule = "text has no NUL"
            } else {
                continue
            }
            throw RowRefusal(column: name, value: String(decoding: cell, as: UTF8.self), rule: rule)
        }
    }

    // MARK: Kinds

    private mutating func ambassador(in text: [UInt8]) throws(RowRefusal) -> ImportRow.Ambassador {
        let person = try person(0, in: text)
        let cell = self.cell(1, in: text)
        let at = try optionalTime(2, in: text)
        let written = String(decoding: cell, as: UTF8.self)
        guard let registration = Record.Registration(written: written, at: at) else {
            throw refusal(1, Self.codeRule(cell), in: text)
        }
        return ImportRow.Ambassador(person: person, registration: registration)
    }

    private mutating func backer(in text: [UInt8]) throws(RowRefusal) -> ImportRow.Backer {
        let person = try person(0, in: text)
        let joinedAt = try optionalTime(1, in: text)
        let code = try code(2, in: text)
        guard joinedAt != nil || code != nil else {
            throw refusal(1, "a backer has the time of joining, or at least a code", in: text)
        }
        return ImportRow.Backer(person: person, joinedAt: joinedAt, code: code)
    }

    private mutating func pledge(in text: [UInt8]) throws(RowRefusal) -> ImportRow.Pledge {
        let cell = self.cell(0, in: text)
        let external = try external(0, in: text)
        let pledge = ImportRow.Name(
            id: pseudonyms.pledge(source: source, externalID: external), external: external,
            printed: Self.printedID(cell) as PledgeID?)
        let backer = self.cell(1, in: text).isEmpty ? nil : try person(1, in: text)
        let currency = try currency(3, in: text)
        let amount = try amount(2, in: currency, text)
        return ImportRow.Pledge(
            pledge: pledge, backer: backer, amount: amount, at: try time(4, in: text), status: try status(5, in: text),
            code: try code(6, in: text))
    }

    // MARK: Cells

    /// - Parameter column: By ``RecordKind/columns``.
    private func cell(_ column: Int, in text: [UInt8]) -> ArraySlice<UInt8> {
        cells.trimmed(columns.indices[column], of: text)
    }

    private func refusal(_ column: Int, _ rule: String, in text: [UInt8]) -> RowRefusal {
        RowRefusal(
            column: kind.columns[column],
            value: String(decoding: cells.cell(columns.indices[column], of: text), as: UTF8.self), rule: rule)
    }

    private func person(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> ImportRow.Name<PersonID> {
        let external = try external(column, in: text)
        return ImportRow.Name(
            id: pseudonyms.person(source: source, externalID: external), external: external,
            printed: Self.printedID(cell(column, in: text)))
    }

    private func external(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> String {
        let cell = self.cell(column, in: text)
        guard TextRule.isExternalID(cell) else { throw refusal(column, TextRule.externalIDRule, in: text) }
        return String(decoding: cell, as: UTF8.self)
    }

    private static func printedID<ID: FixedBytes>(_ cell: ArraySlice<UInt8>) -> ID? {
        guard cell.count == 2 * ID.byteCount else { return nil }
        return ID(hex: String(decoding: cell, as: UTF8.self))
    }

    private mutating func code(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> CodeText? {
        let cell = self.cell(column, in: text)
        guard !cell.isEmpty else { return nil }
        if let known = codes[cell] { return known }
        guard cell.count <= Community.Limits.writtenCodeByteLimit,
            let code = CodeText(String(decoding: cell, as: UTF8.self))
        else { throw refusal(column, Self.codeRule(cell), in: text) }
        codes[ArraySlice(Array(cell))] = code
        return code
    }

    private static func codeRule(_ cell: ArraySlice<UInt8>) -> String {
        "\(CodeRule.hint): \(CodeRule.fault(in: String(decoding: cell, as: UTF8.self)))"
    }

    private func time(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> Int64 {
        let milliseconds: Int64
        do {
            milliseconds = try TimeText.milliseconds(cell(column, in: text))
        } catch {
            throw refusal(column, error.rule, in: text)
        }
        guard milliseconds <= latestMilliseconds else {
            throw refusal(column, "a time has come already", in: text)
        }
        return ClaimedTime.stated(milliseconds)
    }

    /// Nil where the cell is empty.
    private func optionalTime(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> Int64? {
        cell(column, in: text).isEmpty ? nil : try time(column, in: text)
    }

    private mutating func currency(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> Currency {
        let cell = self.cell(column, in: text)
        if let currency, cell.elementsEqual(currency.code.utf8) { return currency }
        guard let found = Currency(String(decoding: cell, as: UTF8.self)) else {
            throw refusal(column, "a currency is an ISO 4217 code, like USD or EUR", in: text)
        }
        currency = found
        return found
    }

    private func amount(_ column: Int, in currency: Currency, _ text: [UInt8]) throws(RowRefusal) -> Amount {
        do {
            return try Amount(decimal: cell(column, in: text), currency: currency)
        } catch {
            throw refusal(column, error.rule(in: currency), in: text)
        }
    }

    private func status(_ column: Int, in text: [UInt8]) throws(RowRefusal) -> PledgeStatus {
        let cell = self.cell(column, in: text)
        for status in PledgeStatus.allCases where cell.elementsEqual(status.rawValue.utf8) { return status }
        let known = PledgeStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw refusal(column, "a status is one of \(known)", in: text)
    }
}

extension AmountError {
    /// What a right amount is.
    func rule(in currency: Currency) -> String {
        switch self {
        case .notANumber: "an amount is digits, with a point before the decimals if there are some, like 12.50"
        case .negative: "an amount is not negative"
        case .tooManyDecimals(0): "an amount in \(currency) has no decimals"
        case .tooManyDecimals(let allowed): "an amount in \(currency) has at most \(allowed) decimals"
        case .tooLarge: "an amount is at most \(Community.Limits.largestAmountMinor) minor units"
        }
    }
}
