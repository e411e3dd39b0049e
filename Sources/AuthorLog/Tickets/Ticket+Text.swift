import Identity

/// A ticket as people pass it on.
extension Ticket {
    private static let form = PrintedForm(kind: "GRAPEVINE", checksum: .ticket)

    package var text: String { Self.form.text(bytes) }

    /// - Parameter text: As pasted: '-', spaces and line breaks are ignored, and so is the case.
    package init(parsing text: String) throws(TicketError) {
        let bytes: [UInt8]
        do {
            bytes = try Self.form.bytes(in: text, byteLimit: Limits.ticketTextByteLimit)
        } catch {
            switch error {
            case .otherKind: throw .notATicket
            case .newerVersion(let version): throw .newerVersion(version)
            case .damaged: throw .damaged
            }
        }
        try self.init(decoding: bytes)
    }
}
