import API
import CZlib

/// Inflates what another source reads: gzip files (RFC 1952), several members on end included.
final class GzipSource: ByteSource {
    private let compressed: any ByteSource
    private let stream: UnsafeMutablePointer<z_stream>
    private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: FileSource.blockBytes)
    private var input: [UInt8] = []
    private var inputStart = 0
    /// Between members, where the file may end.
    private var isBetweenMembers = false

    init(_ compressed: any ByteSource) throws(Failure) {
        self.compressed = compressed
        // zlib keeps a pointer back to its stream: it must not move.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let outcome = inflateInit2_(stream, Self.gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard outcome == Z_OK else { throw Failure(.internalError, "zlib answered \(outcome)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    func read(into buffer: inout [UInt8]) throws(Failure) -> Bool {
        while true {
            if inputStart == input.count {
                input.removeAll(keepingCapacity: true)
                inputStart = 0
                guard try compressed.read(into: &input) else {
                    guard isBetweenMembers else { throw Failure(.gzip, "the file ends in the middle") }
                    return false
                }
            }
            if isBetweenMembers, try !beginsMember() { return false }
            if try inflate(into: &buffer) > 0 { return true }
        }
    }

    /// At most a block, however little input it takes: a bomb only costs time.
    private func inflate(into buffer: inout [UInt8]) throws(Failure) -> Int {
        let offered = input.count - inputStart
        let outcome = input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress! + inputStart
            stream.pointee.avail_in = UInt32(offered)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            return CZlib.inflate(stream, Z_NO_FLUSH)
        }
        inputStart += offered - Int(stream.pointee.avail_in)
        let count = output.count - Int(stream.pointee.avail_out)
        buffer.append(contentsOf: output[..<count])
        switch outcome {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default: throw Failure(.gzip, "the file is damaged")
        }
        return count
    }

    /// Another member; or the zeros that some programs fill up with, which end the text.
    private func beginsMember() throws(Failure) -> Bool {
        if input[inputStart] == 0 { return false }
        guard inflateReset(stream) == Z_OK else { throw Failure(.gzip, "the file is damaged") }
        isBetweenMembers = false
        return true
    }

    /// The largest window, and a gzip header only.
    private static let gzipOnly: Int32 = 15 + 16
}
