import Foundation
import Testing

/// The local API belongs to the owner of the home alone.
@Suite(.serialized)
struct ApiSocketTests {
    private func socket(_ node: Node) -> String { node.home.appending(path: "api.sock").path }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0, "\(path): \(errno)")
        return status.st_mode
    }

    @Test func `socket, record and keys are closed to others, whatever the umask`() throws {
        let before = umask(0)
        defer { umask(before) }
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        _ = try node.json(["backer", "add", "--external", "b"])
        #expect(try mode(socket(node)) == S_IFSOCK | 0o600)
        #expect(try mode(node.home.path) == S_IFDIR | 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: node.home.path) {
            #expect(try mode(node.home.appending(path: name).path) & 0o077 == 0, "\(name)")
        }
        for name in ["root-key", "root-key.successor"] {
            #expect(try mode(cluster.folder.appending(path: name).path) == S_IFREG | 0o600)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
    func `another user is refused, even where the files would let them in`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        let path = socket(node)
        let asker = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(5)
            try:
                s.connect(sys.argv[1])
                s.sendall(b"GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
                data = b""
                while chunk := s.recv(4096): data += chunk
                print("bytes", len(data), data[:16])
            except OSError as error:
                print(type(error).__name__)
            """
        func ask(as user: Int) throws -> String {
            let ended = try run(
                URL(filePath: "/usr/bin/setpriv"),
                ["--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", Python.url.path, "-c", asker, path],
                in: URL(filePath: "/"), seconds: 20)
            return ended.output.trimmingCharacters(in: .newlines)
        }
        #expect(try ask(as: 0).contains("HTTP/1.1"))
        #expect(try ask(as: 65_534) == "PermissionError")
        for (file, mode) in [(cluster.folder.path, mode_t(0o755)), (node.home.path, 0o755), (path, 0o666)] {
            chmod(file, mode)
        }
        let answer = try ask(as: 65_534)
        #expect(
            !answer.contains("HTTP/1.1 200") && (answer.hasPrefix("bytes 0") || answer.hasSuffix("Error")), "\(answer)")
        for (file, mode) in [(path, mode_t(0o600)), (node.home.path, 0o700), (cluster.folder.path, 0o700)] {
            chmod(file, mode)
        }
        _ = try node.json(["status"])
    }

    @Test func `what lies in the socket's place is neither followed nor deleted`() throws {
        let cluster = try Cluster()
        let node = cluster.nodes[0]
        try node.stop()
        let path = socket(node)
        let files = FileManager.default
        try Data("precious".utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
        try node.expectNoStart(5, "is in the way")
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "precious")
        try files.removeItem(atPath: path)

        let elsewhere = cluster.folder.appending(path: "elsewhere").path
        try files.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
        try node.expectNoStart(5, "is in the way")
        #expect(try files.destinationOfSymbolicLink(atPath: path) == elsewhere)
        #expect(!files.fileExists(atPath: elsewhere))
        try files.removeItem(atPath: path)

        // A socket left by a process that was killed is replaced.
        try node.start()
        node.kill()
        #expect(try mode(path) & S_IFMT == S_IFSOCK)
        try node.start()
        _ = try node.json(["status"])
        try node.stop()
        #expect(!files.fileExists(atPath: path))
    }
}
