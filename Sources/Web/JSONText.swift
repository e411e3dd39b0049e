import API
import Foundation

/// Requests and answers as JSON. Keys are what the structs of `API` say.
enum JSONText {
    /// - Parameter body: Empty stands for `{}`.
    /// - Throws: `Failure` with `E-REQUEST`, saying what is wrong and where, but not what was sent.
    static func decode<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws -> Value {
        let body = body.isEmpty ? Array("{}".utf8) : body
        do throws(JSONGuardError) {
            try JSONGuard.check(body)
        } catch {
            throw Failure(.request, "the body is no JSON we accept: \(error)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw Failure(.request, error.sentence)
        }
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }
}

extension DecodingError {
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.name(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(Self.name(context.codingPath)) is of another type"
        case .dataCorrupted(let context): "\(Self.name(context.codingPath)) is not a value we know"
        @unknown default: "the request is not what we expect"
        }
    }

    private static func name(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the body" : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}

extension JSONGuardError: CustomStringConvertible {
    var description: String {
        switch self {
        case .notUTF8: "it is not UTF-8"
        case .malformed(let position): "malformed at byte \(position)"
        case .tooDeep(let position): "nested too deep at byte \(position)"
        case .duplicateKey(let position): "a key is given twice, at byte \(position)"
        case .notAnInteger(let position): "a number that is not an integer of 64 bits, at byte \(position)"
        }
    }
}
