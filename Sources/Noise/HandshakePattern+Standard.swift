extension HandshakePattern {
    /// What Grapevine speaks: both sides show their static key under encryption, and a stranger without the community's
    /// network key fails at the first message.
    package static let xxpsk0 = HandshakePattern(
        "XXpsk0", messages: [[.psk, .e], [.e, .ee, .s, .es], [.s, .se]])

    /// The 15 fundamental patterns (section 7) and the 23 deferred ones (section 18.1).
    package static let standard: [HandshakePattern] = oneWay + interactive + deferred

    private static func pattern(
        _ name: String, _ initiator: [Token] = [], _ responder: [Token] = [], _ messages: [Token]...
    ) -> HandshakePattern {
        HandshakePattern(name, initiatorPremessage: initiator, responderPremessage: responder, messages: messages)
    }

    private static let oneWay = [
        pattern("N", [], [.s], [.e, .es]),
        pattern("K", [.s], [.s], [.e, .es, .ss]),
        pattern("X", [], [.s], [.e, .es, .s, .ss]),
    ]

    private static let interactive = [
        pattern("NN", [], [], [.e], [.e, .ee]),
        pattern("NK", [], [.s], [.e, .es], [.e, .ee]),
        pattern("NX", [], [], [.e], [.e, .ee, .s, .es]),
        pattern("KN", [.s], [], [.e], [.e, .ee, .se]),
        pattern("KK", [.s], [.s], [.e, .es, .ss], [.e, .ee, .se]),
        pattern("KX", [.s], [], [.e], [.e, .ee, .se, .s, .es]),
        pattern("XN", [], [], [.e], [.e, .ee], [.s, .se]),
        pattern("XK", [], [.s], [.e, .es], [.e, .ee], [.s, .se]),
        pattern("XX", [], [], [.e], [.e, .ee, .s, .es], [.s, .se]),
        pattern("IN", [], [], [.e, .s], [.e, .ee, .se]),
        pattern("IK", [], [.s], [.e, .es, .s, .ss], [.e, .ee, .se]),
        pattern("IX", [], [], [.e, .s], [.e, .ee, .se, .s, .es]),
    ]

    private static let deferred = [
        pattern("NK1", [], [.s], [.e], [.e, .ee, .es]),
        pattern("NX1", [], [], [.e], [.e, .ee, .s], [.es]),
        pattern("X1N", [], [], [.e], [.e, .ee], [.s], [.se]),
        pattern("X1K", [], [.s], [.e, .es], [.e, .ee], [.s], [.se]),
        pattern("XK1", [], [.s], [.e], [.e, .ee, .es], [.s, .se]),
        pattern("X1K1", [], [.s], [.e], [.e, .ee, .es], [.s], [.se]),
        pattern("X1X", [], [], [.e], [.e, .ee, .s, .es], [.s], [.se]),
        pattern("XX1", [], [], [.e], [.e, .ee, .s], [.es, .s, .se]),
        pattern("X1X1", [], [], [.e], [.e, .ee, .s], [.es, .s], [.se]),
        pattern("K1N", [.s], [], [.e], [.e, .ee], [.se]),
        pattern("K1K", [.s], [.s], [.e, .es], [.e, .ee], [.se]),
        pattern("KK1", [.s], [.s], [.e], [.e, .ee, .se, .es]),
        pattern("K1K1", [.s], [.s], [.e], [.e, .ee, .es], [.se]),
        pattern("K1X", [.s], [], [.e], [.e, .ee, .s, .es], [.se]),
        pattern("KX1", [.s], [], [.e], [.e, .ee, .se, .s], [.es]),
        pattern("K1X1", [.s], [], [.e], [.e, .ee, .s], [.se, .es]),
        pattern("I1N", [], [], [.e, .s], [.e, .ee], [.se]),
        pattern("I1K", [], [.s], [.e, .es, .s], [.e, .ee], [.se]),
        pattern("IK1", [], [.s], [.e, .s], [.e, .ee, .se, .es]),
        pattern("I1K1", [], [.s], [.e, .s], [.e, .ee, .es], [.se]),
        pattern("I1X", [], [], [.e, .s], [.e, .ee, .s, .es], [.se]),
        pattern("IX1", [], [], [.e, .s], [.e, .ee, .se, .s], [.es]),
        pattern("I1X1", [], [], [.e, .s], [.e, .ee, .s], [.se, .es]),
    ]
}
