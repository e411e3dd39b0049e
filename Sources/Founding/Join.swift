package import AuthorLog
package import Identity

package struct Joined: Hashable, Sendable {
    package let community: CommunityID
    package let member: MemberKey
    package let role: Role
    /// Absolute, without symbolic links.
    package let home: String
    /// The home was this community's before: see `rejoin`.
    package let wasMember: Bool
}

/// Makes the home of a new member: its keys, and the chain that the ticket's invite and the new key give. Nobody else is asked.
/// In a home of the ticket's community only the network key and the known addresses are taken from the ticket.
///
/// - Parameters:
///   - path: May not exist yet, or is an empty directory of ours, or a home of the ticket's community.
///   - nowMilliseconds: The local clock's; peers judge an expiry for themselves.
/// - Throws: `E-TICKET-…`; `E-TICKET-FOREIGN` where the home holds another community; `E-HOME-EXISTS`, `E-HOME-LOCKED`,
///   `E-HOME-UNSAFE`.
package func join(home path: String, ticketText: String, nowMilliseconds: UInt64) throws(FoundingError) -> Joined {
    let ticket = try ticket(in: ticketText)
    let own = try ownFolder(for: ticket, at: path)
    do throws(TicketError) {
        try ticket.checkExpiry(wallMilliseconds: nowMilliseconds)
    } catch {
        throw .ticket(error)
    }
    if let own { return try rejoin(own, with: ticket) }

    let site = try HomeSite(preparing: path)
    let key = SigningKey.generate()
    let member: MemberKey = key.publicKey()
    let presentation: Presentation
    do throws(AuthorityFormError) {
        presentation = try Presentation(ticket: ticket, member: member)
    } catch {
        site.abandon()
        throw .ticket(.malformed(error))
    }
    let contents = homeContents(
        member: key, noise: .generate(), networkKey: ticket.networkKey, personKey: ticket.personKey,
        presentation: presentation, addresses: ticket.addresses)
    let home = try site.fill(charter: ticket.charter, contents)
    return Joined(
        community: ticket.charter.id, member: member, role: ticket.invite.role, home: home.path, wasMember: false)
}

/// A home that holds another community than the ticket's is a mix-up, and worth its own words.
///
/// - Returns: Where the home holds this one; nil where there is no home yet.
private func ownFolder(for ticket: Ticket, at path: String) throws(FoundingError) -> Folder? {
    guard try Path.resolvedIfPresent(path) != nil else { return nil }
    let folder = try Folder(path)
    guard try folder.contains(Home.File.charter.rawValue) else { return nil }
    let held = try Home(folder: folder).charter()
    guard held.id != ticket.charter.id else { return folder }
    throw FoundingError(
        code: "E-TICKET-FOREIGN",
        message: "the ticket is for \"\(ticket.charter.title)\" (\(ticket.charter.id.short)), but \(folder.path) "
            + "belongs to \"\(held.title)\" (\(held.id.short))",
        hint: "use another --home for another community", outcome: .refused)
}

func ticket(in text: String) throws(FoundingError) -> Ticket {
    do throws(TicketError) {
        return try Ticket(parsing: text)
    } catch {
        throw .ticket(error)
    }
}

extension FoundingError {
    static func ticket(_ error: TicketError) -> FoundingError {
        let again = "ask for the ticket again, and paste the whole of it"
        return switch error {
        case .notATicket:
            ticket("MALFORMED", "this is no ticket: one begins with GRAPEVINE1", hint: again, .usage)
        case .damaged:
            ticket("TRUNCATED", "a part of the ticket is missing or mistyped", hint: again, .usage)
        case .newerVersion(let version):
            ticket(
                "VERSION", "the ticket was made by a newer version (format \(version))",
                hint: "install the current version of Grapevine", .usage)
        case .malformed, .charter, .chain, .noInvite:
            ticket(
                "MALFORMED", "the ticket does not prove an invitation: \(error)",
                hint: "ask whoever invited you for a new one", .usage)
        case .expired:
            ticket("EXPIRED", "the ticket has expired", hint: "ask whoever invited you for a new one", .refused)
        }
    }

    private static func ticket(
        _ code: String, _ message: String, hint: String, _ outcome: Outcome
    ) -> FoundingError {
        FoundingError(code: "E-TICKET-\(code)", message: message, hint: hint, outcome: outcome)
    }
}
