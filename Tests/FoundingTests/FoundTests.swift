import AuthorLog
import Foundation
import Founding
import Glibc
import Identity
import Testing

@Suite struct FoundTests {
    @Test func `a founded home opens, and its founder is a steward by the root's own order`() throws {
        let community = try TestCommunity()
        let home = community.home
        let charter = try home.charter()
        #expect(charter.id == community.founded.community)
        #expect(charter.title == "Vine")
        #expect(charter.createdMilliseconds == TestCommunity.now)
        #expect(Charter.hash(ofPersonKey: try home.personKey()) == charter.personKeyHash)
        #expect(try home.memberKey().publicKey(as: MemberKey.self) == community.founded.member)
        #expect(try home.networkKey().count == 32)
        #expect(try home.noiseKey().publicKey != AgreementKey.generate().publicKey)
        #expect(try home.knownAddresses() == [])

        let presentation = try home.presentation()
        let right = try presentation.right(
            of: community.founded.member, presentedAt: try #require(presentation.lastLinkTime.next), charter: charter)
        #expect(right.role == .steward)
        #expect(right.quota == .unlimited)
        #expect(presentation.order.order.serial == 1)

        let description = try describe(home: community.homePath)
        #expect(description.role == .steward)
        #expect(description.member == community.founded.member)
        #expect(description.currency == "USD")
    }

    @Test func `the root keys are outside the home, match the charter, and no file of the home holds them`() throws {
        let community = try TestCommunity()
        let charter = try community.home.charter()
        let root = String(decoding: contents(community.founded.rootKeyFile), as: UTF8.self)
        let successor = String(decoding: contents(community.founded.successorKeyFile), as: UTF8.self)
        #expect(community.founded.successorKeyFile == community.founded.rootKeyFile + ".successor")
        #expect(root.hasPrefix("grapevine-root-key-1 "))
        #expect(successor.hasPrefix("grapevine-successor-key-1 "))
        #expect(root.hasSuffix("\n"))

        func seed(_ line: String) throws -> [UInt8] {
            let symbols = line.split(separator: " ")[1].trimmingCharacters(in: .whitespacesAndNewlines)
            return [UInt8](try Base32.decode(symbols).prefix(32))
        }
        let rootKey = try SigningKey(seed: SecretBytes(copying: seed(root)))
        let successorKey = try SigningKey(seed: SecretBytes(copying: seed(successor)))
        #expect(rootKey.publicKey(as: RootKey.self) == charter.rootKey)
        #expect(Charter.hash(ofSuccessor: successorKey.publicKey()) == charter.successorKeyHash)

        for name in names(in: community.homePath) {
            let text = String(decoding: contents(community.homePath + "/" + name), as: UTF8.self)
            #expect(!text.contains(root.split(separator: " ")[1].prefix(20)))
            #expect(!text.contains("root-key"))
        }
    }

    /// In a process of its own, as the umask is everybody's.
    @Test func `every file is 0600 and every directory 0700, under any umask`() async {
        await #expect(processExitsWith: .success) {
            for mask: mode_t in [0o000, 0o022, 0o277] {
                umask(0)
                let scratch = Scratch()
                mkdir(scratch("empty"), 0o777)
                umask(mask)
                let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
                let founded = try found(home: scratch("empty"), options: options, nowMilliseconds: TestCommunity.now)
                #expect(mode(founded.home) == 0o700)
                for name in names(in: founded.home) { #expect(mode(founded.home + "/" + name) == 0o600, "\(name)") }
                #expect(mode(founded.rootKeyFile) == 0o600)
                #expect(mode(founded.successorKeyFile) == 0o600)
            }
        }
    }

    @Test func `missing directories above the home are made, and links to it are followed`() throws {
        let scratch = Scratch()
        mkdir(scratch("real"), 0o700)
        symlink(scratch("real"), scratch("link"))
        let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
        let founded = try found(home: scratch("link/a/b/"), options: options, nowMilliseconds: TestCommunity.now)
        #expect(founded.home == scratch("real/a/b"))
        #expect(mode(scratch("real/a")) == 0o700)
        #expect(try Home.open(at: scratch("link/a/b")).path == founded.home)
    }

    @Test func `the root key's file is named after the community unless it is given`() throws {
        let scratch = Scratch()
        let options = FoundingOptions(title: "Vine", currency: "USD")
        let founded = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
        unlink(founded.successorKeyFile)
        unlink(founded.rootKeyFile)
        let name = founded.community.hex.prefix(12) + ".root-key"
        #expect(founded.rootKeyFile == FileManager.default.currentDirectoryPath + "/" + name)
    }

    @Test func `what no charter can hold is refused before anything is written`() throws {
        let scratch = Scratch()
        func code(_ change: (inout FoundingOptions) -> Void) -> String? {
            var options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
            change(&options)
            let error = failure {
                _ = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
            }
            #expect(error?.outcome == .usage)
            return error?.code
        }
        #expect(code { $0.title = "" } == "E-TITLE")
        #expect(code { $0.title = String(repeating: "x", count: 121) } == "E-TITLE")
        for currency in ["usd", "XYZ", "DEM", "XAU", ""] {
            #expect(code { $0.currency = currency } == "E-CURRENCY")
        }
        #expect(code { $0.qualifyingMinor = -1 } == "E-AMOUNT")
        #expect(names(in: scratch.path) == [])
    }

    @Test func `a home that holds a community says which one`() throws {
        let community = try TestCommunity(title: "Old Vine")
        let options = FoundingOptions(title: "New", currency: "EUR", rootKeyPath: community.scratch("other"))
        let error = failure {
            _ = try found(home: community.homePath, options: options, nowMilliseconds: TestCommunity.now)
        }
        #expect(error?.code == "E-HOME-EXISTS")
        #expect(error?.message.contains("Old Vine") == true)
        #expect(error?.message.contains(community.founded.community.hex) == true)
        #expect(!exists(community.scratch("other")))
        #expect(try Home.open(at: community.homePath).charter().title == "Old Vine")
    }

    @Test func `a directory with anything in it is left alone`() throws {
        let scratch = Scratch()
        mkdir(scratch("home"), 0o755)
        write("mine", to: scratch("home/member.key"))
        let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
        let error = failure {
            _ = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
        }
        #expect(error?.code == "E-HOME-EXISTS")
        #expect(names(in: scratch("home")) == ["member.key"])
        #expect(mode(scratch("home")) == 0o755)
        #expect(!exists(scratch("root")))
    }

    @Test func `a founding that was interrupted before its charter can be done again`() throws {
        let scratch = Scratch()
        mkdir(scratch("home"), 0o700)
        for name in ["charter.new", "member.key", "noise.key", "lock"] { write("half", to: scratch("home/" + name)) }
        #expect(failure { _ = try Home.open(at: scratch("home")) }?.code == "E-NO-COMMUNITY")
        let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
        let founded = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
        let home = try Home.open(at: scratch("home"))
        #expect(try home.memberKey().publicKey(as: MemberKey.self) == founded.member)
        #expect(!exists(scratch("home/charter.new")))
    }

    @Test(arguments: ["", ".successor"])
    func `a root key file is never overwritten`(suffix: String) throws {
        for makeExisting: (String) -> Void in [
            { write("precious", to: $0) }, { symlink("/tmp/nowhere-at-all", $0) },
        ] {
            let scratch = Scratch()
            makeExisting(scratch("root" + suffix))
            let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
            let error = failure {
                _ = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
            }
            #expect(error?.code == "E-ROOT-KEY-EXISTS")
            #expect(names(in: scratch.path) == ["root" + suffix])
            #expect(!exists("/tmp/nowhere-at-all"))
        }
    }

    @Test func `a root key file inside the home is refused, also by way of a link`() throws {
        let scratch = Scratch()
        mkdir(scratch("home"), 0o700)
        symlink(scratch("home"), scratch("elsewhere"))
        for path in [scratch("home/root"), scratch("elsewhere/root"), scratch("home/../home/root")] {
            let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: path)
            let error = failure {
                _ = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
            }
            #expect(error?.code == "E-ROOT-KEY-INSIDE")
            #expect(names(in: scratch("home")) == [])
        }
    }

    @Test func `a home that a service manager made is filled in place`() throws {
        let scratch = Scratch()
        mkdir(scratch("home"), 0o750)
        let before = inode(scratch("home"))
        let options = FoundingOptions(title: "Vine", currency: "USD", rootKeyPath: scratch("root"))
        _ = try found(home: scratch("home"), options: options, nowMilliseconds: TestCommunity.now)
        #expect(inode(scratch("home")) == before)
        #expect(mode(scratch("home")) == 0o700)
    }
}
