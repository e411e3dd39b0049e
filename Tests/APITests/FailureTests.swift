import API
import FoundationEssentials
import Testing

struct FailureTests {
    @Test(arguments: Failure.Code.allCases)
    func `every code looks like one, has a hint and an exit`(code: Failure.Code) {
        #expect(code.rawValue.hasPrefix("E-"))
        #expect(code.rawValue.dropFirst(2).allSatisfy { $0.isASCII && ($0.isUppercase || $0 == "-") })
        #expect(!code.hint.isEmpty)
        #expect(code.exit != .ok && code.exit != .partly)
        #expect((400..<600).contains(code.httpStatus))
    }

    @Test func `the exits are the contract's`() {
        #expect(Failure.Code.usage.exit.rawValue == 2)
        #expect(Failure.Code.daemonDown.exit.rawValue == 3)
        #expect(Failure.Code.pledgeUnknown.exit.rawValue == 4)
        #expect(Failure.Code.role.exit.rawValue == 5)
        #expect(ExitStatus.partly.rawValue == 6)
    }

    @Test func `an error has the contract's shape, and comes back`() throws {
        let failure = Failure(.role, "an observer only reads", hint: "ask Ana")
        let json = try JSONEncoder().encode(Failure.Envelope(failure))
        let object = try #require(try JSONSerialized(json).object["error"] as? [String: Any])
        #expect(
            object as? [String: String] == ["code": "E-ROLE", "message": "an observer only reads", "hint": "ask Ana"])
        #expect(try JSONDecoder().decode(Failure.Envelope.self, from: json).error == failure)
    }
}
