import Testing

@testable import API

struct HomePathTests {
    private func home(_ flag: String?, _ environment: [String: String]) -> String? {
        HomePath.resolve(flag: flag, environment: environment, workingDirectory: "/srv/here")
    }

    @Test func `the flag wins, then GRAPEVINE_HOME, then XDG_DATA_HOME, then HOME`() {
        var environment = ["GRAPEVINE_HOME": "/g", "XDG_DATA_HOME": "/x", "HOME": "/h"]
        #expect(home("/f", environment) == "/f")
        #expect(home(nil, environment) == "/g")
        environment["GRAPEVINE_HOME"] = ""
        #expect(home(nil, environment) == "/x/grapevine")
        environment["XDG_DATA_HOME"] = nil
        #expect(home(nil, environment) == "/h/.local/share/grapevine")
        #expect(home(nil, [:]) == nil)
    }

    @Test(arguments: [
        ("demo", "/srv/here/demo"), ("./demo/", "/srv/here/demo"), ("../demo", "/srv/demo"),
        ("/a//b/./c/..", "/a/b"),
        ("/../..", "/"), (".", "/srv/here"),
    ])
    func `a path comes out absolute and plain`(flag: String, expected: String) {
        #expect(home(flag, [:]) == expected)
    }
}

struct SocketPathTests {
    @Test func `a short home has its socket inside`() {
        #expect(SocketPath.path(home: "/home/ana/g", runtimeDirectory: "/run/user/1000") == "/home/ana/g/api.sock")
    }

    @Test func `107 bytes still fit, 108 do not`() {
        let longest = "/" + String(repeating: "h", count: SocketPath.byteLimit - 1 - "/api.sock".utf8.count)
        #expect(SocketPath.path(home: longest, runtimeDirectory: nil)?.utf8.count == 107)
        #expect(SocketPath.path(home: longest + "h", runtimeDirectory: nil) == nil)
        #expect(
            SocketPath.path(home: longest + "h", runtimeDirectory: "/run/user/1000")
                == "/run/user/1000/grapevine/\(SocketPath.id(of: longest + "h")).sock")
    }

    @Test func `bytes count, not characters`() {
        let home = "/" + String(repeating: "é", count: 60)
        #expect(
            SocketPath.path(home: home, runtimeDirectory: "/run") == "/run/grapevine/\(SocketPath.id(of: home)).sock")
    }

    @Test func `a runtime directory that is too long is of no use`() {
        let long = "/" + String(repeating: "x", count: 120)
        #expect(SocketPath.path(home: long, runtimeDirectory: long) == nil)
        #expect(SocketPath.path(home: long, runtimeDirectory: "") == nil)
    }

    /// Source: the FNV reference test suite, 64-bit FNV-1a.
    @Test func `the id is FNV-1a's`() {
        #expect(SocketPath.id(of: "") == "cbf29ce484222325")
        #expect(SocketPath.id(of: "a") == "af63dc4c8601ec8c")
        #expect(SocketPath.id(of: "foobar") == "85944171f73967e8")
    }
}
