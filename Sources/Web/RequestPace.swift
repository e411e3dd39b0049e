/// How long a connection may keep us waiting: one request at a time, each part of it by its own deadline.
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
        guard case .idle = reading else { return .goOn }
        reading = .head
        return .restart
    }

    mutating func headArrived() -> OnInput {
        switch (reading, answering) {
        case (.idle, .no), (.head, .no):
            reading = .body
            bodyByteCount = 0
            return .restart
        case (.body, _), (.done, _), (_, .sending):
            return .close
        }
    }

    mutating func bodyArrived(byteCount: Int) -> OnInput {
        bodyByteCount += byteCount
        return bodyByteCount <= Limits.refusedBodyByteLimit ? .goOn : .close
    }

    mutating func endArrived() -> OnInput {
        reading = .done
        return .restart
    }

    mutating func answerBegan() {
        answering = .sending
    }

    /// The client has taken all of the answer, perhaps before it had sent all of the request.
    mutating func answerTaken() {
        answering = .no
        if case .done = reading { reading = .idle }
    }
}
