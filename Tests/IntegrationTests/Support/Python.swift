import Foundation
import Testing

/// What the tests do with another language than the product's.
enum Python {
    static let url = URL(filePath: "/usr/bin/python3")

    /// - Returns: Standard output, without the last line end.
    @discardableResult
    static func run(
        _ script: String, _ arguments: [String] = [], input: String? = nil, seconds: Double = 60
    ) throws -> String {
        let ended = try IntegrationTests.run(url, ["-c", script] + arguments, input: input, seconds: seconds)
        try #require(ended.status == 0, "\(ended.output) \(ended.errors)")
        return ended.output.trimmingCharacters(in: .newlines)
    }

    /// Runs statements on a stopped node's file; the answers of the last one, cells with spaces between.
    @discardableResult
    static func sql(_ statements: [String], on node: Node) throws -> String {
        let script = """
            import sqlite3, sys
            def flip(value, index):
                changed = bytearray(value)
                changed[index] ^= 1
                return bytes(changed)
            db = sqlite3.connect(sys.argv[1])
            db.create_function("flip", 2, flip)
            for statement in sys.argv[2:]:
                cursor = db.execute(statement)
                rows = cursor.fetchall()
                assert cursor.rowcount != 0, "nothing changed by " + statement
            db.commit()
            print("\\n".join(" ".join(str(cell) for cell in row) for row in rows))
            """
        return try run(script, [node.database.path] + statements)
    }
}
