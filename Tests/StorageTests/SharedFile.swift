import Foundation

/// Files of the folder that is shared beside the repository, if it is there.
enum SharedFile {
    /// - Returns: Inflated; nil where the file is not there.
    static func inflated(_ path: String) throws -> Data? {
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "../..").standardized
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
