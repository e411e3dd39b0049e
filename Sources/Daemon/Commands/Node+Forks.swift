package import API
import AuthorLog
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: ListForks) async throws -> ListForks.Answer {
        let page = try page(request)
        let standing = try await ask { try await $0.standing() }
        var proofs = try await forks()[...]
        if let after = request.after {
            guard let id = Hash256(hex: after) else {
                throw Failure(.cursor, "this is not the `next` of a page of this list")
            }
            proofs = proofs.drop { $0.fork.id <= id }
        }
        let shown = proofs.prefix(page.limit)
        let orders = try await ask { try await $0.orders() }
        var rows: [ForkRow] = []
        for known in shown { rows.append(try await row(of: known, in: standing, orders)) }
        return Page(rows: rows, next: proofs.count > shown.count ? shown.last?.fork.id.hex : nil)
    }

    package nonisolated func answer(_ request: ChooseBranch) async throws -> ChooseBranch.Answer {
        try await turn.take {
            let directory = try await directory()
            let standing = directory.standing
            let (known, branch) = try await branch(
                of: request.log, fork: request.fork, named: request.branch, in: directory)
            let choice = try Self.choice(known, branch)
            let isDone = standing.lastChoice(of: known.fork, by: member).map { $0 == choice } ?? false
            let foreseen = try await foresee([Operation(choice)])
            try foreseen.check(choice, by: member, isRoot: try await rootChooses(known.fork))
            if !isDone { _ = try await write(operations: [Operation(choice)]) }
            return ChooseBranch.Answer(
                fork: known.fork.id.hex, member: known.fork.log.member.hex, branch: branch.name,
                head: branch.head.hex, written: !isDone, cuts: foreseen.cuts)
        }
    }

    /// A fork and its proof.
    struct KnownFork: Sendable {
        let fork: Fork
        let proof: ForkProof

        init(_ proof: ForkProof) {
            fork = Fork(proof)
            self.proof = proof
        }

        var branches: [KnownBranch] {
            [("A", proof.branches.0), ("B", proof.branches.1)].compactMap { name, branch in
                branch.headers.first.map { KnownBranch(name: name, first: $0, headers: branch.headers) }
            }
        }
    }

    /// A branch by the bundle with which it begins: whoever chooses that one chooses all that may follow.
    struct KnownBranch: Sendable {
        let name: String
        let first: Header
        let headers: [Header]

        var head: Hash256 { first.id }
        var point: BranchPoint { BranchPoint(length: first.end, head: first.id) }
    }

    /// By their ids.
    private nonisolated func forks() async throws -> [KnownFork] {
        try await ask { try await $0.forkProofs() }.map { KnownFork($0) }.sorted { $0.fork.id < $1.fork.id }
    }

    private nonisolated func row(
        of known: KnownFork, in standing: Standing, _ orders: [SignedRootOrder]
    ) async throws -> ForkRow {
        let log = standing[known.fork.log]
        var branches: [ForkRow.Branch] = []
        for branch in known.branches {
            var stands = false
            if let log { stands = try await ask { try await $0.isOnStandingBranch(branch.point, of: log) } }
            branches.append(
                ForkRow.Branch(
                    name: branch.name, head: branch.head.hex, length: Int(clamping: branch.first.end),
                    shown: Int(clamping: branch.headers.last?.end ?? branch.first.end),
                    at: Timestamp(stored: Int64(clamping: branch.first.time.milliseconds)), stands: stands))
        }
        let isRoots = Self.isChosen(known.fork, by: orders, line: standing.line)
        let stewards = standing.acts.filter { $0.chooses(known.fork) }.map(\.author.hex)
        return ForkRow(
            fork: known.fork.id.hex, member: known.fork.log.member.hex,
            incarnation: Int(known.fork.log.incarnation.number), log: "\(known.fork.log.incarnation)",
            position: Int(clamping: known.fork.position), branches: branches,
            chosenBy: (isRoots ? ["root"] : []) + Set(stewards).sorted())
    }

    // MARK: Which branch is meant

    /// - Throws: `E-FORK-UNKNOWN`, `E-AMBIGUOUS`, `E-USAGE`.
    nonisolated func branch(
        of reference: String, fork digits: String?, named name: String, in directory: MemberDirectory
    ) async throws -> (KnownFork, KnownBranch) {
        let parts = reference.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let key = try await member(parts.first ?? "", in: directory)
        let log = parts.count == 2 ? parts[1].lowercased() : ""
        let all = try await forks().filter { known in
            known.fork.log.member == key && (log.isEmpty || "\(known.fork.log.incarnation)".hasPrefix(log))
        }
        let found = digits.map { digits in all.filter { $0.fork.id.hex.hasPrefix(digits.lowercased()) } } ?? all
        guard let known = found.first else {
            throw Failure(.forkUnknown, "no fork of \(reference)\(digits.map { " is called \($0)" } ?? " is known")")
        }
        guard all.count(where: { $0.fork.log == known.fork.log }) < AuthorLog.Limits.forksPerLog else {
            throw Failure(
                .rule,
                "this log of \(key) is forked \(AuthorLog.Limits.forksPerLog) times, and no choice is believed there",
                hint: "grapevine member revoke --keep says what stays of it")
        }
        guard found.count == 1 else {
            let ids = found.map { $0.fork.id.hex.prefix(12) }.joined(separator: ", ")
            throw Failure(.ambiguous, "\(reference) has several forks: \(ids)", hint: "say which one with --fork")
        }
        let wanted = name.lowercased()
        let branches = known.branches.filter { branch in
            branch.name.lowercased() == wanted
                || (wanted.utf8.count >= MemberDirectory.leastDigits && branch.head.hex.hasPrefix(wanted))
        }
        guard let branch = branches.first, branches.count == 1 else {
            throw Failure(
                .usage, "--branch: \(name) is neither A, nor B, nor how one branch's head begins",
                hint: "grapevine forks")
        }
        return (known, branch)
    }

    nonisolated static func choice(_ known: KnownFork, _ branch: KnownBranch) throws(Failure) -> Choice {
        do {
            return try Choice(
                log: known.fork.log, fork: known.fork.id, length: branch.point.length, head: branch.head)
        } catch {
            throw Failure(.internalError, "this choice cannot be made: \(error)")
        }
    }

    private nonisolated func rootChooses(_ fork: Fork) async throws -> Bool {
        let orders = try await ask { try await $0.orders() }
        let line = RootLine(charter: charter, orders: orders.map(\.order))
        return Self.isChosen(fork, by: orders, line: line)
    }

    private nonisolated static func isChosen(_ fork: Fork, by orders: [SignedRootOrder], line: RootLine) -> Bool {
        orders.contains { order in
            guard case .choose(let choice) = order.order.content else { return false }
            return choice.fork == fork.id && choice.log == fork.log && line.counts(order.order, hash: order.hash)
        }
    }
}

extension StandingAct {
    fileprivate func chooses(_ fork: Fork) -> Bool {
        guard case .choose(let choice) = operation else { return false }
        return choice.fork == fork.id && choice.log == fork.log
    }
}

extension Standing {
    /// That steward's last word on the fork.
    fileprivate func lastChoice(of fork: Fork, by author: MemberKey) -> Choice? {
        let last = acts.filter { $0.author == author && $0.chooses(fork) }.max { $0.isWritten(before: $1) }
        guard case .choose(let choice)? = last?.operation else { return nil }
        return choice
    }
}

extension Foreseen {
    /// - Throws: `E-RULE` where the choice would say nothing, naming who could make it.
    fileprivate func check(_ choice: Choice, by author: MemberKey, isRoot: Bool) throws(Failure) {
        guard !isRoot else {
            throw Failure(
                .rule, "the root has chosen a branch here, and only a further root order changes that",
                hint: "grapevine root order choose")
        }
        guard let above = before[choice.log.member]?.protectors, !above.contains(author) else { return }
        throw Failure(
            .rule,
            above.isEmpty
                ? "\(choice.log.member) is a steward of the root's own: only the root chooses"
                : "\(choice.log.member) is a steward, and you are not above it: \(above.map(\.hex).joined(separator: ", ")) or the root may choose",
            hint: "ask there, or sign `grapevine root order choose`")
    }
}
