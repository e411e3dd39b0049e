import API

/// Which invite is meant: its key, or a ticket, of which the daemon is told the key only.
enum InviteArgument {
    /// - Returns: Digits of an invite's public key.
    static func digits(_ argument: String) throws(Failure) -> String {
        let isTicket = argument == "-" || argument.hasPrefix("@") || argument.uppercased().hasPrefix("GRAPEVINE")
        guard isTicket else { return argument }
        return try FoundingBridge.inviteKey(ofTicket: try TicketArgument.text(argument))
    }
}
