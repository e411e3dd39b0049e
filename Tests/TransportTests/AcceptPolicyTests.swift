import NIOCore
import Testing

@testable import Transport

struct AcceptPolicyTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// So many per second that only the places count.
    private var generous: TransportLimits {
        var limits = TransportLimits()
        (limits.hostRate, limits.networkRate, limits.wholeRate) =
            (.init(perSecond: 1, burst: 9_999), .init(perSecond: 1, burst: 9_999), .init(perSecond: 1, burst: 9_999))
        return limits
    }

    private func host(_ number: Int) -> IPAddress {
        IPAddress(v4: 0x7f42_0000 + UInt32(number) << 8 + 1)
    }

    /// - Returns: How many were let in.
    private func knock(
        _ policy: inout AcceptPolicy, _ hosts: some Sequence<IPAddress>, ids: Int = 0, at now: NIODeadline
    ) -> Int {
        var count = 0
        for (number, host) in hosts.enumerated()
        where policy.admit(LinkID(rawValue: UInt64(ids + number)), from: host, at: now) == nil {
            count += 1
        }
        return count
    }

    @Test func `one host has eight places among strangers`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        #expect(knock(&policy, repeatElement(host(1), count: 20), at: start) == 8)
        #expect(policy.admit(LinkID(rawValue: 99), from: host(1), at: start) == .tooManyFromHost)
        policy.leave(LinkID(rawValue: 0))
        #expect(policy.admit(LinkID(rawValue: 99), from: host(1), at: start) == nil)
    }

    @Test func `an IPv6 customer is one host, whatever the lower half says`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        let hosts = (0..<20).map { IPAddress(v6: 0x2001_0db8_0000_0001, UInt64($0)) }
        #expect(knock(&policy, hosts, at: start) == 8)
    }

    @Test func `strangers leave sixteen of their 64 places to the known`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        policy.know((500..<600).map(host))
        #expect(knock(&policy, (0..<100).map(host), at: start) == 48)
        #expect(knock(&policy, (500..<600).map(host), ids: 500, at: start) == 16)
        #expect(policy.admit(LinkID(rawValue: 999), from: host(599), at: start) == .tooManyStrangers)
    }

    @Test func `who is accepted leaves his place to another stranger`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        for number in 0..<8 { #expect(policy.admit(LinkID(rawValue: UInt64(number)), from: host(1), at: start) == nil) }
        #expect(policy.accept(LinkID(rawValue: 0)) == nil)
        #expect(policy.accept(LinkID(rawValue: 0)) == nil)
        #expect((policy.strangerCount, policy.peerCount) == (7, 1))
        #expect(policy.admit(LinkID(rawValue: 8), from: host(1), at: start) == nil)
        policy.leave(LinkID(rawValue: 0))
        #expect((policy.strangerCount, policy.peerCount) == (8, 0))
    }

    @Test func `peers leave sixteen of their 64 places to the known and the dialled`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        policy.know([host(500)])
        for number in 0..<48 {
            #expect(policy.admit(LinkID(rawValue: UInt64(number)), from: host(number), at: start) == nil)
        }
        for number in 0..<47 { #expect(policy.accept(LinkID(rawValue: UInt64(number))) == nil) }
        #expect(policy.admit(LinkID(rawValue: 100), from: host(100), at: start) == nil)
        #expect(policy.accept(LinkID(rawValue: 47)) == nil)
        #expect(policy.accept(LinkID(rawValue: 100)) == .tooManyPeers)
        #expect(policy.admit(LinkID(rawValue: 101), from: host(101), at: start) == .tooManyPeers)
        for number in 200..<216 {
            #expect(policy.admitDial(LinkID(rawValue: UInt64(number))) == nil)
            if number < 215 { #expect(policy.accept(LinkID(rawValue: UInt64(number))) == nil) }
        }
        #expect(policy.admit(LinkID(rawValue: 300), from: host(500), at: start) == nil)
        #expect(policy.accept(LinkID(rawValue: 300)) == nil)
        #expect(policy.accept(LinkID(rawValue: 215)) == .tooManyPeers)
        #expect(policy.admitDial(LinkID(rawValue: 301)) == .tooManyPeers)
        #expect(policy.peerCount == 64)
    }

    @Test func `sixteen dials are underway at most`() {
        var policy = AcceptPolicy(limits: generous, now: start)
        for number in 0..<16 { #expect(policy.admitDial(LinkID(rawValue: UInt64(number))) == nil) }
        #expect(policy.admitDial(LinkID(rawValue: 16)) == .tooManyDials)
        policy.leave(LinkID(rawValue: 3))
        #expect(policy.admitDial(LinkID(rawValue: 16)) == nil)
    }

    @Test func `one host connects five times at once, then twenty times a second`() {
        var limits = TransportLimits()
        limits.strangersPerHostLimit = 1_000
        var policy = AcceptPolicy(limits: limits, now: start)
        #expect(knock(&policy, repeatElement(host(1), count: 50), at: start) == 5)
        var count = 0
        for step in 1...100 {
            count += knock(
                &policy, repeatElement(host(1), count: 3), ids: 1_000 + step * 3, at: start + .milliseconds(10) * step)
            for number in 0..<3 { policy.leave(LinkID(rawValue: UInt64(1_000 + step * 3 + number))) }
        }
        #expect(count == 20)
    }

    @Test func `a host without tokens spends nobody else's, a network is bounded, and so is the whole`() {
        var limits = TransportLimits()
        (limits.strangerLimit, limits.strangersPerHostLimit) = (9_999, 9_999)
        var policy = AcceptPolicy(limits: limits, now: start)
        #expect(knock(&policy, repeatElement(host(1), count: 1_000), at: start) == 5)
        let neighbours = (2..<200).map { IPAddress(v4: 0x7f42_0100 + UInt32($0)) }
        #expect(knock(&policy, neighbours, ids: 1_000, at: start) == 20)
        #expect(knock(&policy, (2..<200).map(host), ids: 2_000, at: start) == 25)
        #expect(policy.admit(LinkID(rawValue: 9_000), from: host(300), at: start) == .connectsTooOften)
        policy.know([host(300)])
        #expect(policy.admit(LinkID(rawValue: 9_000), from: host(300), at: start) == nil)
    }
}
