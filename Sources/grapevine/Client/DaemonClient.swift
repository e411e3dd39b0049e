import API
import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1

/// Asks the daemon of a home, over its unix socket.
struct DaemonClient: Sendable {
    private let http: HTTPClient
    private let socket: String

    /// Opens a client for as long as `body` runs.
    ///
    /// - Throws: ``Failure``: `E-DAEMON-DOWN` where nobody listens, `E-NO-COMMUNITY` where there is no home.
    static func with<Value: Sendable>(
        home: String, _ body: (DaemonClient) async throws -> Value
    ) async throws -> Value {
        let socket = try ControlSocket.path(home: home)
        try ControlSocket.check(socket, home: home)
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let client = DaemonClient(http: HTTPClient(configuration: configuration), socket: socket)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        try await client.http.shutdown()
        return try result.get()
    }

    /// - Parameter patience: How long the answer may take to begin.
    func ask<Question: Request>(
        _ question: Question, patience: Duration = .seconds(120)
    ) async throws -> Question.Answer {
        try await askMarked(question, patience: patience).answer
    }

    /// The answer, and whether the daemon knows of more than it counts.
    func askMarked<Question: Request>(
        _ question: Question, patience: Duration = .seconds(120)
    ) async throws -> Marked<Question.Answer> {
        let body = Array(try JSONEncoder().encode(question))
        return try await post(
            Question.path, headers: ["Content-Type": "application/json"], body: body, patience: patience)
    }

    /// - Parameter headers: Those of ``ImportPart/Field``.
    func send(part: [UInt8], of kind: RecordKind, headers: [String: String]) async throws -> ImportPart {
        var fields = HTTPHeaders(headers.sorted(by: <).map { ($0.key, $0.value) })
        fields.add(name: "Content-Type", value: "text/csv")
        return try await post(ImportPart.path(kind), headers: fields, body: part, patience: .seconds(3_600))
    }

    private func post<Answer: Decodable>(
        _ path: String, headers: HTTPHeaders, body: [UInt8], patience: Duration
    ) async throws -> Answer {
        guard let url = URL(httpURLWithSocketPath: socket, uri: "/v1/\(path)") else {
            throw Failure(.homePath, "\(socket) cannot be written as a URL")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        request.headers = headers
        request.body = .bytes(body)
        let status: Int
        let bytes: ByteBuffer
        do {
            let response = try await http.execute(request, timeout: TimeAmount(patience))
            status = Int(response.status.code)
            bytes = try await response.body.collect(upTo: Self.answerBytes)
        } catch {
            throw Failure(unanswered: error, socket: socket)
        }
        guard status == 200 else { throw Failure(status: status, body: Data(bytes.readableBytesView)) }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes.readableBytesView))
        } catch {
            throw Failure(.internalError, "the answer to \(path) makes no sense", hint: Failure.Code.request.hint)
        }
    }

    /// A referral tree of half a million people fits.
    private static let answerBytes = 256 << 20
}

extension Failure {
    /// - Parameter error: What kept the whole answer from us.
    fileprivate init(unanswered error: any Error, socket: String) {
        switch error {
        case let error as HTTPClientError where [.readTimeout, .deadlineExceeded].contains(error):
            self.init(
                .daemonDown, "the daemon did not answer in time", hint: "grapevine status; its log is grapevined.log")
        case let error as IOError where [EACCES, EPERM].contains(error.errnoCode):
            self.init(.forbidden, "\(socket) belongs to another user")
        case let error as IOError where [ENOENT, ECONNREFUSED].contains(error.errnoCode):
            self.init(.daemonDown, "the daemon is not running")
        default:
            self.init(.daemonDown, "the daemon ended before it answered")
        }
    }

    fileprivate init(status: Int, body: Data) {
        struct Loose: Decodable {
            struct Reason: Decodable {
                let code: String
                let message: String
                let hint: String?
            }
            let error: Reason
        }
        guard let reason = try? JSONDecoder().decode(Loose.self, from: body).error else {
            self.init(.internalError, "the daemon answered HTTP \(status) without a reason")
            return
        }
        if let code = Code(rawValue: reason.code) {
            self.init(code, reason.message, hint: reason.hint)
        } else {
            self.init(.internalError, "\(reason.code): \(reason.message)", hint: reason.hint)
        }
    }
}
