import AuthorLog
import Identity

/// JSON with its keys in the order they were written, so that a vector reads from top to bottom.
indirect enum JSONText {
    case object(KeyValuePairs<String, JSONText>)
    case array([JSONText])
    case string(String)
    case number(UInt64)
    case bool(Bool)
    case null

    static func hex(_ bytes: [UInt8]) -> JSONText { .string(Hex.encode(bytes)) }
    static func hex(_ value: some FixedBytes) -> JSONText { .string(value.hex) }
    static func time(_ time: HybridTime) -> JSONText { .number(time.rawValue) }

    var text: String { text(indent: "") }

    private func text(indent: String) -> String {
        let deeper = indent + " "
        return switch self {
        case .object(let pairs):
            Self.lines("{", pairs.map { Self.quoted($0.key) + ": " + $0.value.text(indent: deeper) }, "}", indent)
        case .array(let values): Self.lines("[", values.map { $0.text(indent: deeper) }, "]", indent)
        case .string(let string): Self.quoted(string)
        case .number(let number): String(number)
        case .bool(let bool): String(bool)
        case .null: "null"
        }
    }

    private static func lines(_ open: String, _ items: [String], _ close: String, _ indent: String) -> String {
        guard !items.isEmpty else { return open + close }
        return open + "\n" + items.map { indent + " " + $0 }.joined(separator: ",\n") + "\n" + indent + close
    }

    private static func quoted(_ string: String) -> String {
        "\"" + string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension JSONText: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .string(value) }
}
