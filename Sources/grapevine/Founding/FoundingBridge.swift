import API
import AuthorLog
import FoundationEssentials
import Founding
import Identity

/// What needs no daemon: the Founding room, in the words of the command line.
enum FoundingBridge {
    static func found(
        home: String, title: String, currency: String, attribution: AttributionName, windowDays: UInt32,
        qualifying: String?, rootKey: String?
    ) throws(Failure) -> FoundAnswer {
        let qualifyingMinor = try qualifying.map { text throws(Failure) in
            try QualifyingAmount(text, currency: currency).minor
        }
        let options = FoundingOptions(
            title: title, currency: currency, attribution: attribution == .firstTouch ? .firstTouch : .lastTouch,
            windowDays: windowDays, qualifyingMinor: qualifyingMinor ?? 0, rootKeyPath: rootKey)
        let founded = try asked { () throws(FoundingError) in
            try ProcessSafety.harden()
            return try Founding.found(home: home, options: options, nowMilliseconds: now())
        }
        return FoundAnswer(
            community: founded.community.hex, member: founded.member.hex, home: founded.home,
            rootKeyFile: founded.rootKeyFile, successorKeyFile: founded.successorKeyFile)
    }

    static func join(home: String, ticket: String) throws(Failure) -> JoinAnswer {
        let joined = try asked { () throws(FoundingError) in
            try ProcessSafety.harden()
            return try Founding.join(home: home, ticketText: ticket, nowMilliseconds: now())
        }
        return JoinAnswer(
            community: joined.community.hex, member: joined.member.hex, role: name(joined.role), home: joined.home,
            refreshed: joined.wasMember)
    }

    static func describe(ticket: String) throws(Failure) -> TicketAnswer {
        let ticket = try asked { () throws(FoundingError) in try Founding.describe(ticketText: ticket) }
        let expires = ticket.expiresMilliseconds
        return TicketAnswer(
            community: ticket.community.hex, title: ticket.title, currency: ticket.currency, role: name(ticket.role),
            uses: Int(ticket.uses),
            expiresAt: expires == 0 ? nil : Int64(exactly: expires).flatMap { Timestamp(milliseconds: $0) },
            addresses: ticket.addresses)
    }

    /// - Returns: The public key of the invite, 64 hex digits.
    static func inviteKey(ofTicket ticket: String) throws(Failure) -> String {
        try asked { () throws(FoundingError) in try Founding.describe(ticketText: ticket) }.inviteKey.hex
    }

    static func describe(home: String) throws(Failure) -> HomeAnswer {
        let home = try asked { () throws(FoundingError) in try Founding.describe(home: home) }
        return HomeAnswer(
            community: home.community.hex, title: home.title, currency: home.currency, member: home.member.hex,
            role: name(home.role), home: home.home)
    }

    /// - Throws: `E-NO-COMMUNITY` where nobody founded or joined one. What else may be wrong with a home is the daemon's to say,
    ///   when it starts.
    static func checkCommunity(in home: String) throws(Failure) {
        do {
            try asked { () throws(FoundingError) in _ = try Home.open(at: home) }
        } catch  where error.code == .noCommunity {
            throw error
        } catch {}
    }

    static func asked<Value>(_ body: () throws(FoundingError) -> Value) throws(Failure) -> Value {
        do throws(FoundingError) {
            return try body()
        } catch {
            guard let code = Failure.Code(rawValue: error.code) else {
                throw Failure(.internalError, "\(error.code): \(error.message)", hint: error.hint)
            }
            throw Failure(code, error.message, hint: error.hint)
        }
    }

    private static func name(_ role: Role) -> String {
        switch role {
        case .none: "none"
        case .observer: RoleName.observer.rawValue
        case .ambassador: RoleName.ambassador.rawValue
        case .treasurer: RoleName.treasurer.rawValue
        case .steward: RoleName.steward.rawValue
        }
    }

    static func now() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
    }
}
