import AuthorLog
import Identity
import Testing

@testable import Sync

/// A new network key goes to those who are accepted, and to nobody twice.
@Suite struct NetworkKeyTests {
    private let own: TestMember
    private let other: TestMember
    private let id = ConnectionID(rawValue: 1)

    init() throws {
        let fixture = try Fixture()
        own = try fixture.member(0)
        other = try fixture.member(1)
    }

    private func key(_ number: UInt64) -> NetworkKey {
        NetworkKey(number: number, secret: SecretBytes(copying: [UInt8](repeating: UInt8(number), count: 32)))
    }

    private func handle(_ core: inout SyncCore, _ event: SyncCore.Event) -> [SyncCore.Effect] {
        core.handle(event, at: Instant(milliseconds: 1), wallMilliseconds: Fixture.wall)
    }

    private func keysSaid(_ effects: [SyncCore.Effect]) -> [NetworkKey] {
        effects.compactMap { effect in
            guard case .send(let bytes, _) = effect, case .networkKey(let key)? = try? Message(decoding: bytes) else {
                return nil
            }
            return key
        }
    }

    private func hellos(_ effects: [SyncCore.Effect]) -> [UInt32] {
        effects.compactMap { effect in
            guard case .send(let bytes, _) = effect, case .hello(let hello)? = try? Message(decoding: bytes) else {
                return nil
            }
            return hello.networkKeyNumber
        }
    }

    /// A core that dialled, with what it held before; the other is accepted once his hello is in.
    private func dialled(holding held: NetworkKey?) -> (core: SyncCore, hello: [UInt32]) {
        var core = SyncCore(
            configuration: own.configuration(seed: 1), frontier: FrontierTree(), orders: [],
            knownChains: [other.memberKey: KnownChain(hash: other.presentation.hash, expiresMilliseconds: 0)],
            at: Instant(milliseconds: 0), wallMilliseconds: Fixture.wall)
        if let held { _ = handle(&core, .networkKeyHeld(held)) }
        let established = handle(
            &core, .established(id, initiator: true, remoteKey: other.noiseKey, address: other.address))
        return (core, hellos(established))
    }

    private func hears(_ core: inout SyncCore, hello number: UInt32) -> [SyncCore.Effect] {
        var hello = other.hello(frontier: madeUpHead(1))
        hello.networkKeyNumber = number
        return handle(&core, .received(Message.hello(hello).encoded, from: id))
    }

    @Test func `who has an earlier key is told the one in force, after he is accepted`() {
        var (core, said) = dialled(holding: key(2))
        #expect(said == [2])
        #expect(keysSaid(hears(&core, hello: 1)) == [key(2)])
        #expect(keysSaid(handle(&core, .networkKeyHeld(key(2)))).isEmpty)
        #expect(keysSaid(handle(&core, .networkKeyHeld(key(3)))) == [key(3)])
        var (level, _) = dialled(holding: key(2))
        #expect(keysSaid(hears(&level, hello: 2)).isEmpty)
    }

    @Test func `who is not accepted hears of no key`() {
        var (core, _) = dialled(holding: nil)
        #expect(keysSaid(handle(&core, .networkKeyHeld(key(1)))).isEmpty)
        let early = handle(&core, .received(Message.networkKey(key(9)).encoded, from: id))
        #expect(!early.contains(.networkKeyTold(key(9), by: other.memberKey)))
        #expect(early.contains { if case .disconnect = $0 { true } else { false } })
    }

    @Test func `a later key is handed to the shell, an earlier one is not, and neither is told back`() {
        var (core, said) = dialled(holding: nil)
        #expect(said == [0])
        _ = hears(&core, hello: 0)
        #expect(
            handle(&core, .received(Message.networkKey(key(1)).encoded, from: id))
                .contains(.networkKeyTold(key(1), by: other.memberKey)))
        #expect(keysSaid(handle(&core, .networkKeyHeld(key(1)))).isEmpty)
        let again = handle(&core, .received(Message.networkKey(key(1)).encoded, from: id))
        #expect(!again.contains(.networkKeyTold(key(1), by: other.memberKey)))
    }

    @Test func `a key of another length, or number 0, is malformed`() {
        let short = NetworkKey(number: 1, secret: SecretBytes(copying: [1, 2, 3]))
        #expect(throws: MessageError.wrongLength(field: "network key")) {
            try Message(decoding: Message.networkKey(short).encoded)
        }
        #expect(throws: MessageError.outOfBounds(field: "number")) {
            try Message(decoding: Message.networkKey(key(0)).encoded)
        }
    }
}
