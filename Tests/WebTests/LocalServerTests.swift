import API
import Foundation
import Glibc
import Testing

@testable import Web

@Suite struct LocalServerTests {
    // MARK: Calls

    @Test func `a request is answered`() async throws {
        try await withServer { path, _ in
            let reply = await post(path, "/v1/test/echo", #"{"text":"grüß\n","amount":12}"#)
            #expect(reply.status == 200)
            #expect(reply.body == #"{"amount":12,"text":"grüß\n"}"#)
            #expect(reply.head.lowercased().contains("content-type: application/json"))
            let health = await exchange(path, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(health.status == 200)
        }
    }

    @Test func `an answer from figures that are not all is marked, and no other`() async throws {
        try await withServer { path, _ in
            let figures = await post(path, "/v1/test/count", "{}")
            #expect(figures.body == #"{"count":3,"missing":7,"partial":true}"#)
            let other = await post(path, "/v1/test/echo", #"{"text":"x"}"#)
            #expect(other.body == #"{"text":"x"}"#)
        }
    }

    @Test func `one connection serves many requests`() async throws {
        try await withServer { path, _ in
            let replies = await blocking {
                guard let client = Client(path) else { return [] as [Reply] }
                return (0..<20).map { number in
                    let body = #"{"text":"\#(number)"}"#
                    let head = "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                    client.send(head + body)
                    return Reply(String(decoding: client.receive(), as: UTF8.self))
                }
            }
            #expect(replies.map(\.body) == (0..<20).map { #"{"text":"\#($0)"}"# })
        }
    }

    @Test func `a chunked body is put together, and a half-closed client still gets its answer`() async throws {
        try await withServer { path, _ in
            let reply = await blocking {
                guard let client = Client(path) else { return Reply("") }
                client.send("POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                client.send("8\r\n{\"text\":\r\n")
                usleep(50_000)
                client.send("4\r\n\"x\"}\r\n0\r\n\r\n")
                client.finishSending()
                return Reply(client.receiveToEnd())
            }
            #expect(reply.status == 200)
            #expect(reply.body == #"{"text":"x"}"#)
        }
    }

    @Test func `a raw body and its fields arrive as they are`() async throws {
        try await withServer { path, _ in
            let body = String(repeating: "a,b\n", count: 1 << 18)
            #expect(body.utf8.count == 1 << 20)
            let reply = await post(path, "/v1/test/raw", body, fields: "X-Import-Source: shop\r\n")
            #expect(reply.status == 200)
            #expect(reply.body == #"{"bytes":"1048576","source":"shop"}"#)
        }
    }

    @Test(arguments: [
        ("E-USAGE", 400), ("E-AMOUNT", 400), ("E-PERSON-UNKNOWN", 404), ("E-ROLE", 403), ("E-CODE-TAKEN", 409),
        ("E-DISK-FULL", 507), ("E-STORAGE", 500),
    ])
    func `a failure has its code's status and keeps its words`(code: String, status: Int) async throws {
        try await withServer { path, _ in
            let reply = await post(path, "/v1/test/fail", #"{"code":"\#(code)"}"#)
            #expect(reply.status == status)
            let failure = try JSONDecoder().decode(Failure.Envelope.self, from: Data(reply.body.utf8)).error
            #expect(failure.code.rawValue == code)
            #expect(failure.message == "no")
        }
    }

    @Test func `an error that nobody expected is not explained to the client`() async throws {
        try await withServer { path, _ in
            let reply = await post(path, "/v1/test/fail", "{}")
            #expect(reply.status == 500)
            #expect(reply.body.contains("E-INTERNAL"))
            #expect(!reply.body.contains("secret"))
        }
    }

    @Test(arguments: [
        ("/v1/test/echo", "{", "malformed"), ("/v1/test/echo", #"{"text":1}"#, "text is of another type"),
        ("/v1/test/echo", "", "text is missing"), ("/v1/test/echo", #"{"text":"a","text":"b"}"#, "twice"),
        ("/v1/test/echo", #"{"text":"a","amount":1.0}"#, "not an integer"),
        ("/v1/test/echo", #"{"text":"a","amount":1e2}"#, "not an integer"),
        ("/v1/test/echo", #"{"text":"a","amount":9223372036854775808}"#, "not an integer"),
        ("/v1/test/echo", #"{"text":"\ud800"}"#, "malformed"),
        ("/v1/test/echo", String(repeating: "[", count: 40), "too deep"),
    ])
    func `a body that is not the request is refused`(call: String, body: String, reason: String) async throws {
        try await withServer { path, _ in
            let reply = await post(path, call, body)
            #expect(reply.status == 400)
            #expect(reply.body.contains("E-REQUEST"))
            #expect(reply.body.contains(reason))
        }
    }

    @Test func `unknown paths and methods are told so`() async throws {
        try await withServer { path, _ in
            let unknown = await post(path, "/v1/nothing", "{}")
            #expect(unknown.status == 404)
            #expect(unknown.body.contains("E-PATH-UNKNOWN"))
            for target in ["/v1/test/../test/echo", "/v1/test/echo/", "//v1/test/echo", "/v1/test%2fecho"] {
                #expect(await post(path, target, #"{"text":"a"}"#).status == 404, "\(target)")
            }
            let reply = await exchange(path, "GET /v1/test/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(reply.status == 400)
        }
    }

    // MARK: Bounds

    @Test(arguments: [(1 << 20) + 1, 3 << 20])
    func `a body above a mebibyte is refused, announced or not`(byteCount: Int) async throws {
        try await withServer { path, _ in
            let text = String(repeating: "x", count: byteCount)
            let announced = await post(path, "/v1/test/raw", text)
            #expect(announced.status == 413)
            #expect(announced.body.contains("E-TOO-LARGE"))
            let chunked = await exchange(
                path,
                "POST /v1/test/raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(byteCount, radix: 16))\r\n\(text)\r\n0\r\n\r\n")
            #expect(chunked.status == 413)
            #expect(await post(path, "/v1/test/echo", #"{"text":"a"}"#).status == 200)
        }
    }

    @Test func `a body without end is cut off`() async throws {
        try await withServer { path, _ in
            let sent = await blocking {
                guard let client = Client(path) else { return 0 }
                client.send("POST /v1/test/raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x61, count: 65_536) + Array("\r\n".utf8)
                for count in 0..<1_000 where !client.send(chunk) { return count * 65_536 }
                return Int.max
            }
            #expect(sent < 24 << 20)
            #expect(sent > 1 << 20)
        }
    }

    @Test func `64 header fields are read, 65 are not`() async throws {
        try await withServer { path, _ in
            func reply(fieldCount: Int) async -> Reply {
                // Host, Connection and Content-Length are the others.
                let fields = (0..<fieldCount - 3).map { "X-\($0): y\r\n" }.joined()
                return await exchange(
                    path,
                    "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 12\r\n\(fields)\r\n"
                        + #"{"text":"a"}"#)
            }
            #expect(await reply(fieldCount: 64).status == 200)
            #expect([431, 0].contains(await reply(fieldCount: 65).status))
            #expect([431, 0].contains(await reply(fieldCount: 4_000).status))
        }
    }

    @Test func `16 KiB of header are enough`() async throws {
        try await withServer { path, _ in
            func reply(byteCount: Int) async -> Reply {
                let field = "X-Long: \(String(repeating: "y", count: byteCount))\r\n"
                return await post(path, "/v1/test/echo", #"{"text":"a"}"#, fields: field)
            }
            #expect(await reply(byteCount: 15 << 10).status == 200)
            #expect([431, 0].contains(await reply(byteCount: 17 << 10).status))
            let target = await post(path, "/" + String(repeating: "y", count: 200 << 10), "{}")
            #expect([400, 414, 431, 0].contains(target.status))
        }
    }

    @Test(arguments: [
        "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"text\":\"a\"}\r\n0\r\n\r\n",
        "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\nc\r\n{\"text\":\"a\"}\r\n0\r\n\r\n",
        "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n{\"text\":\"a\"}",
        "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /v1/test/echo HTTP/1.1\nHost : x\n\n", "\u{16}\u{3}\u{1}\u{2}\u{0}", "HELLO\r\n\r\n",
        "POST /v1/test/echo HTTP/9.9\r\nHost: x\r\n\r\n",
    ])
    func `what is no clean HTTP is closed`(text: String) async throws {
        try await withServer { path, _ in
            let reply = await exchange(path, text)
            #expect([400, 0].contains(reply.status), "\(reply)")
            #expect(!reply.body.contains("text"))
        }
    }

    @Test func `requests do not pile up on a connection`() async throws {
        try await withServer { path, _ in
            let call = "POST /v1/test/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{\"milliseconds\": 100}"
            let text = await blocking {
                guard let client = Client(path) else { return "no connection" }
                for _ in 0..<100 { client.send(call.replacing("20", with: "21")) }
                return client.receiveToEnd()
            }
            #expect(text.ranges(of: "waited").count <= 1)
        }
    }

    @Test func `a slow header is dropped after 5 s, and an idle connection is not`() async throws {
        try await withServer { path, _ in
            async let slow = blocking {
                guard let client = Client(path) else { return Duration.zero }
                let start = ContinuousClock.now
                for character in "POST /v1/test/echo HTTP/1.1\r\nX-Slow: yyyyyyyyyyyyyyyyyy" {
                    guard client.send(String(character)) else { break }
                    usleep(200_000)
                }
                _ = client.receiveToEnd()
                return ContinuousClock.now - start
            }
            async let silent = blocking {
                guard let client = Client(path) else { return Duration.zero }
                let start = ContinuousClock.now
                _ = client.receiveToEnd()
                return ContinuousClock.now - start
            }
            async let slowSecond = blocking {
                guard let client = Client(path) else { return (true, Duration.zero) }
                let body = #"{"text":"a"}"#
                let call = "POST /v1/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n\(body)"
                client.send(call)
                _ = client.receive()
                sleep(6)
                client.send(call)
                let isAlive = Reply(String(decoding: client.receive(), as: UTF8.self)).status == 200
                let start = ContinuousClock.now
                client.send("POST /v1")
                _ = client.receiveToEnd()
                return (isAlive, ContinuousClock.now - start)
            }
            let bounds = Duration.seconds(4.5)..<Duration.seconds(8)
            #expect(bounds.contains(await slow))
            #expect(bounds.contains(await silent))
            let second = await slowSecond
            #expect(second.0)
            #expect(bounds.contains(second.1))
        }
    }

    @Test func `500 slow clients do not keep an honest one waiting`() async throws {
        // Both ends of all connections are in this process.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try await withServer { path, _ in
            let clients = await blocking {
                let clients = (0..<500).compactMap { _ in Client(path) }
                for client in clients { client.send("POST /v1/test/echo HTTP/1.1\r\nX-Slow: ") }
                return clients
            }
            #expect(clients.count == 500)
            var durations: [Duration] = []
            for _ in 0..<51 {
                let start = ContinuousClock.now
                #expect(await post(path, "/v1/test/echo", #"{"text":"a"}"#).status == 200)
                durations.append(ContinuousClock.now - start)
            }
            #expect(durations.sorted()[25] < .milliseconds(250), "other tests run beside this one")
            withExtendedLifetime(clients) {}
        }
    }

    // MARK: Stopping

    @Test func `stopping finishes what is in progress, closes what is idle, and removes the socket`() async throws {
        try await withServer { path, stop in
            async let reply = post(path, "/v1/test/wait", #"{"milliseconds":700}"#)
            async let idle = blocking { Client(path).map { $0.receiveToEnd() } ?? "refused" }
            try await waitHasBegun(milliseconds: 700)
            let start = ContinuousClock.now
            await stop()
            #expect(await reply.status == 200)
            #expect(await idle == "")
            #expect(ContinuousClock.now - start < .seconds(4))
            while exists(path), ContinuousClock.now - start < .seconds(4) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(!exists(path))
        }
    }

    @Test func `stopping waits 5 s and no longer`() async throws {
        let start = ContinuousClock.now
        try await withServer { path, stop in
            async let reply = post(path, "/v1/test/wait", #"{"milliseconds":60000}"#)
            try await waitHasBegun(milliseconds: 60_000)
            await stop()
            #expect(await reply.status != 200)
        }
        #expect((Duration.seconds(5)..<Duration.seconds(12)).contains(ContinuousClock.now - start))
    }

    /// A connection that was set up and served by nobody once ended the whole process.
    @Test func `connections that come while the server stops harm nobody`() async throws {
        for round in 0..<30 {
            try await withServer { path, stop in
                await withDiscardingTaskGroup { group in
                    for _ in 0..<30 { group.addTask { _ = await post(path, "/v1/test/echo", #"{"text":"a"}"#) } }
                    group.addTask {
                        try? await Task.sleep(for: .microseconds(400 * round))  // sooner is as good
                        await stop()
                    }
                }
            }
        }
    }
}
