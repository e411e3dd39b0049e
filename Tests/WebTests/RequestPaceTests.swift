import Testing

@testable import Web

@Suite struct RequestPaceTests {
    @Test func `each part of a request has a deadline of its own, and our turn has none`() {
        var pace = RequestPace()
        #expect(pace.deadline == Limits.headDeadline)
        #expect(pace.bytesArrived() == .goOn, "single bytes win no time")
        #expect(pace.headArrived() == .restart)
        #expect(pace.deadline == Limits.bodyDeadline)
        #expect(pace.bodyArrived(byteCount: 10) == .goOn)
        #expect(pace.endArrived() == .restart)
        #expect(pace.deadline == nil)
        pace.answerBegan()
        #expect(pace.deadline == Limits.sendDeadline)
        pace.answerTaken()
        #expect(pace.deadline == Limits.idleDeadline)
        #expect(pace.bytesArrived() == .restart)
        #expect(pace.deadline == Limits.headDeadline)
    }

    @Test func `a second request waits for the first answer, or the connection ends`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        _ = pace.endArrived()
        #expect(pace.headArrived() == .close)
        pace.answerBegan()
        #expect(pace.headArrived() == .close)
    }

    @Test func `a body goes on after its refusal, up to a bound`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        pace.answerBegan()
        pace.answerTaken()
        #expect(pace.deadline == Limits.bodyDeadline)
        #expect(pace.bodyArrived(byteCount: Limits.refusedBodyByteLimit) == .goOn)
        #expect(pace.bodyArrived(byteCount: 1) == .close)
    }
}
