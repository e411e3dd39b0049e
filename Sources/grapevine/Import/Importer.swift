import API

/// What came of an import so far, and of the whole of it in the end.
struct ImportAnswer: Encodable, Equatable {
    var rows = 0
    var applied = 0
    var unchanged = 0
    var rejected = 0
    @Nullable var rejectedFile: String?

    enum CodingKeys: String, CodingKey {
        case rows, applied, unchanged, rejected
        case rejectedFile = "rejected_file"
    }
}

/// Sends a file part by part: ``ImportPart/partsUnderWay`` are sent and not acknowledged yet, and the next is cut meanwhile.
struct Importer {
    typealias Send = @Sendable (_ batch: ImportBatch, _ number: Int) async throws -> ImportPart

    private let send: Send
    private var cutter: PartCutter
    private var rejectedFile: RejectedFile
    private(set) var answer = ImportAnswer()

    /// - Parameter send: Asks the daemon, which takes parts in the order of their numbers; from 0.
    init(
        _ cutter: PartCutter, rejectedFile: RejectedFile,
        send: @escaping Send
    ) {
        self.cutter = cutter
        self.rejectedFile = rejectedFile
        self.send = send
    }

    /// - Parameter progress: Called after each acknowledgment, with the rows so far.
    /// - Throws: ``InterruptedImport``.
    mutating func run(progress: (Int) -> Void) async throws {
        do {
            try await sendAll(progress: progress)
        } catch let failure as Failure {
            throw InterruptedImport(failure: failure, acknowledgedRows: answer.rows)
        }
    }

    private mutating func sendAll(progress: (Int) -> Void) async throws {
        let send = send
        try await withThrowingTaskGroup(of: Answered.self) { group in
            var underWay: [Int: ImportBatch] = [:]
            var answered: [Int: Answered] = [:]
            var sent = 0
            var settled = 0
            var cut = Result { try cutter.next() }
            while true {
                if underWay.count < ImportPart.partsUnderWay, case .success(let batch?) = cut {
                    let number = sent
                    sent += 1
                    underWay[number] = batch
                    group.addTask { await Answered(number) { try await send(batch, number) } }
                    cut = Result { try cutter.next() }
                    continue
                }
                guard let part = try await group.next() else { break }
                answered[part.number] = part
                // In the file's order: what counts as acknowledged is its beginning.
                while let part = answered.removeValue(forKey: settled),
                    let batch = underWay.removeValue(forKey: settled)
                {
                    try settle(batch, try part.outcome.get())
                    progress(answer.rows)
                    settled += 1
                }
            }
            // Told when all before it is stored.
            _ = try cut.get()
        }
    }

    /// What the daemon said of a part.
    private struct Answered: Sendable {
        let number: Int
        let outcome: Result<ImportPart, any Error>

        init(_ number: Int, _ ask: () async throws -> ImportPart) async {
            self.number = number
            do {
                outcome = .success(try await ask())
            } catch {
                outcome = .failure(error)
            }
        }
    }

    private mutating func settle(_ batch: ImportBatch, _ part: ImportPart) throws {
        answer.rows += part.rows + batch.rejections.count
        answer.applied += part.applied
        answer.unchanged += part.unchanged
        answer.rejected += part.rejected.count + batch.rejections.count
        let rejections = (batch.rejections + part.rejected.map(Rejection.init)).sorted { $0.line < $1.line }
        try rejectedFile.append(rejections)
        if rejectedFile.isOpen { answer.rejectedFile = rejectedFile.path }
    }
}

/// An import that did not come to its end: what is acknowledged is durable, and importing again repeats nothing.
struct InterruptedImport: Error {
    let failure: Failure
    let acknowledgedRows: Int
}

extension InterruptedImport: Encodable {
    enum CodingKeys: String, CodingKey {
        case error
        case acknowledgedRows = "acknowledged_rows"
    }

    private enum ReasonKeys: String, CodingKey {
        case code, message, hint
        case acknowledgedRows = "acknowledged_rows"
    }

    /// The count stands beside the error, and in it: scripts look in either place.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(acknowledgedRows, forKey: .acknowledgedRows)
        var reason = container.nestedContainer(keyedBy: ReasonKeys.self, forKey: .error)
        try reason.encode(failure.code, forKey: .code)
        try reason.encode(failure.message, forKey: .message)
        try reason.encode(failure.hint, forKey: .hint)
        try reason.encode(acknowledgedRows, forKey: .acknowledgedRows)
    }
}
