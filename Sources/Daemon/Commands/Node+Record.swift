package import API
import AuthorLog
import Community
import Founding
import Storage

extension Node {
    /// What import reads: cells in the order of the kind's columns.
    package nonisolated func answer(_ request: ExportRows) async throws -> ExportRows.Answer {
        let page = try page(after: request.after, limit: request.limit)
        let source = try request.source.map { text throws(Failure) in try TextRule.externalID(text, of: "--source") }
        let columns = request.kind.columns
        switch request.kind {
        case .ambassadors:
            let found = try await ask { try await $0.exportAmbassadors(page, source: source) }
            return ExportRows.Answer(columns: columns, rows: found.rows.map(\.cells), next: found.next)
        case .backers:
            let found = try await ask { try await $0.exportBackers(page, source: source) }
            return ExportRows.Answer(columns: columns, rows: found.rows.map(\.cells), next: found.next)
        case .pledges:
            let found = try await ask { try await $0.exportPledges(page, source: source) }
            return ExportRows.Answer(columns: columns, rows: found.rows.map(\.cells), next: found.next)
        }
    }

    package nonisolated func answer(_ request: VerifyRecord) async throws -> VerifyRecord.Answer {
        let facts = HomeFacts(token: try home.readMark()?.token, order: presentation.order)
        let watch = verifyWatch
        watch.begin()
        defer { watch.end() }
        let found = try await ask { try await $0.verify(against: facts) { watch.note($0) } }
        return VerifyRecord.Answer(
            ok: found.isClean, bundles: found.bundles, operations: found.operations, signatures: found.signatures,
            problems: found.problems)
    }

    package nonisolated func answer(_ request: GetVerifyProgress) async throws -> GetVerifyProgress.Answer {
        let progress = verifyWatch.progress
        return GetVerifyProgress.Answer(
            verified: progress?.verified ?? 0, folded: progress?.folded ?? 0, total: progress?.total)
    }

    package nonisolated func answer(_ request: RebuildState) async throws -> RebuildState.Answer {
        try await ask { try await $0.rebuild() }
        await lookForHeld()
        let status = try await answer(GetStatus())
        return RebuildState.Answer(operations: status.updates, state: status.state)
    }
}

extension AmbassadorExport.Row {
    fileprivate var cells: [String] {
        [ambassador.text, code, joinedAt.map { Timestamp(stored: $0).text } ?? ""]
    }
}

extension BackerExport.Row {
    fileprivate var cells: [String] {
        [backer.text, joinedAt.map { Timestamp(stored: $0).text } ?? "", code ?? ""]
    }
}

extension PledgeExport.Row {
    fileprivate var cells: [String] {
        [
            pledge.text, backer?.text ?? "", DecimalText.amount(minor: amountMinor, exponent: exponent), currency,
            Timestamp(stored: pledgedAt).text, status, code ?? "",
        ]
    }
}
