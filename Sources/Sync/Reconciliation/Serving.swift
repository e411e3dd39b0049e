import AuthorLog
package import Identity

/// What storage has of a log, in the shell's words.
package enum ReadOutcome: Equatable, Sendable {
    /// A piece of a run of whole entries with its heading, from the position asked: where it ends, and the head there.
    case part([UInt8], end: UInt64, head: Hash256)
    /// Nothing from that position on.
    case notHeld
    /// The head given is not on our branch, of this length.
    case anotherBranch(length: UInt64)
}

/// What one peer pulls from us: its wants in order, one read outstanding, never more bytes than its credit.
struct Serving: Sendable {
    struct Read: Equatable, Sendable {
        var pull: UInt32
        var log: LogID
        var from: UInt64
        var head: Hash256
        var to: UInt64
        var byteLimit: Int
    }

    enum Step: Equatable, Sendable {
        case read(Read)
        case send(Message)
        /// He holds this much now.
        case served(LogID, length: UInt64, head: Hash256)
        case wait
    }

    private struct Stream: Sendable {
        var id: UInt32
        /// The first is the one being served; each advances as it is read.
        var wants: ArraySlice<Want>
        var credit: Int
        var part: (bytes: [UInt8], end: UInt64, head: Hash256)?
        var unserved: [Unserved] = []
    }

    private var stream: Stream?
    private var isReading = false
    /// At most one: told before the next want is begun.
    private var finished: (log: LogID, length: UInt64, head: Hash256)?

    var isActive: Bool { stream != nil }

    /// Replaces the pull under way, if any.
    mutating func start(_ pull: Pull) {
        stream = Stream(id: pull.id, wants: pull.wants[...], credit: bounded(pull.credit))
    }

    mutating func credit(_ byteCount: UInt64, pull: UInt32) {
        guard var stream, stream.id == pull else { return }
        stream.credit = min(stream.credit + bounded(byteCount), Limits.servingCreditByteLimit)
        self.stream = stream
    }

    mutating func read(_ outcome: ReadOutcome, pull: UInt32) {
        isReading = false
        guard var stream, stream.id == pull, stream.part == nil, let want = stream.wants.first else { return }
        switch outcome {
        case .part(let bytes, let end, let head) where end > want.from:
            stream.part = (bytes, end, head)
        case .part, .notHeld:
            stream.unserved.append(Unserved(log: want.log, reason: .notHeld, length: want.from))
            stream.wants.removeFirst()
        case .anotherBranch(let length):
            stream.unserved.append(Unserved(log: want.log, reason: .anotherBranch, length: length))
            stream.wants.removeFirst()
        }
        self.stream = stream
    }

    /// What to do next; called again until it says to wait.
    mutating func next() -> Step {
        guard var stream else { return .wait }
        if let part = stream.part, let want = stream.wants.first {
            guard part.bytes.count <= stream.credit else { return .wait }
            stream.credit -= part.bytes.count
            stream.part = nil
            if part.end >= want.to {
                stream.wants.removeFirst()
                finished = (want.log, part.end, part.head)
            } else {
                stream.wants[stream.wants.startIndex].from = part.end
                stream.wants[stream.wants.startIndex].head = part.head
            }
            self.stream = stream
            return .send(.run(pull: stream.id, part.bytes))
        }
        if let finished {
            self.finished = nil
            return .served(finished.log, length: finished.length, head: finished.head)
        }
        guard let want = stream.wants.first else {
            self.stream = nil
            return .send(.pullDone(stream.id, unserved: stream.unserved))
        }
        guard !isReading, stream.credit > 0 else { return .wait }
        isReading = true
        return .read(
            Read(
                pull: stream.id, log: want.log, from: want.from, head: want.head, to: want.to,
                byteLimit: min(stream.credit, Limits.runPartByteLimit)))
    }

    private func bounded(_ byteCount: UInt64) -> Int {
        Int(min(byteCount, UInt64(Limits.servingCreditByteLimit)))
    }
}
