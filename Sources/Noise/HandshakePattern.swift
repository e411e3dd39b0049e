/// Who sends what, as data: one array of tokens a message, the initiator's first, then alternating.
///
/// Source: The Noise Protocol Framework, revision 34, sections 7 and 9.
package struct HandshakePattern: Hashable, Sendable {
    package enum Token: Hashable, Sendable { case e, s, ee, es, se, ss, psk }

    /// With modifiers, as in "XXpsk0".
    package private(set) var name: String
    /// What each side knows of the other beforehand: `e` and `s` only.
    package let initiatorPremessage: [Token]
    package let responderPremessage: [Token]
    package private(set) var messages: [[Token]]

    package init(
        _ name: String, initiatorPremessage: [Token] = [], responderPremessage: [Token] = [], messages: [[Token]]
    ) {
        self.name = name
        self.initiatorPremessage = initiatorPremessage
        self.responderPremessage = responderPremessage
        self.messages = messages
    }

    /// - Parameter name: A standard pattern and its psk modifiers, such as "IK", "X1K1", "XXpsk0" or "XXpsk0+psk3".
    package init(named name: String) throws(NoiseError) {
        let baseName = name.prefix { $0.isUppercase || $0 == "1" }
        guard let base = Self.standard.first(where: { $0.name == baseName }) else { throw .unknownPattern(name) }
        self = base
        guard baseName.endIndex < name.endIndex else { return }
        for modifier in name[baseName.endIndex...].split(separator: "+", omittingEmptySubsequences: false) {
            try apply(modifier, in: name)
        }
        self.name = name
    }

    /// - Parameter protocolName: Such as "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b".
    package init(protocolName: String) throws(NoiseError) {
        guard protocolName.hasPrefix(Self.protocolPrefix), protocolName.hasSuffix(Self.suite),
            protocolName.utf8.count > Self.protocolPrefix.utf8.count + Self.suite.utf8.count
        else { throw .unknownPattern(protocolName) }
        try self.init(named: String(protocolName.dropFirst(Self.protocolPrefix.count).dropLast(Self.suite.count)))
    }

    package var protocolName: String { Self.protocolPrefix + name + Self.suite }

    package var pskCount: Int { messages.joined().count { $0 == .psk } }

    /// One message, and afterwards only the initiator may speak.
    package var isOneWay: Bool { messages.count == 1 }

    private static let protocolPrefix = "Noise_"
    private static let suite = "_25519_ChaChaPoly_BLAKE2b"

    /// "psk0" stands before the first message's tokens, "psk<n>" after the n-th message's.
    private mutating func apply(_ modifier: Substring, in name: String) throws(NoiseError) {
        guard modifier.hasPrefix("psk"), let place = modifier.dropFirst(3).first?.wholeNumberValue, modifier.count == 4,
            place <= messages.count
        else { throw .unknownPattern(name) }
        let message = max(place, 1) - 1
        let isTaken = place == 0 ? messages[message].first == .psk : messages[message].last == .psk
        guard !isTaken else { throw .unknownPattern(name) }
        messages[message].insert(.psk, at: place == 0 ? 0 : messages[message].endIndex)
    }
}
