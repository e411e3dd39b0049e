import AuthorLog
import Community
import Identity
import Testing

/// What may be said, by whom, and how it is written down.
@Suite struct VoiceTests {
    private static let person = FoldRules.testPseudonyms.person(source: "import", externalID: "p_1")
    private static let id = VoiceID(log: .test(1), position: 7)
    private static let member = MemberID(raw: .zero)

    @Test(arguments: [
        Voice(.post), Voice(.post, answers: id), Voice(.feedback), Voice(.feedback, mood: 0),
        Voice(.feedback, answers: id, person: person, mood: -2), Voice(.feedback, person: person, mood: 2),
    ])
    func `what is said reads as it was written`(voice: Voice) throws {
        let bytes = voice.encoded
        #expect(bytes.first == voice.kind.rawValue)
        #expect(try Voice(voice.kind, decoding: bytes.dropFirst()) == voice)
    }

    @Test func `a mood lies between -2 and 2`() throws {
        for mood: Int64 in [-3, 3, .min, .max, 1 << 32, -1 << 32] {
            let bytes = Wire.make { $0.varint(3, mood) }
            #expect(throws: RecordError.moodOutOfRange) { try Voice(.feedback, decoding: bytes[...]) }
        }
    }

    @Test func `a post has neither a mood nor another speaker`() {
        for bytes in [Wire.make { $0.varint(3, 1) }, Wire.make { $0.bytes(2, Self.person.bytes) }] {
            #expect(throws: RecordError.malformed) { try Voice(.post, decoding: bytes[...]) }
        }
    }

    @Test func `any bytes are read or refused`() {
        for seed in 0..<2_000 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let bytes = dice.bytes(dice.roll(0..<40))
            for kind in [Voice.Kind.post, .feedback] {
                guard let voice = try? Voice(kind, decoding: bytes[...]) else { continue }
                let again = try? Voice(kind, decoding: voice.encoded.dropFirst())
                #expect(again == voice, "seed \(seed)")
            }
            _ = VoicePrivate(decoding: bytes)
        }
    }

    @Test func `words are 1 to 12,000 bytes`() {
        let longest = VoicePrivate(text: String(repeating: "é", count: Limits.voiceByteLimit / 2))
        #expect(VoicePrivate(decoding: longest.encoded) == longest)
        #expect(VoicePrivate(decoding: VoicePrivate(text: longest.text + "x").encoded) == nil)
        #expect(VoicePrivate(decoding: VoicePrivate(text: "").encoded) == nil)
        // The longest fits an operation beside the largest public part.
        let publicPart = Voice(.feedback, answers: Self.id, person: Self.person, mood: -2).encoded
        #expect(publicPart.count + longest.encoded.count < AuthorLog.Limits.operationByteLimit)
    }

    /// Observers, ambassadors, treasurers, stewards.
    @Test(arguments: [
        (Voice(.post), "---S"), (Voice(.post, answers: id), "---S"), (Voice(.feedback, mood: 1), "OATS"),
        (Voice(.feedback, answers: id), "OATS"), (Voice(.feedback, person: person), "-ATS"),
    ])
    func `each role may say what the table says`(voice: Voice, may: String) {
        let roles: [Role] = [.observer, .ambassador, .treasurer, .steward]
        let allowed = roles.map { Permission.allows(voice, under: .test($0, member: Self.member)) }
        #expect(allowed == may.map { $0 != "-" })
        #expect(!Permission.allows(voice, under: .test(.none, member: Self.member)))
    }

    @Test func `an id tells logs and positions apart`() {
        let logs: [LogID] = [.test(1), .test(1, incarnation: 2), .test(2)]
        let ids = logs.flatMap { log in [0, 1, 256, .max].map { VoiceID(log: log, position: $0) } }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `feedback leaves no person behind, and its author speaks where it names nobody`() throws {
        var node = TestNode(rules: try .test(created: 0), logs: [.test(1)])
        let voices = [Voice(.feedback, mood: -1), Voice(.feedback, person: Self.person)]
        try node.apply(
            voices.enumerated().map { index, voice in
                Act(
                    time: HybridTime(milliseconds: 1) ?? .zero, log: .test(1), position: UInt64(index),
                    right: .test(.ambassador, member: Self.member), content: .voice(voice))
            })
        #expect(node.store.people.isEmpty)
        #expect(
            node.store.voices.map(\.person) == [FoldRules.testPseudonyms.person(of: Self.member), Self.person])
        #expect(node.store.voices.map(\.mood) == [-1, nil])
    }
}
