import AuthorLog
import Founding
import Glibc
import Identity
import Testing

/// threats.md, row 36.
@Suite struct HomeTests {
    private static let isRoot = geteuid() == 0

    /// What opening the home says after something was done to its member key.
    private func refusal(_ spoil: (_ home: String, _ key: String) -> Void) throws -> FoundingError? {
        let community = try TestCommunity()
        spoil(community.homePath, community.homePath + "/member.key")
        let opening = failure { _ = try Home.open(at: community.homePath) }
        let loading = failure { _ = try community.home.memberKey() }
        if opening?.message.contains("member.key") == true { #expect(loading == opening) }
        #expect(opening?.code == "E-HOME-UNSAFE")
        #expect(opening?.outcome == .refused)
        return opening
    }

    @Test func `a key that is a symbolic link is refused`() throws {
        let error = try refusal { home, key in
            rename(key, home + "/../away")
            symlink(home + "/../away", key)
        }
        #expect(error?.message.hasSuffix("member.key is a symbolic link") == true)
    }

    @Test func `a key that others may read is refused`() throws {
        let error = try refusal { _, key in chmod(key, 0o644) }
        #expect(error?.message.hasSuffix("is open to others (mode 644)") == true)
        #expect(error?.hint.hasPrefix("chmod 600") == true)
    }

    @Test(.enabled(if: isRoot, "only root can give a file away"))
    func `a key of another user is refused`() throws {
        let error = try refusal { _, key in chown(key, 65_534, 65_534) }
        #expect(error?.message.hasSuffix("belongs to user 65534") == true)
    }

    @Test func `a key that is a fifo is refused without waiting for a writer`() throws {
        let error = try refusal { _, key in
            unlink(key)
            mkfifo(key, 0o600)
        }
        #expect(error?.message.hasSuffix("is not a regular file") == true)
    }

    @Test func `a key with a second name is refused`() throws {
        let error = try refusal { home, key in link(key, home + "/../copy") }
        #expect(error?.message.hasSuffix("has 2 names (hard links)") == true)
    }

    @Test func `a home that others may enter is refused`() throws {
        for mode: mode_t in [0o777, 0o755, 0o710] {
            let error = try refusal { home, _ in chmod(home, mode) }
            #expect(error?.message.contains("is open to others") == true)
        }
    }

    @Test(.enabled(if: isRoot, "only root can give a directory away"))
    func `a home of another user is refused`() throws {
        let error = try refusal { home, _ in chown(home, 65_534, 65_534) }
        #expect(error?.message.hasSuffix("belongs to user 65534") == true)
    }

    @Test func `a directory above in which others can swap the home is refused, a sticky one is not`() throws {
        let error = try refusal { home, _ in chmod(home + "/..", 0o777) }
        #expect(error?.message.contains("lets others replace what is in it (mode 777)") == true)
        let community = try TestCommunity()
        chmod(community.scratch.path, 0o1777)
        _ = try Home.open(at: community.homePath)
    }

    @Test(arguments: ["charter", "presentation", "noise.key", "network.key", "person.key", "addresses"])
    func `the other files are checked alike`(name: String) throws {
        let error = try refusal { home, _ in chmod(home + "/" + name, 0o640) }
        #expect(error?.message.contains(name) == true)
    }

    @Test func `no home is no home`() throws {
        let scratch = Scratch()
        #expect(failure { _ = try Home.open(at: scratch("nothing")) }?.code == "E-NO-COMMUNITY")
        chmod(scratch.path, 0o700)
        #expect(failure { _ = try Home.open(at: scratch.path) }?.outcome == .notFound)
    }

    @Test func `a node refuses to hold a root key, whatever its name`() throws {
        for file in ["root", "root.successor"] {
            let community = try TestCommunity()
            rename(community.scratch(file), community.homePath + "/notes.txt")
            let error = failure { _ = try Home.open(at: community.homePath) }
            #expect(error?.code == "E-ROOT-KEY-INSIDE")
            #expect(error?.message.contains("notes.txt") == true)
        }
    }

    @Test func `a damaged file is named, and its content is not`() throws {
        let community = try TestCommunity()
        let path = community.homePath + "/member.key"
        let text = String(decoding: contents(path), as: UTF8.self)
        let symbols = String(text.split(separator: " ")[1])
        let changed = (symbols.first == "7" ? "8" : "7") + symbols.dropFirst()
        for damaged in [String(text.dropLast(9)), "grapevine-member-key-1 " + changed, "grapevine-member-key-1 !", ""] {
            write(damaged, to: path)
            let error = failure { _ = try community.home.memberKey() }
            #expect(error?.code == "E-HOME-DAMAGED")
            #expect(error?.message.contains(symbols.dropFirst().prefix(20)) == false)
        }
        write(text.lowercased().replacing("grapevine", with: "grapevine") + "\n  ", to: path)
        #expect(try community.home.memberKey().publicKey(as: MemberKey.self) == community.founded.member)
        write(String(repeating: "x", count: 5_000), to: community.homePath + "/charter")
        #expect(failure { _ = try community.home.charter() }?.code == "E-HOME-DAMAGED")
        unlink(community.homePath + "/noise.key")
        #expect(failure { _ = try community.home.noiseKey() }?.message.hasSuffix("noise.key is missing") == true)
    }

    @Test func `one key file does not pass for another`() throws {
        let community = try TestCommunity()
        rename(community.homePath + "/network.key", community.homePath + "/person.key")
        #expect(failure { _ = try community.home.personKey() }?.message.hasSuffix("is not a person-key file") == true)
    }

    @Test func `a home is locked by one process at a time`() throws {
        let community = try TestCommunity()
        var lock: HomeLock? = try community.home.lock()
        let error = failure { _ = try community.home.lock() }
        #expect(error?.code == "E-HOME-LOCKED")
        #expect(error?.message.contains("already running: process \(getpid())") == true)
        #expect(try community.home.lockHolder() == getpid())
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try community.home.lock()
    }

    @Test func `the lock follows no link`() throws {
        let community = try TestCommunity()
        unlink(community.homePath + "/lock")
        symlink(community.scratch("victim"), community.homePath + "/lock")
        #expect(failure { _ = try community.home.lock() }?.code == "E-HOME-UNSAFE")
        #expect(!exists(community.scratch("victim")))
    }

    @Test func `files are told from their copies`() throws {
        let community = try TestCommunity()
        #expect(try community.home.identity(of: .database) == nil)
        write("rows", to: community.home.path(of: .database))
        let first = try #require(try community.home.identity(of: .database))
        #expect(try community.home.identity(of: .database) == first)
        rename(community.home.path(of: .database), community.scratch("backup"))
        write("rows", to: community.home.path(of: .database))
        #expect(try community.home.identity(of: .database) != first)
    }
}
