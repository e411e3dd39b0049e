import API
import AuthorLog
import Founding
import Identity

/// Where the root signs: the community's charter, and what the record holds, if a node is there to ask.
struct SigningDesk {
    let charter: Charter
    /// None where the charter is a ticket's: then nobody is asked.
    let home: Home?
    /// Root orders that the node holds; nil where none runs.
    let held: [RootOrderRow]?

    /// - Parameter ticket: `@FILE`, `-` or the ticket; nil: the charter is the home's.
    static func open(home path: () throws(Failure) -> String, ticket: String?) async throws -> SigningDesk {
        if let ticket {
            let text = try TicketArgument.text(ticket)
            let charter = try FoundingBridge.asked { () throws(FoundingError) in try Founding.charter(ticketText: text)
            }
            return SigningDesk(charter: charter, home: nil, held: nil)
        }
        let path = try path()
        let home = try FoundingBridge.asked { () throws(FoundingError) in
            try ProcessSafety.harden()
            return try Home.open(at: path)
        }
        let charter = try FoundingBridge.asked { () throws(FoundingError) in try home.charter() }
        return SigningDesk(charter: charter, home: home, held: try await orders(home: home.path))
    }

    private static func orders(home: String) async throws -> [RootOrderRow]? {
        do {
            return try await DaemonClient.with(home: home) { daemon in
                var rows: [RootOrderRow] = []
                var question = ListRootOrders(limit: API.Limits.pageRowsCeiling)
                repeat {
                    let page = try await daemon.ask(question)
                    rows += page.rows
                    question.after = page.next
                } while question.after != nil
                return rows
            }
        } catch let failure as Failure where failure.code == .daemonDown {
            return nil
        }
    }

    /// Asks the node of the home.
    ///
    /// - Throws: `E-DAEMON-DOWN`, saying what only a node knows.
    func ask<Question: Request>(_ question: Question, for what: String) async throws -> Question.Answer {
        guard let home, held != nil else {
            throw Failure(.daemonDown, "\(what) is known to a running node only", hint: "grapevine start")
        }
        return try await DaemonClient.with(home: home.path) { try await $0.ask(question) }
    }

    /// - Throws: `E-ORDER-SERIAL` where nobody knows the next one, or the one given is too low.
    func serial(_ given: UInt64?) throws(Failure) -> UInt64 {
        try Self.serial(given, held: held?.map(\.serial))
    }

    static func serial(_ given: UInt64?, held: [Int]?) throws(Failure) -> UInt64 {
        let highest = (held?.max()).map { UInt64(clamping: $0) }
        if let given {
            guard given > highest ?? 0 else {
                throw Failure(.orderSerial, "the serial \(given) is used: the highest held is \(highest ?? 0)")
            }
            return given
        }
        guard let highest else {
            throw Failure(.orderSerial, "nobody says which serial is next: the node does not run")
        }
        return highest + 1
    }

    /// What the node says that the order would change; nil where none is there to ask.
    ///
    /// - Throws: As publishing it would.
    func foresee(_ order: SignedRootOrder) async throws -> PublishRootOrder.Answer? {
        guard let home, held != nil else { return nil }
        return try await DaemonClient.with(home: home.path) {
            try await $0.ask(PublishRootOrder(text: order.text, dryRun: true))
        }
    }

    /// - Throws: As `RootSigner`, and `E-RULE` for a root that a successor has retired, or that did not take over yet and is to sign
    ///   anything but its succession.
    func signer(keyFile: String, for kind: RootOrderKind) throws(Failure) -> RootSigner {
        let announced = (held ?? []).compactMap { $0.next.flatMap { Hash256(hex: $0) } }
        let signer = try FoundingBridge.asked { () throws(FoundingError) in
            try RootSigner(keyFile: keyFile, charter: charter, home: home, announced: announced)
        }
        switch place(of: signer.key) {
        case .inOffice: break
        case .retired, .none?:
            throw Failure(
                .rule, "\(keyFile) is a root key that has been retired: what it signs does not count",
                hint: "sign with the key of the successor who took over")
        case .announced:
            guard kind != .succession else { break }
            throw Failure(
                .rule, "\(keyFile) is announced and not in office: until it is, it signs a succession only",
                hint: "sign with the root key in office, or publish `grapevine root order succession` first")
        case nil:
            guard kind != .succession, signer.key != charter.rootKey else { break }
            Console.remark(
                "No node was asked whether this successor is in office: if it is not, nodes refuse what it signs here.")
        }
        return signer
    }

    /// Nil where no node says it.
    private func place(of key: RootKey) -> RootPlace? {
        guard let held else { return nil }
        return Self.place(of: key, charter: charter, held: held)
    }

    static func place(of key: RootKey, charter: Charter, held: [RootOrderRow]) -> RootPlace {
        if let row = held.first(where: { $0.signedBy == key.hex }) { return row.root }
        // A successor in office has signed the order by which he came.
        let isSucceeded = held.contains { $0.root == .inOffice && $0.signedBy != charter.rootKey.hex }
        return key != charter.rootKey ? .announced : isSucceeded ? .retired : .inOffice
    }

    /// A whole key, or whatever the node knows a member by.
    func member(_ text: String) async throws -> MemberKey {
        if let key = MemberKey(hex: text) { return key }
        guard held != nil else {
            throw Failure(.key, "without a running node a member is named by the whole key, and \(text) is none")
        }
        let row = try await ask(ShowMember(text), for: "who \(text) is")
        guard let key = MemberKey(hex: row.member) else { throw Failure(.internalError, "\(row.member) is no key") }
        return key
    }

    /// A printed member id, or that of a member whom the node knows.
    func memberID(_ text: String) async throws -> MemberID {
        if let id = MemberID(hex: text) { return id }
        let row = try await ask(ShowMember(text), for: "the member id of \(text)")
        guard let id = row.memberID.flatMap({ MemberID(hex: $0) }) else {
            throw Failure(.rule, "\(text) has no right that stands, so no member id to share")
        }
        return id
    }
}
