import Foundation
import Testing

/// Protocol/vectors, found from where this file lies.
enum VectorFile {
    private static func url(_ path: String) -> URL {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        return tests.appending(path: "../../../Protocol/vectors").appending(path: path)
    }

    static func data(_ path: String) throws -> Data {
        try Data(contentsOf: url(path))
    }

    /// The committed file is what the code makes. GRAPEVINE_WRITE_VECTORS=1 writes it.
    static func check(_ path: String, _ value: JSONText) throws {
        let made = value.text + "\n"
        if ProcessInfo.processInfo.environment["GRAPEVINE_WRITE_VECTORS"] == "1" {
            try Data(made.utf8).write(to: url(path))
        }
        let committed = String(decoding: try data(path), as: UTF8.self)
        #expect(committed == made, "\(path) is not what the code makes; see GRAPEVINE_WRITE_VECTORS")
    }
}
