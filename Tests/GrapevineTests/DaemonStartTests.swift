import API
import Testing

@testable import grapevine

@Suite struct DaemonStartTests {
    @Test func `a daemon that does not start says why, and what to do is the hint`() {
        let log = """
            {"time":"2026-01-01T00:00:00.000Z","level":"info","message":"listening"}
            grapevined: the home is open to others: /home/ana/g
              chmod 700 /home/ana/g
            """
        let failure = DaemonStart.failure(status: 5, log: log)
        #expect(failure.code == .daemonStart)
        #expect(failure.message.hasSuffix("exit code 5: grapevined: the home is open to others: /home/ana/g"))
        #expect(failure.hint == "chmod 700 /home/ana/g")
    }

    @Test func `one that only logged says its last line, and one that said nothing its exit code`() {
        let event = #"{"level":"critical","message":"stopping"}"#
        #expect(DaemonStart.failure(status: 70, log: event + "\n").message.hasSuffix("exit code 70: " + event))
        #expect(DaemonStart.failure(status: 70, log: "").message == "grapevined ended with exit code 70")
    }

    @Test func `one that runs already says which options it did not take up, and how it would`() {
        #expect(Start.runningAlready(hasOptions: false) == "It was running already.")
        let told = Start.runningAlready(hasOptions: true)
        #expect(told.contains("--listen") && told.contains("--peer") && told.hasSuffix("grapevine stop"))
    }
}
