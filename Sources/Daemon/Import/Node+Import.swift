package import API
import AuthorLog
import Community
import Storage

extension Node {
    /// Reads a part of a file, compares it with the record, and writes what differs in one durable transaction.
    ///
    /// - Parameters:
    ///   - part: Whole CSV records without the header row.
    ///   - header: The file's columns in its order, by their names and a comma between; `-` for one to skip.
    ///   - firstLine: Line of the part's first byte in the file.
    ///   - source: Of the external ids; `import` unless given.
    ///   - dryRun: Judges the rows, and writes nothing.
    ///   - place: Which part of which file it is, where it is to follow the one before; a dry run needs no order.
    package nonisolated func answer(
        importing kind: RecordKind, part: [UInt8], header: String, firstLine: Int, source: String? = nil,
        dryRun: Bool = false, place: ImportPlace? = nil
    ) async throws -> ImportPart {
        imports.begin()
        defer { imports.end() }
        let step = ImportStep()
        var previous: ImportStep?
        if let place, !dryRun { previous = try await imports.enter(place, as: step) }
        defer { step.leave() }
        do {
            var marked = Record()
            marked.isImported = true
            try await mayWrite(marked)
            guard part.count <= API.Limits.importPartBytes else {
                throw Failure(.tooLarge, "a part has at most \(API.Limits.importPartBytes) bytes")
            }
            let columns = try ImportColumns(header, of: kind)
            let source = try TextRule.source(source)
            let reader = PartReader(
                part, firstLine: firstLine,
                reader: RowReader(
                    kind: kind, columns: columns, source: source, pseudonyms: store.rules.pseudonyms,
                    latestMilliseconds: latestClaimedMilliseconds))
            let answer = try await compared(reader, with: part, source: source, dryRun: dryRun, step, behind: previous)
            step.end(.success(()))
            return answer
        } catch {
            step.end(.failure(error))
            throw error
        }
    }

    private nonisolated func compared(
        _ reader: PartReader, with part: [UInt8], source: String, dryRun: Bool, _ step: ImportStep,
        behind previous: ImportStep?
    ) async throws -> ImportPart {
        let now = Int64(clamping: wallMilliseconds)
        await previous?.isNext()
        return try await turn.take(beside: await previous?.hold) { hold, isBeside in
            step.begin(hold)
            let held = try await held(ImportLookups(reader.rows), behind: isBeside ? previous : nil)
            var plan = ImportPlan(held: held, source: source, nowMilliseconds: now, rowCount: reader.rows.count)
            var rejected = reader.rejected
            for row in reader.rows {
                do throws(RowRefusal) {
                    try plan.add(row)
                } catch {
                    rejected.append(error.rejected(line: row.line, text: PartReader.text(of: row.place, in: part)))
                }
            }
            step.plan(plan.held)
            if !dryRun {
                let bundles = try await bundled(plan.drafts, isAlone: !isBeside)
                try await previous?.stored()
                try await write(bundles)
                step.end(.success(()))
            }
            return ImportPart(
                rows: reader.rowCount, applied: plan.applied, unchanged: plan.unchanged,
                rejected: rejected.sorted { $0.line < $1.line })
        }
    }

    /// What is held once a part before is stored, which may not be yet: no other command writes meanwhile.
    private nonisolated func held(_ lookups: ImportLookups, behind previous: ImportStep?) async throws -> HeldFacts {
        guard let planned = await previous?.facts else { return try await held(lookups) }
        var held = try await held(lookups)
        for id in lookups.people { if let known = planned.people[id] { held.people[id] = known } }
        for code in lookups.codes { if let known = planned.codes[code] { held.codes[code] = known } }
        for id in lookups.pledges { if let known = planned.pledges[id] { held.pledges[id] = known } }
        return held
    }
}
