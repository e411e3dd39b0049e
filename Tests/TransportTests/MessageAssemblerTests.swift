import Testing

@testable import Transport

struct MessageAssemblerTests {
    @Test(arguments: [0, 1, 9, 10, 11, 20, 21, 1_000]) func `what is cut comes together again`(count: Int) throws {
        let message = bytes(count)
        let plaintexts = Array(MessageAssembler.cut(message, partByteLimit: 10, spareByteCount: 16))
        #expect(plaintexts.count == max(1, (count + 9) / 10))
        #expect(plaintexts.allSatisfy { (1...11).contains($0.count) })
        var assembler = MessageAssembler(byteLimit: 1_000)
        for plaintext in plaintexts.dropLast() {
            #expect(try assembler.receive(plaintext) == nil)
        }
        #expect(try assembler.receive(plaintexts[plaintexts.count - 1]) == message)
    }

    @Test func `a message of the limit passes and one of a byte more does not`() throws {
        var assembler = MessageAssembler(byteLimit: 10)
        #expect(try assembler.receive([0] + bytes(5)) == nil)
        #expect(try assembler.receive([1] + bytes(5))?.count == 10)
        #expect(try assembler.receive([0] + bytes(10)) == nil)
        #expect(throws: MessageError.tooLong) { try assembler.receive([1, 0]) }
    }

    @Test func `no flag, an unknown flag and a part that neither says nor ends anything are malformed`() {
        for plaintext in [[], [2], [2, 1], [255, 1], [0]] as [[UInt8]] {
            var assembler = MessageAssembler(byteLimit: 10)
            #expect(throws: MessageError.malformed) { try assembler.receive(plaintext) }
        }
    }
}
