import API

/// Whole records of a CSV file, as much as one transaction takes.
struct ImportBatch: Equatable {
    /// Without the header row. What was taken out is a blank line for each of its own, so that lines keep their numbers.
    var bytes: [UInt8] = []
    /// Of the file.
    let firstLine: Int
    /// Records in ``bytes``.
    var rows = 0
    var rejections: [Rejection] = []
}

/// Cuts a CSV text into batches, reading no further than it must: the first ones small, so that the daemon has something to store while
/// it plans what follows, each half as large again as the one before: planning takes about half as long as storing.
struct PartCutter {
    let header: CSVHeader
    private var reader: RecordReader
    private let partBytes: Int
    /// Of the next batch.
    private var roomBytes: Int

    /// Reads the header row.
    ///
    /// - Throws: ``Failure``: `E-CSV-HEADER`, and what the source throws.
    init(
        _ source: any ByteSource, kind: RecordKind, partBytes: Int = Limits.importPartBytes,
        rowBytes: Int = Limits.importRowBytes
    ) throws(Failure) {
        reader = try RecordReader(source, rowBytes: rowBytes)
        self.partBytes = partBytes
        roomBytes = min(partBytes, 2 * rowBytes)
        switch try reader.peek() {
        case .row(let range, _, _): header = try CSVHeader(row: Array(reader.buffer[range]), kind: kind)
        case .wrong(let rejection, _, _): throw Failure(.csvHeader, "the first line is wrong: \(rejection.rule)")
        case nil: throw Failure(.csvHeader, "the file is empty")
        }
        reader.take()
    }

    /// - Returns: nil behind the last row.
    mutating func next() throws(Failure) -> ImportBatch? {
        var batch = ImportBatch(firstLine: reader.line)
        batch.bytes.reserveCapacity(roomBytes)
        let limit = roomBytes
        roomBytes = min(limit + limit / 2, partBytes)
        while let item = try reader.peek() {
            let room = limit - batch.bytes.count
            switch item {
            case .row(let range, _, let isBlank):
                // One more for a last row without its line end.
                guard range.count < room else { return batch }
                batch.bytes.append(contentsOf: reader.buffer[range])
                if batch.bytes.last != lineFeed { batch.bytes.append(lineFeed) }
                if !isBlank { batch.rows += 1 }
            case .wrong(let rejection, _, let lines):
                guard lines <= room, batch.rejections.count < Self.rejectionLimit else { return batch }
                batch.rejections.append(rejection)
                batch.bytes.append(contentsOf: repeatElement(lineFeed, count: lines))
            }
            reader.take()
        }
        return batch.bytes.isEmpty ? nil : batch
    }

    /// Held until their batch is acknowledged. A guess.
    private static let rejectionLimit = 1_000
}

private let lineFeed = UInt8(ascii: "\n")
