import API
import Hummingbird
import Logging
import NIOCore

/// From a request to its response.
struct Answering: Sendable {
    let routes: Routes
    let logger: Logger

    func answer(_ request: Hummingbird.Request) async -> Response {
        do {
            return try await Self.response(answered(request))
        } catch let failure as Failure {
            return Self.response(failure)
        } catch {
            // The details are ours; the client may show what it gets to anybody.
            logger.error("a call failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Self.response(Failure(.internalError, "something went wrong in the daemon"))
        }
    }

    private func answered(_ request: Hummingbird.Request) async throws -> [UInt8] {
        // First of all, for a client that is still sending reads no answer.
        let body = try await body(of: request)
        let path = request.uri.path
        if request.method == .get, path == "/health" { return Array(#"{"ok":true}"#.utf8) }
        guard let answer = routes.answer(at: path) else {
            throw Failure(.pathUnknown, "there is no call of this path")
        }
        guard request.method == .post else { throw Failure(.request, "calls are POST") }
        return try await answer(request.headers, body)
    }

    /// All of it is read; what is too much is not kept. ``RequestPace`` bounds both.
    private func body(of request: Hummingbird.Request) async throws -> [UInt8] {
        var body: [UInt8] = []
        var byteCount = 0
        for try await part in request.body {
            byteCount += part.readableBytes
            if byteCount <= Limits.bodyByteLimit { body.append(contentsOf: part.readableBytesView) }
        }
        guard byteCount <= Limits.bodyByteLimit else {
            throw Failure(.tooLarge, "the body is longer than \(Limits.bodyByteLimit) bytes")
        }
        return body
    }

    private static func response(_ body: [UInt8]) -> Response {
        response(.ok, body)
    }

    private static func response(_ failure: Failure) -> Response {
        let body = (try? JSONText.encode(Failure.Envelope(failure))) ?? []  // two strings and a code always encode
        return response(.init(code: failure.code.httpStatus), body)
    }

    private static func response(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
