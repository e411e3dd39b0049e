/// How long a connection may keep us waiting: one request at a time, each part of it by its own deadline.
///
/// A client that has read as many bytes as the answer's length says may ask again, though the answer's end is not written yet:
/// that is a part of its own, which adds no byte. So one request may come while the answer before it is under way.
struct RequestPace {
    private enum Reading {
        /// Between requests.
        case idle
        case head
        case body
        /// The whole request is here.
        case done
    }

    private enum Answering {
        case no
        /// Its first byte is written, and the client has not taken the last.
        case sending
    }

    /// A new connection owes us a request.
    private var reading = Reading.head
    private var answering = Answering.no
    private var bodyByteCount = 0
    /// Requests that began, and whose answers the client has not taken.
    private var openCount = 0

    /// From the last change on; nil while it is our turn.
    var deadline: Duration? {
        switch (answering, reading) {
        case (.sending, _): Limits.sendDeadline
        case (.no, .idle): Limits.idleDeadline
        case (.no, .head): Limits.headDeadline
        case (.no, .body): Limits.bodyDeadline
        case (.no, .done): nil
        }
    }

    enum OnInput: Equatable {
        /// The deadline is another one now.
        case restart
        case goOn
        /// More than one request at a time, or more body than anybody sends by mistake.
        case close
    }

    /// Bytes, of which nothing is known yet.
    mutating func bytesArrived() -> OnInput {
        switch (reading, answering) {
        case (.idle, _):
            reading = .head
            return .restart
        case (.done, .sending):
            // What the client has yet to take is no later for it.
            reading = .head
            return .goOn
        case (.head, _), (.body, _), (.done, .no): return .goOn
        }
    }

    mutating func headArrived() -> OnInput {
        switch (reading, answering, openCount) {
        case (.idle, .no, 0), (.head, .no, 0), (.head, .sending, 1), (.done, .sending, 1):
            reading = .body
            bodyByteCount = 0
            openCount += 1
            return .restart
        default: return .close
        }
    }

    mutating func bodyArrived(byteCount: Int) -> OnInput {
        bodyByteCount += byteCount
        return bodyByteCount <= Limits.refusedBodyByteLimit ? .goOn : .close
    }

    mutating func endArrived() -> OnInput {
        reading = openCount > 0 ? .done : .idle
        return .restart
    }

    mutating func answerBegan() {
        answering = .sending
    }

    /// The client has taken all of the answer, perhaps before it had sent all of the request.
    mutating func answerTaken() {
        answering = .no
        openCount = max(openCount - 1, 0)
        if case .done = reading, openCount == 0 { reading = .idle }
    }
}
