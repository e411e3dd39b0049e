import Foundation
import Identity
import Testing

/// Protocol/vectors, found from where this file lies.
enum Vectors {
    static func data(_ path: String) throws -> Data {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/vectors")
        return try Data(contentsOf: root.appending(path: path))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try data(path), as: UTF8.self)
    }

    static func rows(_ path: String) throws -> [[String: String]] {
        try #require(try JSONSerialization.jsonObject(with: data(path)) as? [[String: String]])
    }

    struct WycheproofCase {
        let group: [String: Any]
        let fields: [String: Any]

        func text(_ name: String) throws -> String {
            try #require(fields[name] as? String)
        }

        func bytes(_ name: String) throws -> [UInt8] {
            try Hex.decode(text(name))
        }

        var flags: [String] { fields["flags"] as? [String] ?? [] }
        var isValid: Bool { fields["result"] as? String == "valid" }
        var number: Int { fields["tcId"] as? Int ?? 0 }
    }

    static func wycheproof(_ name: String) throws -> [WycheproofCase] {
        let file = try #require(
            try JSONSerialization.jsonObject(with: data("wycheproof/\(name).json")) as? [String: Any])
        let groups = try #require(file["testGroups"] as? [[String: Any]])
        let cases = try groups.flatMap { group in
            try #require(group["tests"] as? [[String: Any]]).map { WycheproofCase(group: group, fields: $0) }
        }
        #expect(cases.count == file["numberOfTests"] as? Int)
        return cases
    }
}

extension [String: String] {
    func bytes(_ name: String) throws -> [UInt8] {
        try Hex.decode(#require(self[name]))
    }
}
