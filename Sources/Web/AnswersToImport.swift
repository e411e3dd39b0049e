import API
import Foundation

/// What a part of an import says about itself, beside its rows.
struct ImportFields: Equatable {
    var columns: String
    var firstLine: Int
    var source: String?
    var isDryRun: Bool
    var place: ImportPlace?

    init(_ call: RawCall) throws(Failure) {
        try self.init { call.field($0) }
    }

    /// - Throws: `E-REQUEST`, or `E-CSV-HEADER` where no column is named.
    init(_ field: (String) -> String?) throws(Failure) {
        guard let columns = field(ImportPart.Field.columns) else {
            throw Failure(.csvHeader, "\(ImportPart.Field.columns) is missing: it names the columns")
        }
        self.columns = columns
        // The header row is line 1.
        guard let firstLine = field(ImportPart.Field.firstLine).map({ Int($0) }) ?? 2, firstLine > 0 else {
            throw Failure(.request, "\(ImportPart.Field.firstLine) is no line number")
        }
        self.firstLine = firstLine
        if let source = field(ImportPart.Field.source) {
            guard let text = source.removingPercentEncoding else {
                throw Failure(.request, "\(ImportPart.Field.source) is not percent-encoded UTF-8")
            }
            self.source = text
        }
        switch (field(ImportPart.Field.run), field(ImportPart.Field.part)) {
        case (nil, nil): place = nil
        case (let run?, let number?):
            guard (1...ImportPart.runByteLimit).contains(run.utf8.count), let part = Int(number), part >= 0 else {
                throw Failure(.request, "\(ImportPart.Field.run) or \(ImportPart.Field.part) makes no sense")
            }
            place = ImportPlace(run: run, part: part)
        case _: throw Failure(.request, "\(ImportPart.Field.run) and \(ImportPart.Field.part) come together")
        }
        switch field(ImportPart.Field.dryRun) {
        case nil, "false"?: isDryRun = false
        case "true"?: isDryRun = true
        case _?: throw Failure(.request, "\(ImportPart.Field.dryRun) is true or false")
        }
    }
}
