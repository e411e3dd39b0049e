import NIOCore
import NIOEmbedded
import Testing

@testable import Transport

struct FrameHandlerTests {
    /// Writes down why the link was to end.
    private final class Witness: ChannelInboundHandler {
        typealias InboundIn = [UInt8]
        var frames: [[UInt8]] = []
        var reasons: [CloseReason] = []
        var allowsLongFramesAfter: Int?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            frames.append(Self.unwrapInboundIn(data))
            if frames.count == allowsLongFramesAfter {
                context.triggerUserOutboundEvent(FrameHandler.Command.allowLongFrames, promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let reason = error as? CloseReason { reasons.append(reason) }
        }
    }

    private let witness = Witness()
    private let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel(handlers: [FrameHandler(limits: TransportLimits()), witness])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func receive(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.pipeline.read()
    }

    @Test func `a frame whose bytes drip has ten seconds in all`() throws {
        for second in 0..<9 {
            try receive(second == 0 ? [0, 100, 1] : [1])
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(witness.reasons.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(witness.reasons == [.frameTooSlow])
    }

    @Test func `the next frame has ten seconds again`() throws {
        for _ in 0..<5 {
            try receive([0, 2, 1])
            channel.embeddedEventLoop.advanceTime(by: .seconds(9))
            try receive([1])
        }
        #expect(witness.reasons.isEmpty)
        #expect(witness.frames.count == 5)
    }

    @Test func `ninety seconds without a frame are enough, and begun frames are none`() throws {
        try receive([0, 1, 1])
        channel.embeddedEventLoop.advanceTime(by: .seconds(85))
        try receive([0])
        channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(witness.reasons.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(witness.reasons == [.idle])
    }

    @Test func `while we do not read, no time passes`() throws {
        try receive([0, 2, 1])
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.advanceTime(by: .seconds(1_000))
        #expect(witness.reasons.isEmpty)
        channel.pipeline.read()
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(witness.reasons.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(witness.reasons == [.frameTooSlow])
    }

    @Test func `a stranger's frames are short, and a friend's may be long within the same piece`() throws {
        witness.allowsLongFramesAfter = 1
        try receive([0, 1, 1, 1, 0] + bytes(256))
        #expect(witness.frames.map(\.count) == [1, 256])
        #expect(witness.reasons.isEmpty)
    }

    @Test func `an empty or too long frame ends it, and nothing after it is heard`() throws {
        try receive([0, 1, 1, 0, 0, 0, 1, 1])
        try receive([0, 1, 1])
        #expect(witness.frames == [[1]])
        #expect(witness.reasons == [.frameEmpty])

        let other = try FrameHandlerTests()
        try other.receive([255, 255, 1])
        #expect(other.witness.reasons == [.frameTooLong])
    }

    @Test func `frames written together leave together, and all promises are kept`() throws {
        var kept = 0
        for size in [1, 2, 65_534, 3] {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenSuccess { kept += 1 }
            channel.pipeline.write(bytes(size), promise: promise)
        }
        channel.flush()
        var sizes: [Int] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sizes.append(buffer.readableBytes) }
        #expect(sizes == [3 + 4, 65_536, 5])
        #expect(kept == 4)
    }
}
