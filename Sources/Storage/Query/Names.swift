package import Community
import GRDB
package import Identity

/// A person as answers name them: by the external id where one is held, else by the printed id.
package struct PersonName: Hashable, Sendable {
    package let id: PersonID
    package let external: String?

    package init(id: PersonID, external: String?) {
        self.id = id
        self.external = external
    }

    package var text: String { external ?? id.hex }
    package var printedID: String { id.hex }
}

/// A pledge as answers name it, likewise.
package struct PledgeName: Hashable, Sendable {
    package let id: PledgeID
    package let external: String?

    package init(id: PledgeID, external: String?) {
        self.id = id
        self.external = external
    }

    package var text: String { external ?? id.hex }
    package var printedID: String { id.hex }
}

extension Row {
    /// Columns: id, external id.
    func personName(_ index: Int) throws -> PersonName {
        PersonName(id: try fixed(index), external: self[index + 1])
    }

    func optionalPersonName(_ index: Int) throws -> PersonName? {
        try hasNull(atIndex: index) ? nil : personName(index)
    }

    /// Columns: id, external id.
    func pledgeName(_ index: Int) throws -> PledgeName {
        PledgeName(id: try fixed(index), external: self[index + 1])
    }

    /// - Returns: The minor unit's decimals of a stored currency.
    func exponent(ofCurrency index: Int) throws -> Int {
        guard let currency = Currency(self[index]) else {
            throw StorageError.stateIsDamaged("currency \(self[index] as String)")
        }
        return currency.exponent
    }

    func pledgeState(_ index: Int) throws -> PledgeState {
        guard let state = PledgeState(rawValue: self[index]) else {
            throw StorageError.stateIsDamaged("pledge of unknown state \(self[index] as Int64)")
        }
        return state
    }
}

extension PledgeState {
    /// As commands, pages and CSV files print it.
    package var name: String {
        switch self {
        case .pledged: "pledged"
        case .paid: "paid"
        case .refunded: "refunded"
        case .cancelled: "cancelled"
        case .lapsed: "lapsed"
        }
    }
}
