import Identity

/// What of a record's private part may be believed: an external id only where it hashes to the id that it stands beside.
package struct ToldRecord: Equatable, Sendable {
    package var externalID = ""
    package var pledgeExternalID = ""
    package var name = ""
    package var contact = ""

    /// - Parameter bytes: The private part.
    /// - Returns: nil where nothing of it is to be kept.
    package init?(_ bytes: UnsafeRawBufferPointer, of record: Record, _ pseudonyms: Pseudonyms) {
        guard let told = RecordPrivate(decoding: bytes) else { return nil }
        if let person = record.person {
            (name, contact) = (told.name, told.contact)
            if !told.externalID.isEmpty,
                pseudonyms.person(source: record.source, externalID: told.externalID) == person
            {
                externalID = told.externalID
            }
        }
        let pledge = record.pledge == nil && record.money.isEmpty ? nil : record.paidPledge
        if let pledge, !told.pledgeExternalID.isEmpty,
            pseudonyms.pledge(source: record.source, externalID: told.pledgeExternalID) == pledge
        {
            pledgeExternalID = told.pledgeExternalID
        }
        if isEmpty { return nil }
    }

    package var isEmpty: Bool {
        externalID.isEmpty && pledgeExternalID.isEmpty && name.isEmpty && contact.isEmpty
    }
}
