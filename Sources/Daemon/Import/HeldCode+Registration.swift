import Community
import Identity
import Storage

/// What registering a code would do to the record.
enum RegistrationOutcome {
    case write
    /// The code is theirs, and was so at that time already.
    case unchanged
    /// Another's, and stays so.
    case taken
}

extension HeldCode {
    /// An own code beats a registered one, and of registrations the one of lowest place counts: who states an earlier time
    /// takes a code over, as he would on every other node.
    func outcome(of registration: Record.Registration, by person: PersonID) -> RegistrationOutcome {
        if isOwn, owner != person { return .taken }
        guard let held = self.registration else {
            // An own code needs no registration, but may have one, with its date.
            return isOwn && registration.at == nil ? .unchanged : .write
        }
        if isOwn, held.registrant != person { return .unchanged }
        if let at = registration.at, at < held.at { return .write }
        return held.registrant == person ? .unchanged : .taken
    }

    /// - Parameter now: What a registration without a time is dated with.
    mutating func take(_ registration: Record.Registration, by person: PersonID, at now: Int64) {
        self.registration = HeldRegistration(
            registrant: person, written: registration.written, at: registration.at ?? now)
        if !isOwn { owner = person }
    }
}
