import Testing

@testable import Transport

struct FrameDecoderTests {
    private func frames(
        _ pieces: [[UInt8]], frameByteLimit: Int = 65_535
    ) throws(FrameError) -> (frames: [[UInt8]], decoder: FrameDecoder) {
        var decoder = FrameDecoder(frameByteLimit: frameByteLimit)
        var frames: [[UInt8]] = []
        for piece in pieces {
            var input = piece[...]
            while let frame = try decoder.next(from: &input) { frames.append(frame) }
        }
        return (frames, decoder)
    }

    @Test func `frames come out as they went in, however the stream is cut`() throws {
        let expected = [[1], [2, 3], bytes(300), bytes(65_535)]
        let stream = expected.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
        for size in [1, 2, 3, 7, 299, 4_096, stream.count] {
            let pieces = stride(from: 0, to: stream.count, by: size).map {
                [UInt8](stream[$0..<min($0 + size, stream.count)])
            }
            let (frames, decoder) = try frames(pieces)
            #expect(frames == expected)
            #expect(!decoder.isInsideFrame)
        }
    }

    @Test func `a frame has begun with its first byte of length`() throws {
        #expect(try !frames([]).decoder.isInsideFrame)
        #expect(try frames([[0]]).decoder.isInsideFrame)
        #expect(try frames([[0, 2]]).decoder.isInsideFrame)
        #expect(try frames([[0, 2, 9]]).decoder.isInsideFrame)
        #expect(try !frames([[0, 2, 9, 9]]).decoder.isInsideFrame)
    }

    @Test func `an empty frame is an error for ever`() {
        var decoder = FrameDecoder(frameByteLimit: 65_535)
        var input: ArraySlice<UInt8> = [0, 0, 0, 1, 5]
        #expect(throws: FrameError.empty) { try decoder.next(from: &input) }
        #expect(throws: FrameError.empty) { try decoder.next(from: &input) }
    }

    @Test func `a frame above the limit is refused by its length alone`() {
        #expect(throws: FrameError.tooLong(byteCount: 129)) { try frames([[0, 129]], frameByteLimit: 128) }
        #expect(throws: Never.self) { try frames([[0, 128]], frameByteLimit: 128) }
    }

    @Test func `the limit may be raised between two frames of one piece`() throws {
        var decoder = FrameDecoder(frameByteLimit: 1)
        var input: ArraySlice<UInt8> = [0, 1, 7, 0, 2, 8, 9]
        #expect(try decoder.next(from: &input) == [7])
        decoder.frameByteLimit = 2
        #expect(try decoder.next(from: &input) == [8, 9])
    }
}
