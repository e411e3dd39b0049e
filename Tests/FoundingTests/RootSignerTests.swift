import AuthorLog
import Foundation
import Founding
import Glibc
import Identity
import Testing

struct RootSignerTests {
    private let community: TestCommunity
    private let charter: Charter

    init() throws {
        community = try TestCommunity()
        charter = try community.home.charter()
    }

    private func signer(_ path: String, announced: [Hash256] = []) throws -> RootSigner {
        try RootSigner(keyFile: path, charter: charter, home: community.home, announced: announced)
    }

    private func grant() throws -> RootOrder.Content {
        .grant(try Grant(subject: SigningKey.generate().publicKey(), role: .steward))
    }

    @Test func `the root and its successor sign what everybody finds genuine`() throws {
        let root = try signer(community.founded.rootKeyFile)
        let order = try root.sign(grant(), serial: 2, nowMilliseconds: TestCommunity.now)
        #expect(order.order.serial == 2 && order.order.rootKey == nil)
        #expect(order.isGenuine(under: charter))
        #expect(order.order.time.milliseconds == TestCommunity.now)
        let successor = try signer(community.founded.successorKeyFile)
        let theirs = try successor.sign(grant(), serial: 3, nowMilliseconds: TestCommunity.now)
        #expect(theirs.order.rootKey == successor.key)
        #expect(theirs.isGenuine(under: charter))
    }

    @Test func `a third root is made, announced, and signs once it is`() throws {
        let successor = try signer(community.founded.successorKeyFile)
        let next = try RootSigner.makeSuccessor(at: community.scratch("next"), home: community.home)
        var status = stat()
        #expect(stat(next.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let succession = Succession(retired: charter.rootKey, stays: [], nextKeyHash: next.keyHash)
        let order = try successor.sign(.succession(succession), serial: 2, nowMilliseconds: TestCommunity.now)
        #expect(failure { _ = try signer(next.path) }?.code == "E-ROOT-KEY-FOREIGN")
        let third = try signer(next.path, announced: [next.keyHash])
        let theirs = try third.sign(grant(), serial: 3, nowMilliseconds: TestCommunity.now)
        #expect(!theirs.isGenuine(under: charter))
        #expect(theirs.isGenuine(under: charter, successions: [order]))
        #expect(
            failure { _ = try RootSigner.makeSuccessor(at: next.path, home: community.home) }?.code
                == "E-ROOT-KEY-EXISTS")
        RootSigner.removeSuccessor(at: next.path)
        #expect(stat(next.path, &status) != 0)
    }

    @Test func `a key file is ours alone, outside the home, whole, and this community's`() throws {
        let path = community.founded.rootKeyFile
        #expect(failure { _ = try signer(community.scratch("none")) }?.code == "E-FILE")
        chmod(path, 0o644)
        #expect(failure { _ = try signer(path) }?.code == "E-HOME-UNSAFE")
        chmod(path, 0o600)
        let inside = community.homePath + "/stolen"
        #expect(rename(path, inside) == 0)
        #expect(failure { _ = try signer(inside) }?.code == "E-ROOT-KEY-INSIDE")
        #expect(
            failure { _ = try RootSigner.makeSuccessor(at: community.homePath + "/n", home: community.home) }?.code
                == "E-ROOT-KEY-INSIDE")
        #expect(rename(inside, path) == 0)
        let other = try TestCommunity()
        #expect(failure { _ = try signer(other.founded.rootKeyFile) }?.code == "E-ROOT-KEY-FOREIGN")
        let memberKey = community.scratch("member")
        #expect(rename(community.home.path(of: .memberKey), memberKey) == 0)
        #expect(failure { _ = try signer(memberKey) }?.code == "E-ROOT-KEY-MALFORMED")
        let file = open(path, O_WRONLY)
        #expect(pwrite(file, "0", 1, 30) == 1 && pwrite(file, "00", 2, 40) == 2)
        close(file)
        #expect(failure { _ = try signer(path) }?.code == "E-ROOT-KEY-MALFORMED")
    }

    @Test func `a home takes over a better presentation`() throws {
        let order = try signer(community.founded.rootKeyFile).sign(
            grant(), serial: 2, nowMilliseconds: TestCommunity.now)
        let presentation = try Presentation(order: order)
        try community.home.keep(presentation)
        #expect(try Home.open(at: community.homePath).presentation() == presentation)
        #expect(!names(in: community.homePath).contains("presentation.new"))
    }

    @Test func `a home keeps later network keys by their numbers`() throws {
        func key(_ number: UInt8) -> SecretBytes { SecretBytes(copying: [UInt8](repeating: number, count: 32)) }
        for number in [12, 2, 3] as [UInt8] { try community.home.keep(networkKey: key(number), number: UInt64(number)) }
        try community.home.keep(networkKey: key(4), number: 3)
        #expect(FileManager.default.createFile(atPath: community.homePath + "/network-07.key", contents: nil))
        let home = try Home.open(at: community.homePath)
        #expect(try home.laterNetworkKeys().map(\.number) == [2, 3, 12])
        #expect(try home.laterNetworkKeys().map(\.key) == [key(2), key(4), key(12)])
        home.dropNetworkKey(number: 2)
        #expect(try home.laterNetworkKeys().map(\.number) == [3, 12])
        #expect(!names(in: community.homePath).contains { $0.hasSuffix(".new") })
    }

    @Test func `a ticket tells its charter`() throws {
        #expect(try Founding.charter(ticketText: community.ticket().text) == charter)
        #expect(failure { _ = try Founding.charter(ticketText: "GRAPEVINE1AAAA") }?.code == "E-TICKET-TRUNCATED")
    }
}
