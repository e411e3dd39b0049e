/// What makes a stream of bytes no stream of frames.
enum FrameError: Error, Equatable, Sendable {
    case empty
    case tooLong(byteCount: Int)
}

/// Cuts a stream of bytes into frames: u16 length, big-endian, then as many bytes.
///
/// It grows with what has come and never with what was announced. After an error it throws the same for ever.
struct FrameDecoder: Sendable {
    private enum State: Sendable {
        case between
        case announcing(first: UInt8)
        case inside(byteCount: Int, held: [UInt8])
        case failed(FrameError)
    }

    private var state = State.between

    /// Holds for frames that are announced from now on; at most 65,535.
    var frameByteLimit: Int

    init(frameByteLimit: Int) {
        self.frameByteLimit = frameByteLimit
    }

    /// A frame has begun and not ended.
    var isInsideFrame: Bool {
        switch state {
        case .between, .failed: false
        case .announcing, .inside: true
        }
    }

    /// - Parameter input: What was used of it is gone afterwards.
    /// - Returns: A frame's bytes without the length, or nil when all input is used and the next frame is not whole.
    mutating func next<Input: Collection<UInt8>>(
        from input: inout Input
    ) throws(FrameError) -> [UInt8]? where Input.SubSequence == Input {
        while true {
            switch state {
            case .between:
                guard let first = input.popFirst() else { return nil }
                state = .announcing(first: first)
            case .announcing(let first):
                guard let second = input.popFirst() else { return nil }
                state = try announced(Int(first) << 8 | Int(second))
            case .inside(let byteCount, var held):
                state = .between  // so that `held` is not copied when it grows
                let part = input.prefix(byteCount - held.count)
                if held.isEmpty { held = [UInt8](part) } else { held.append(contentsOf: part) }
                input.removeFirst(part.count)
                if held.count == byteCount { return held }
                state = .inside(byteCount: byteCount, held: held)
                return nil
            case .failed(let error):
                throw error
            }
        }
    }

    private mutating func announced(_ byteCount: Int) throws(FrameError) -> State {
        let error: FrameError
        switch byteCount {
        case 0: error = .empty
        case ...frameByteLimit: return .inside(byteCount: byteCount, held: [])
        default: error = .tooLong(byteCount: byteCount)
        }
        state = .failed(error)
        throw error
    }
}
