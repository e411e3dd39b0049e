import AuthorLog
import Identity
import Testing

struct LogStateCodingTests {
    @Test func `a state comes back from its bytes`() throws {
        let world = try World()
        let ana = try World.key("ana")
        var (author, _) = try world.member(ana, quota: Quota(operationsPerDay: 7, bytesPerDay: 7_000), expires: 0)
        var founder = try world.founderAuthor()
        let excerpt = try founder.grant(
            Grant(
                subject: ana.publicKey(), role: .treasurer, expiresMilliseconds: World.start + World.day,
                person: PersonID(repeatElement(4, count: 16)), sources: ["kickstarter", "é"]),
            wallMilliseconds: World.start + World.minute)
        _ = try author.present(
            Presentation(order: world.order, excerpts: [excerpt]), wallMilliseconds: World.start + World.minute)
        _ = try author.record(3, wallMilliseconds: World.start + World.minute)
        let state = author.state
        #expect(state.rights.count == 2)
        #expect(try LogState(decoding: state.bytes) == state)
        let empty = LogState(log: World.log(ana), community: world.charter.id)
        #expect(try LogState(decoding: empty.bytes) == empty)
    }

    @Test func `garbage throws`() throws {
        var dice = Dice()
        let bytes = try World().member(World.key("ana")).author.state.bytes
        for count in bytes.indices {
            #expect(throws: LogStateError.notALogState) { try LogState(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: LogStateError.notALogState) { try LogState(decoding: bytes + [0]) }
        #expect(throws: LogStateError.version(2)) { try LogState(decoding: [2] + bytes.dropFirst()) }
        _ = decodesOrThrows({ try LogState(decoding: $0) }, truncationsOf: bytes, using: &dice)
    }
}
