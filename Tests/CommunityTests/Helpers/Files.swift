import Foundation
import Testing

/// Files of the repository and of the shared folder, found from where this file lies.
enum Files {
    static let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../..").standardized
    static let vectors = repository.appending(path: "Protocol/vectors/community")
    static let fixtures = repository.appending(path: "Tests/Fixtures")

    /// Inflates a file of `../shared`, which need not be there.
    static func shared(_ path: String) throws -> Data? {
        let file = repository.appending(path: "../shared").appending(path: path).standardized
        guard FileManager.default.isReadableFile(atPath: file.path()) else { return nil }
        let inflate = Process()
        inflate.executableURL = URL(filePath: "/usr/bin/env")
        inflate.arguments = ["gzip", "-dc", file.path()]
        let output = Pipe()
        inflate.standardOutput = output
        try inflate.run()
        let data = try output.fileHandleForReading.readToEnd()
        inflate.waitUntilExit()
        return inflate.terminationStatus == 0 ? data : nil
    }
}
