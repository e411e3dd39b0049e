/// A registration of a code that another one of lower place beats: kept, so that whoever lost the code can be told.
package struct OvertakenRegistration: Hashable, Sendable {
    package var code: CodeNumber
    package var registrant: PersonNumber
    package var written: String
    package var place: Place

    package init(code: CodeNumber, registrant: PersonNumber, written: String, place: Place) {
        self.code = code
        self.registrant = registrant
        self.written = written
        self.place = place
    }
}

extension CodeRow {
    /// The registration that counts; nil where nobody registered the code.
    package var registration: OvertakenRegistration? {
        guard let registrant, let written, let registeredAt else { return nil }
        return OvertakenRegistration(code: number, registrant: registrant, written: written, place: registeredAt)
    }
}
