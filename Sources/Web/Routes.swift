package import API
import HTTPTypes
import Hummingbird

/// The calls that are answered, by path below `/v1/`. All are POST; there is nothing else but `GET /health`.
package struct Routes: Sendable {
    typealias Answer = @Sendable (HTTPFields, [UInt8]) async throws -> [UInt8]

    private var answers: [String: Answer] = [:]
    private let missing: @Sendable () async -> Int?

    /// - Parameter missing: Updates that are known of and that no answer counts yet; nil: none.
    package init(missing: @escaping @Sendable () async -> Int? = { nil }) {
        self.missing = missing
    }

    /// JSON both ways. What `answer` throws goes to the client as it is if it is a `Failure`, and to the log if not.
    package mutating func add<Call: API.Request>(
        _ call: Call.Type = Call.self, _ answer: @escaping @Sendable (Call) async throws -> Call.Answer
    ) {
        add(Call.path) { _, body in
            try JSONText.encode(try await answer(try JSONText.decode(Call.self, from: body)))
        }
    }

    /// As ``add(_:_:)``, for what is answered from the figures: marked while there is more than they count.
    package mutating func query<Call: API.Request>(
        _ call: Call.Type = Call.self, _ answer: @escaping @Sendable (Call) async throws -> Call.Answer
    ) {
        add(Call.path) { [missing] _, body in
            let question = try JSONText.decode(Call.self, from: body)
            // Before the figures are read: what comes later is not in them, either.
            let missing = await missing()
            return try JSONText.encode(Marked(try await answer(question), missing: missing))
        }
    }

    /// A body that is not JSON.
    package mutating func addRaw<Result: Encodable & Sendable>(
        _ path: String, _ answer: @escaping @Sendable (RawCall) async throws -> Result
    ) {
        add(path) { fields, body in
            try JSONText.encode(try await answer(RawCall(fields: fields, body: body)))
        }
    }

    private mutating func add(_ path: String, _ answer: @escaping Answer) {
        let former = answers.updateValue(answer, forKey: "/v1/" + path)
        precondition(former == nil, "two answers for \(path)")
    }

    func answer(at path: String) -> Answer? {
        answers[path]
    }
}

/// A call with a body of its own kind.
package struct RawCall: Sendable {
    private let fields: HTTPFields
    package let body: [UInt8]

    init(fields: HTTPFields, body: [UInt8]) {
        self.fields = fields
        self.body = body
    }

    /// A header field, by its name in any case.
    package func field(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { fields[$0] }
    }
}
