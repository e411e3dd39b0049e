import Dispatch
import Synchronization
import Transport

/// A man in the middle of one connection who sees frames: he passes on what `tamper` makes of each that the initiator sends.
final class Proxy: Sendable {
    /// The frame's number from 0, and the frame.
    typealias Tamper = @Sendable (_ number: Int, _ frame: [UInt8]) -> [[UInt8]]

    let address: Address
    private let listener: RawSocket
    private let seen = Mutex<[[UInt8]]>([])
    private let answered = Mutex<[[UInt8]]>([])

    init(to target: Address, tamper: @escaping Tamper = { [$1] }) throws {
        let listener = try RawSocket.listening(on: "127.66.0.9")
        self.listener = listener
        address = try listener.localAddress
        DispatchQueue.global().async { [self] in
            // Failing is an end like any other; the tests look at both sides.
            guard let inner = try? listener.accepted(), let outer = try? RawSocket(from: "127.66.0.9", to: target)
            else {
                return
            }
            DispatchQueue.global().async { [self] in
                while let frame = outer.readFrame(seconds: 10) {
                    answered.withLock { $0.append(frame) }
                    inner.write(frame: frame)
                }
                inner.shut()
            }
            var number = 0
            while let frame = inner.readFrame(seconds: 10) {
                seen.withLock { $0.append(frame) }
                for frame in tamper(number, frame) { outer.write(frame: frame) }
                number += 1
            }
            outer.shut()
        }
    }

    /// What the initiator sent.
    var framesSeen: [[UInt8]] { seen.withLock { $0 } }
    /// What the responder sent.
    var framesAnswered: [[UInt8]] { answered.withLock { $0 } }
}
