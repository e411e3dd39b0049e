import Foundation

/// JSON as untyped values, the way a script sees it.
struct JSONSerialized {
    let object: [String: Any]

    init(_ bytes: Data) throws {
        object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
    }

    init(_ value: some Encodable) throws {
        try self.init(JSONEncoder().encode(value))
    }

    var keys: Set<String> { Set(object.keys) }
}
