package import Identity

/// A handshake as a value: messages go in, messages come out, nothing is read or sent here. Not copyable, as its ephemeral key
/// serves once; it ends in ``split()``.
///
/// Any failure while reading or writing closes it, and every later call throws ``NoiseError/closed``.
///
/// Source: Noise specification, section 5.3, with the suite 25519, ChaChaPoly, BLAKE2b.
package struct HandshakeState: ~Copyable, Sendable {
    package enum Role: Sendable { case initiator, responder }

    /// What can be done next.
    package enum Step: Sendable { case write, read, split, nothing }

    package let pattern: HandshakePattern
    package let role: Role

    private let s: AgreementKey?
    private let e: AgreementKey?
    private var rs: NoiseKey?
    private var re: NoiseKey?
    private let psks: [SecretBytes]

    private var symmetric: SymmetricState
    private var messageIndex = 0
    private var pskIndex = 0
    private var isClosed = false

    /// - Parameters:
    ///   - prologue: What both sides must agree on (version, community) for the handshake to succeed.
    ///   - psks: 32 bytes each, in the order in which the pattern uses them.
    ///   - s: Our static key.
    ///   - e: A key made for this handshake alone; pure rooms have no dice. A caller who uses one twice gives the session away.
    ///   - rs: The peer's static key, only where the pattern has it known beforehand. So is `re`, for compound protocols.
    /// - Throws: ``NoiseError/missingKey(_:)`` and its neighbours when the arguments do not fit the pattern.
    package init(
        pattern: HandshakePattern, role: Role, prologue: [UInt8] = [], psks: [SecretBytes] = [], s: AgreementKey? = nil,
        e: AgreementKey? = nil, rs: NoiseKey? = nil, re: NoiseKey? = nil
    ) throws(NoiseError) {
        let needs = KeyNeeds(of: pattern, as: role)
        if needs.s, s == nil { throw .missingKey(.s) }
        if needs.e, e == nil { throw .missingKey(.e) }
        if needs.rs != (rs != nil) { throw needs.rs ? .missingKey(.rs) : .unexpectedKey(.rs) }
        if needs.re != (re != nil) { throw needs.re ? .missingKey(.re) : .unexpectedKey(.re) }
        guard psks.count == pattern.pskCount else {
            throw .wrongPSKCount(expected: pattern.pskCount, actual: psks.count)
        }
        for psk in psks where psk.count != ChaChaPoly.keyByteCount { throw .wrongPSKLength(psk.count) }

        self.pattern = pattern
        self.role = role
        (self.s, self.e, self.rs, self.re, self.psks) = (s, e, rs, re, psks)
        symmetric = SymmetricState(protocolName: pattern.protocolName)
        symmetric.mixHash(prologue)
        mixPremessage(pattern.initiatorPremessage, isOurs: role == .initiator)
        mixPremessage(pattern.responderPremessage, isOurs: role == .responder)
    }

    package var nextStep: Step {
        if isClosed { return .nothing }
        if messageIndex == pattern.messages.count { return .split }
        return (messageIndex % 2 == 0) == (role == .initiator) ? .write : .read
    }

    package var isFinished: Bool { nextStep == .split }

    /// 64 bytes; a name for the session once the handshake is finished.
    package var handshakeHash: [UInt8] { symmetric.hash }

    /// As far as known, and proved only when the handshake is finished.
    package var remoteStatic: NoiseKey? { rs }

    /// - Returns: At most 65,535 bytes.
    package mutating func writeMessage(_ payload: [UInt8] = []) throws(NoiseError) -> [UInt8] {
        try expect(.write)
        do throws(NoiseError) {
            var message: [UInt8] = []
            for token in pattern.messages[messageIndex] {
                switch token {
                case .e:
                    let key = try required(e, .e).publicKey
                    mixEphemeral(key)
                    key.append(to: &message)
                case .s: message += try symmetric.encryptAndHash(try required(s, .s).publicKey.bytes)
                case .ee, .es, .se, .ss: try mixAgreement(token)
                case .psk: mixPSK()
                }
            }
            let byteCount = message.count + payload.count + symmetric.tagByteCount
            guard byteCount <= NoiseLimits.messageByteLimit else { throw .messageTooLong(byteCount: byteCount) }
            message += try symmetric.encryptAndHash(payload)
            messageIndex += 1
            return message
        } catch {
            isClosed = true
            throw error
        }
    }

    /// - Returns: The payload. Of an unfinished handshake it may come from anybody, or be replayed (section 7.7).
    package mutating func readMessage(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        try expect(.read)
        do throws(NoiseError) {
            guard message.count <= NoiseLimits.messageByteLimit else {
                throw .messageTooLong(byteCount: message.count)
            }
            var reader = ByteReader(message)
            for token in pattern.messages[messageIndex] {
                switch token {
                case .e:
                    let key = try readKey(&reader)
                    mixEphemeral(key)
                    re = key
                case .s: rs = try readStatic(&reader)
                case .ee, .es, .se, .ss: try mixAgreement(token)
                case .psk: mixPSK()
                }
            }
            let payload = try symmetric.decryptAndHash(reader.rest())
            messageIndex += 1
            return payload
        } catch {
            isClosed = true
            throw error
        }
    }

    /// Ends the handshake.
    package consuming func split() throws(NoiseError) -> TransportCiphers {
        try expect(.split)
        let (initiatorKey, responderKey) = symmetric.split()
        let isInitiator = role == .initiator
        var ciphers = TransportCiphers(
            sending: CipherState(key: isInitiator ? initiatorKey : responderKey),
            receiving: CipherState(key: isInitiator ? responderKey : initiatorKey),
            handshakeHash: symmetric.hash, remoteStatic: rs)
        switch (pattern.isOneWay, role) {
        case (false, _): break
        case (true, .initiator): ciphers.receiving = .closed()
        case (true, .responder): ciphers.sending = .closed()
        }
        return ciphers
    }
}

// Tokens.
extension HandshakeState {
    private mutating func mixPremessage(_ tokens: [HandshakePattern.Token], isOurs: Bool) {
        for token in tokens {
            let key =
                switch token {
                case .e: isOurs ? e?.publicKey : re
                default: isOurs ? s?.publicKey : rs
                }
            if let key { symmetric.mixHash(key.bytes) }
        }
    }

    /// Where pre-shared keys are used, ephemerals are mixed into the key, too (section 9.2).
    private mutating func mixEphemeral(_ key: NoiseKey) {
        symmetric.mixHash(key.bytes)
        if !psks.isEmpty {
            key.withUnsafeBytes { symmetric.mixKey($0) }
        }
    }

    private mutating func mixAgreement(_ token: HandshakePattern.Token) throws(NoiseError) {
        let isInitiator = role == .initiator
        let usesOurStatic = token == .ss || token == (isInitiator ? .se : .es)
        let usesTheirStatic = token == .ss || token == (isInitiator ? .es : .se)
        let ours = usesOurStatic ? try required(s, .s) : try required(e, .e)
        let theirs = usesTheirStatic ? try required(rs, .rs) : try required(re, .re)
        let shared: SecretBytes
        do throws(KeyError) {
            shared = try ours.agree(with: theirs)
        } catch {
            throw .lowOrderPoint
        }
        shared.withUnsafeBytes { symmetric.mixKey($0) }
    }

    private mutating func mixPSK() {
        psks[pskIndex].withUnsafeBytes { symmetric.mixKeyAndHash($0) }
        pskIndex += 1
    }

    private func readKey(_ reader: inout ByteReader) throws(NoiseError) -> NoiseKey {
        guard let key = NoiseKey(try read(NoiseKey.byteCount, from: &reader)) else { throw .refused }
        return key
    }

    private mutating func readStatic(_ reader: inout ByteReader) throws(NoiseError) -> NoiseKey {
        let sealed = try read(NoiseKey.byteCount + symmetric.tagByteCount, from: &reader)
        guard let key = NoiseKey(try symmetric.decryptAndHash(sealed)) else { throw .refused }
        return key
    }

    private func read(_ count: Int, from reader: inout ByteReader) throws(NoiseError) -> [UInt8] {
        do throws(ByteReaderError) {
            return try reader.bytes(count)
        } catch {
            throw .messageTooShort(byteCount: reader.available)
        }
    }

    private func required<Key>(_ key: Key?, _ name: NoiseError.KeyName) throws(NoiseError) -> Key {
        guard let key else { throw .missingKey(name) }
        return key
    }

    private func expect(_ step: Step) throws(NoiseError) {
        guard nextStep != step else { return }
        switch (nextStep, step) {
        case (.nothing, _): throw .closed
        case (.split, _): throw .handshakeFinished
        case (_, .write): throw .notOurTurn
        case (_, .read): throw .notTheirTurn
        case (_, .split), (_, .nothing): throw .handshakeNotFinished
        }
    }
}

/// Which keys a side must bring.
private struct KeyNeeds {
    var s = false
    var e = false
    var rs = false
    var re = false

    init(of pattern: HandshakePattern, as role: HandshakeState.Role) {
        let isInitiator = role == .initiator
        let ourPremessage = isInitiator ? pattern.initiatorPremessage : pattern.responderPremessage
        let theirPremessage = isInitiator ? pattern.responderPremessage : pattern.initiatorPremessage
        var ours = ourPremessage
        for (index, message) in pattern.messages.enumerated() where (index % 2 == 0) == isInitiator {
            ours += message
        }
        s = ours.contains(.s)
        e = ours.contains(.e)
        rs = theirPremessage.contains(.s)
        re = theirPremessage.contains(.e)
    }
}
