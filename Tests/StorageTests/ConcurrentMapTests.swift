import Testing

@testable import Storage

@Suite struct ConcurrentMapTests {
    private struct Odd: Error {}

    @Test(arguments: [0, 1, 7, 8, 9, 1_000]) func `the order stays, and nothing is lost`(count: Int) async throws {
        let values = Array(0..<count)
        #expect(try await values.concurrentMap(inTasksOf: 8) { $0 * 3 } == values.map { $0 * 3 })
    }

    @Test func `one failure fails the whole`() async {
        await #expect(throws: Odd.self) {
            try await Array(0..<100).concurrentMap(inTasksOf: 8) { if $0 == 77 { throw Odd() } }
        }
    }
}
