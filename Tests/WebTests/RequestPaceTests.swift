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

    @Test func `a second request waits until the answer began, or the connection ends`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        #expect(pace.headArrived() == .close)
        _ = pace.endArrived()
        #expect(pace.headArrived() == .close)
    }

    @Test func `who has read the answer to its length asks again before its end is written`() {
        var pace = RequestPace()
        for _ in 0..<3 {
            #expect(pace.headArrived() == .restart)
            #expect(pace.endArrived() == .restart)
            pace.answerBegan()
            #expect(pace.bytesArrived() == .goOn, "what is to be taken is no later for it")
            #expect(pace.headArrived() == .restart)
            #expect(pace.deadline == Limits.sendDeadline)
            pace.answerTaken()
            #expect(pace.deadline == Limits.bodyDeadline)
            #expect(pace.endArrived() == .restart)
            #expect(pace.deadline == nil)
            pace.answerBegan()
            pace.answerTaken()
            #expect(pace.deadline == Limits.idleDeadline)
            #expect(pace.bytesArrived() == .restart)
        }
    }

    @Test func `a whole request may be here before the answer is taken, and a third ends the connection`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        _ = pace.endArrived()
        pace.answerBegan()
        #expect(pace.headArrived() == .restart)
        #expect(pace.endArrived() == .restart)
        var other = pace
        #expect(other.headArrived() == .close)
        pace.answerTaken()
        #expect(pace.deadline == nil, "it is our turn")
        #expect(pace.headArrived() == .close)
    }

    @Test func `a head that begins while an answer is taken has its own deadline afterwards`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        _ = pace.endArrived()
        pace.answerBegan()
        #expect(pace.bytesArrived() == .goOn)
        pace.answerTaken()
        #expect(pace.deadline == Limits.headDeadline)
        #expect(pace.headArrived() == .restart)
    }

    @Test func `a body goes on after its refusal, up to a bound`() {
        var pace = RequestPace()
        _ = pace.headArrived()
        pace.answerBegan()
        pace.answerTaken()
        #expect(pace.deadline == Limits.bodyDeadline)
        #expect(pace.bodyArrived(byteCount: Limits.refusedBodyByteLimit) == .goOn)
        #expect(pace.bodyArrived(byteCount: 1) == .close)
        #expect(pace.endArrived() == .restart)
        #expect(pace.deadline == Limits.idleDeadline, "it was answered long ago")
    }
}
