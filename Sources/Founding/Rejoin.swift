import AuthorLog
import Identity

/// A ticket of the community that the home is a member of already. Keys, record and role stay; what may have changed since is
/// taken from the ticket: where nodes are called, and with which network key.
///
/// - Throws: `E-HOME-LOCKED` while a node runs there.
func rejoin(_ folder: Folder, with ticket: Ticket) throws(FoundingError) -> Joined {
    let home = try Home.open(at: folder.path)
    let lock = try home.lock()
    let described = try describe(home: home.path)
    try home.keep(ticketNetworkKey: ticket.networkKey)
    try home.keep(addresses: ticket.addresses)
    return withExtendedLifetime(lock) {
        Joined(
            community: described.community, member: described.member, role: described.role, home: described.home,
            wasMember: true)
    }
}

extension Home {
    /// These first, then those known before. Whole or not at all.
    fileprivate func keep(addresses: [String]) throws(FoundingError) {
        var lines: [String] = []
        var byteCount = 0
        for address in addresses + (try knownAddresses()) where !lines.contains(address) {
            byteCount += address.utf8.count + 1
            guard byteCount <= Limits.addressesByteLimit else { break }
            lines.append(address)
        }
        let draft = File.addresses.rawValue + ".new"
        folder.remove(draft)
        _ = try folder.create(draft, .plain(Array(lines.map { $0 + "\n" }.joined().utf8)))
        try folder.rename(draft, to: File.addresses.rawValue)
        try folder.synchronize()
    }
}
