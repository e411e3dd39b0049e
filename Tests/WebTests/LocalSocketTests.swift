import Foundation
import Glibc
import Testing

@testable import Web

/// threats.md, row 37.
@Suite struct LocalSocketTests {
    private static let isRoot = geteuid() == 0

    /// In a process of its own, as the umask is everybody's.
    @Test func `the socket is for its owner only, under any umask`() async {
        await #expect(processExitsWith: .success) {
            for mask: mode_t in [0o000, 0o022, 0o277] {
                umask(0)
                let scratch = Scratch()
                umask(mask)
                let socket = try LocalSocket(bindingAt: scratch("api.sock"))
                defer { close(socket.descriptor) }
                #expect(Name(scratch("api.sock"))?.kind == .typeSocket)
                #expect(Name(scratch("api.sock"))?.permissions == 0o600)
                #expect(umask(mask) == mask)
            }
        }
    }

    @Test func `a socket left behind is replaced, and its name goes in the end`() throws {
        let scratch = Scratch()
        let first = try LocalSocket(bindingAt: scratch("api.sock"))
        close(first.descriptor)
        let second = try LocalSocket(bindingAt: scratch("api.sock"))
        defer { close(second.descriptor) }
        #expect(Client(scratch("api.sock")) != nil)
        second.removeName()
        #expect(!exists(scratch("api.sock")))
    }

    @Test func `what is in the way and no socket is neither followed nor deleted`() throws {
        let scratch = Scratch()
        let target = try LocalSocket(bindingAt: scratch("target"))
        defer { close(target.descriptor) }
        let path = scratch("api.sock")
        let obstacles: [(String) -> Void] = [
            { _ = FileManager.default.createFile(atPath: $0, contents: Data("precious".utf8)) },
            { symlink(scratch("target"), $0) }, { symlink(scratch("nowhere"), $0) }, { mkfifo($0, 0o600) },
            { mkdir($0, 0o700) },
        ]
        for put in obstacles {
            put(path)
            let before = Name(path)
            #expect(throws: LocalSocketError.occupied(path)) { _ = try LocalSocket(bindingAt: path) }
            #expect(Name(path) == before)
            remove(path)
        }
        #expect(exists(scratch("target")))
        #expect(!exists(scratch("nowhere")))
    }

    @Test func `a directory that others may enter is refused, and so is one above that they may change`() throws {
        let scratch = Scratch()
        func refuses() -> Bool {
            do {
                let socket = try LocalSocket(bindingAt: scratch("run/api.sock"))
                close(socket.descriptor)
                return false
            } catch LocalSocketError.directoryUnsafe {
                return true
            } catch {
                return false
            }
        }
        #expect(!refuses())
        #expect(Name(scratch("run"))?.permissions == 0o700, "it was made")
        chmod(scratch("run"), 0o750)
        #expect(refuses())
        chmod(scratch("run"), 0o700)
        chmod(scratch.path, 0o777)
        #expect(refuses())
        chmod(scratch.path, 0o700)
        if Self.isRoot {
            chown(scratch("run"), 65_534, 65_534)
            #expect(refuses())
        }
    }

    @Test func `a path of 107 bytes is bound, one of 108 is refused`() throws {
        let scratch = Scratch()
        let room = 107 - scratch("").utf8.count
        let socket = try LocalSocket(bindingAt: scratch(String(repeating: "s", count: room)))
        defer { close(socket.descriptor) }
        #expect(Name(socket.path)?.kind == .typeSocket)
        let long = scratch(String(repeating: "s", count: room + 1))
        #expect(throws: LocalSocketError.pathTooLong(long, byteLimit: 107)) { _ = try LocalSocket(bindingAt: long) }
    }

    @Test(.enabled(if: isRoot, "only root can become somebody else"))
    func `another user is refused by the directory, and where that lets him, before a byte is read`() async throws {
        try await withServer { path, _ in
            await #expect(processExitsWith: .success) { [path = path as String] in
                guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(1) }
                guard Client(path) == nil, errno == EACCES else { exit(2) }
                exit(0)
            }
            chmod((path as NSString).deletingLastPathComponent, 0o755)
            chmod(path, 0o666)
            await #expect(processExitsWith: .success) { [path = path as String] in
                guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(1) }
                guard let client = Client(path) else { exit(2) }
                client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                exit(client.receiveToEnd().isEmpty ? 0 : 3)
            }
            let ours = await exchange(path, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(ours.status == 200)
        }
    }
}
