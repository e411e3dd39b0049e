import NIOCore

package enum TransportError: Error, CustomStringConvertible {
    case couldNotListen(on: Address, underlying: any Error)

    package var description: String {
        switch self {
        case .couldNotListen(let address, let underlying): "could not listen on \(address): \(underlying)"
        }
    }
}

extension CloseReason {
    /// Why connecting failed.
    init(connecting error: any Error) {
        switch error {
        case let reason as CloseReason:
            self = reason
        case ChannelError.connectTimeout:
            self = .connectTimedOut
        default:
            self = .connectFailed
        }
    }
}
