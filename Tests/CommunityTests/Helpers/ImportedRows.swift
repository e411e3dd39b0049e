import AuthorLog
import Community
import Foundation
import Identity
import Testing

/// The records that an import of the three kinds of CSV file writes, one a row, by one steward's log.
///
/// For fixtures of our own: plain commas, no quotes.
struct ImportedRows {
    private let rules: FoldRules
    private let right: Right
    private let log: LogID
    private(set) var acts: [Act] = []

    init(rules: FoldRules, log: LogID) {
        self.rules = rules
        self.log = log
        right = .test(.steward, member: MemberID(raw: Bytes16([UInt8](repeating: 1, count: 16)) ?? .zero))
    }

    static func person(_ externalID: String, rules: FoldRules) -> PersonID {
        rules.pseudonyms.person(source: "import", externalID: externalID)
    }

    mutating func add(_ csv: Data, kind: String) throws {
        let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n")
        let columns = lines[0].split(separator: ",").map(String.init)
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let row = Dictionary(uniqueKeysWithValues: zip(columns, fields))
            var record = Record()
            record.isImported = true
            record.source = "import"
            switch kind {
            case "ambassadors": try ambassador(row, &record)
            case "backers": try backer(row, &record)
            default: try pledge(row, &record)
            }
            acts.append(
                Act(
                    time: HybridTime(rawValue: UInt64(rules.createdMilliseconds) << 16 + UInt64(acts.count) + 1),
                    log: log,
                    position: UInt64(acts.count) + 1, right: right, content: .record(record)))
        }
    }

    private func ambassador(_ row: [String: String], _ record: inout Record) throws {
        record.person = Self.person(row["ambassador"] ?? "", rules: rules)
        record.registration = .init(written: row["code"] ?? "", at: try Self.milliseconds(row["joined_at"]))
    }

    private func backer(_ row: [String: String], _ record: inout Record) throws {
        record.person = Self.person(row["backer"] ?? "", rules: rules)
        let at = try Self.milliseconds(row["joined_at"])
        record.joined = .init(at: at)
        guard let written = row["code"], !written.isEmpty else { return }
        let code = try #require(CodeText(written))
        record.claim = .init(code: code, at: at)
    }

    private func pledge(_ row: [String: String], _ record: inout Record) throws {
        let name = try #require(row["backer"])
        record.person = name.isEmpty ? nil : Self.person(name, rules: rules)
        let code = try #require(row["currency"])
        let currency = try #require(Currency(code))
        let digits = try #require(row["amount"])
        let amount = try Amount(decimal: Array(digits.utf8)[...], currency: currency)
        let externalID = try #require(row["pledge"])
        var pledge = Record.Pledge(id: rules.pseudonyms.pledge(source: "import", externalID: externalID))
        pledge.backer = name.isEmpty ? .anonymous : .person
        pledge.at = try Self.milliseconds(row["pledged_at"])
        pledge.code = .some(row["code"].flatMap { CodeText($0) })
        pledge.amount = amount
        record.pledge = pledge
        switch row["status"] {
        case "paid": record.money = [.init(kind: .confirm, amount: amount)]
        case "refunded": record.money = [.init(kind: .confirm, amount: amount), .init(kind: .refund, amount: amount)]
        case "cancelled": record.money = [.init(kind: .cancel)]
        case "lapsed": record.money = [.init(kind: .lapse)]
        default: break
        }
    }

    private static func milliseconds(_ text: String?) throws -> Int64 {
        let stated = try #require(text)
        let date = try Date(stated, strategy: .iso8601)
        return Int64(date.timeIntervalSince1970 * 1_000)
    }
}
