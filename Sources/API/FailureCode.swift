extension Failure {
    /// Every code there is, each with a page in the documentation: add, never change.
    package enum Code: String, CaseIterable, Codable, Hashable, Sendable {
        // The command or a value in it.
        case usage = "E-USAGE"
        case request = "E-REQUEST"
        case amount = "E-AMOUNT"
        case currency = "E-CURRENCY"
        case time = "E-TIME"
        case duration = "E-DURATION"
        case codeForm = "E-CODE-FORM"
        case contact = "E-CONTACT"
        case text = "E-TEXT"
        case mood = "E-MOOD"
        case identifier = "E-ID"
        case cursor = "E-CURSOR"
        case file = "E-FILE"
        case csvHeader = "E-CSV-HEADER"
        case gzip = "E-GZIP"
        case title = "E-TITLE"
        case ticketMalformed = "E-TICKET-MALFORMED"
        case ticketTruncated = "E-TICKET-TRUNCATED"
        case ticketVersion = "E-TICKET-VERSION"
        case homePath = "E-HOME-PATH"
        case key = "E-KEY"
        case orderMalformed = "E-ORDER-MALFORMED"
        case orderSerial = "E-ORDER-SERIAL"
        case rootKeyMalformed = "E-ROOT-KEY-MALFORMED"

        // The daemon.
        case daemonDown = "E-DAEMON-DOWN"
        case daemonStart = "E-DAEMON-START"
        case daemonStop = "E-DAEMON-STOP"

        // Not found.
        case noCommunity = "E-NO-COMMUNITY"
        case personUnknown = "E-PERSON-UNKNOWN"
        case codeUnknown = "E-CODE-UNKNOWN"
        case pledgeUnknown = "E-PLEDGE-UNKNOWN"
        case memberUnknown = "E-MEMBER-UNKNOWN"
        case inviteUnknown = "E-INVITE-UNKNOWN"
        case forkUnknown = "E-FORK-UNKNOWN"
        case referralUnknown = "E-REFERRAL-UNKNOWN"
        case voiceUnknown = "E-VOICE-UNKNOWN"
        case pathUnknown = "E-PATH-UNKNOWN"

        // Refused by a rule.
        case role = "E-ROLE"
        case rule = "E-RULE"
        case quota = "E-QUOTA"
        case reference = "E-REFERENCE"
        case ambiguous = "E-AMBIGUOUS"
        case codeTaken = "E-CODE-TAKEN"
        case selfReferral = "E-SELF"
        case pledgeState = "E-PLEDGE-STATE"
        case pledgeExists = "E-PLEDGE-EXISTS"
        case overRange = "E-OVER-RANGE"
        case ownership = "E-OWNER"
        case inviteExpired = "E-INVITE-EXPIRED"
        case ticketExpired = "E-TICKET-EXPIRED"
        case ticketForeign = "E-TICKET-FOREIGN"
        case homeExists = "E-HOME-EXISTS"
        case homeLocked = "E-HOME-LOCKED"
        case homeUnsafe = "E-HOME-UNSAFE"
        case homeDamaged = "E-HOME-DAMAGED"
        case rootKeyInside = "E-ROOT-KEY-INSIDE"
        case rootKeyExists = "E-ROOT-KEY-EXISTS"
        case rootKeyForeign = "E-ROOT-KEY-FOREIGN"
        case orderForeign = "E-ORDER-FOREIGN"
        case forbidden = "E-FORBIDDEN"
        case tooLarge = "E-TOO-LARGE"

        // Our side.
        case diskFull = "E-DISK-FULL"
        case storage = "E-STORAGE"
        case internalError = "E-INTERNAL"
    }
}

extension Failure.Code {
    package var exit: ExitStatus {
        switch self {
        case .usage, .request, .amount, .currency, .time, .duration, .codeForm, .contact, .text, .mood, .identifier,
            .cursor,
            .file, .csvHeader, .gzip, .title, .ticketMalformed, .ticketTruncated, .ticketVersion, .homePath, .key,
            .orderMalformed, .orderSerial, .rootKeyMalformed:
            .usage
        case .daemonDown, .daemonStart: .daemonDown
        case .noCommunity, .personUnknown, .codeUnknown, .pledgeUnknown, .voiceUnknown, .memberUnknown, .inviteUnknown,
            .forkUnknown,
            .referralUnknown, .pathUnknown:
            .notFound
        case .role, .rule, .quota, .reference, .ambiguous, .codeTaken, .selfReferral, .pledgeState, .pledgeExists,
            .overRange,
            .ownership, .inviteExpired, .ticketExpired, .ticketForeign, .homeExists, .homeLocked, .homeUnsafe,
            .rootKeyInside, .rootKeyExists, .rootKeyForeign, .orderForeign, .forbidden, .tooLarge, .diskFull:
            .refused
        case .homeDamaged, .daemonStop, .storage, .internalError: .failed
        }
    }

    /// The status line of the answer that carries it.
    package var httpStatus: Int {
        switch self {
        case .forbidden, .role, .rule, .ownership: 403
        case .tooLarge: 413
        case .diskFull: 507
        case .daemonDown: 503
        default:
            switch exit {
            case .usage: 400
            case .notFound: 404
            case .refused: 409
            case .ok, .partly, .daemonDown, .failed: 500
            }
        }
    }

    /// What to do about it, where the failure itself knows nothing better.
    package var hint: String {
        switch self {
        case .usage: "grapevine help"
        case .request: "the command line and the daemon may differ in version: compare `grapevine version`"
        case .amount: "an amount is digits with at most the currency's own decimals, like 12.50"
        case .currency: "a currency is an ISO 4217 code, like USD or EUR"
        case .time: "a time is RFC 3339, like 2026-01-31T18:00:00Z"
        case .duration: "a duration is a number and a unit: 30m, 12h, 7d, 4w"
        case .codeForm: "a code is 1 to 32 letters and digits; - and _ and spaces are ignored"
        case .contact: "a contact is an address like ana@example.org"
        case .text: "leave out line ends and other controls, and keep it short"
        case .mood: "a mood is -2 (very bad), -1, 0, 1 or 2 (very good)"
        case .identifier: "copy the id again; its last symbols check the others"
        case .cursor: "give --after the `next` of the page before, unchanged"
        case .file: "check the path and its permissions"
        case .csvHeader: "the first line names the columns: see `grapevine help import`"
        case .gzip: "the file is damaged or cut short: fetch it again"
        case .title: "give a short one with --title"
        case .ticketMalformed, .ticketTruncated: "ask for the ticket again, and paste the whole of it"
        case .ticketVersion: "install the current version of Grapevine"
        case .key: "a member key is 64 hex digits: `grapevine status` prints one's own"
        case .orderMalformed: "make the order again, and hand over the whole of it"
        case .orderSerial: "give --serial: one more than the highest ever signed"
        case .rootKeyMalformed: "give the file that `grapevine init` wrote, or its successor's"
        case .homePath: "choose a shorter --home, or set XDG_RUNTIME_DIR"
        case .daemonDown: "grapevine start"
        case .daemonStart: "the reason is at the end of grapevined.log in the home"
        case .daemonStop: "look at grapevined.log in the home"
        case .noCommunity: "found one with `grapevine init`, or join one with `grapevine join`"
        case .personUnknown: "grapevine backer list"
        case .codeUnknown: "check the code, or pass --allow-unknown if its owner is registered later"
        case .pledgeUnknown: "grapevine pledge list"
        case .memberUnknown: "grapevine member list"
        case .inviteUnknown: "grapevine member show, of the steward who invited"
        case .forkUnknown: "grapevine forks"
        case .referralUnknown: "grapevine referral list"
        case .voiceUnknown: "grapevine feedback list, or grapevine post list"
        case .pathUnknown: "the command line and the daemon may differ in version: compare `grapevine version`"
        case .rule: "ask a steward above that member, or whoever keeps the root key"
        case .role: "ask a steward to do it, or to grant you the role"
        case .quota: "wait until tomorrow, or ask a steward for a higher quota"
        case .reference: "name this payment with --reference"
        case .ambiguous: "say which one with --source"
        case .codeTaken: "choose another code, or leave it out to get one of your own"
        case .selfReferral: "nobody brings themselves: use another person's code"
        case .pledgeState: "grapevine pledge show"
        case .pledgeExists: "change it with `grapevine pledge change`"
        case .overRange: "ask for a smaller part of the record"
        case .ownership: "only its author, or a steward, may do this"
        case .inviteExpired, .ticketExpired: "ask whoever invited you for a new one"
        case .ticketForeign, .homeExists: "use another --home for another community"
        case .homeLocked: "stop it first with `grapevine stop`"
        case .homeUnsafe: "the home must be yours alone: chmod 700"
        case .homeDamaged: "restore it from a backup of the home"
        case .rootKeyInside: "move it to a medium you keep offline"
        case .rootKeyExists: "choose another file with --root-key"
        case .rootKeyForeign: "give the root key of this community"
        case .orderForeign: "publish it in the community that it is for"
        case .forbidden: "only the owner of the home may talk to its daemon"
        case .tooLarge: "send it in smaller parts"
        case .diskFull: "free some space; nothing written so far is lost"
        case .storage: "grapevine verify"
        case .internalError: "please report it, with grapevined.log"
        }
    }
}
