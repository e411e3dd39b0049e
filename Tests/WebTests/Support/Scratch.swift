import Foundation
import Glibc

/// A directory that goes with the test.
final class Scratch: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/web-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func callAsFunction(_ name: String) -> String {
        path + "/" + name
    }
}

/// The name itself, links not followed: permissions, and whether it is a socket. Nil where there is nothing.
struct Name: Equatable {
    var permissions: Int
    var kind: FileAttributeType

    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let permissions = attributes[.posixPermissions] as? Int, let kind = attributes[.type] as? FileAttributeType
        else { return nil }
        self.permissions = permissions
        self.kind = kind
    }
}

func exists(_ path: String) -> Bool {
    Name(path) != nil
}
