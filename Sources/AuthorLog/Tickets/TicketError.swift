package enum TicketError: Error, Equatable, Sendable {
    /// Something else altogether.
    case notATicket
    /// Made by a later version of this program.
    case newerVersion(Int)
    /// A part is missing or mistyped.
    case damaged
    /// The checksum is right, but what it covers is no ticket.
    case malformed(AuthorityFormError)
    case charter(CharterError)
    case chain(ChainError)
    /// The chain does not end in an invite.
    case noInvite
    case expired(milliseconds: UInt64)
}
