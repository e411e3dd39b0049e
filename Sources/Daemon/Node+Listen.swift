import Founding
import Logging
import Transport

extension Node {
    /// Listens where it is told, else where it did last: peers that were away meanwhile know no other address.
    ///
    /// - Throws: ``NodeOptionError``, also where `asked` cannot be had. An address from before that somebody else took is given up
    ///   for a free port.
    static func listen(
        _ asked: String?, by transport: PeerTransport, home: Home, logger: Logger
    ) async throws -> Address {
        let address: Address
        if let asked {
            let wanted = try NodeOptionError.address(asked)
            do {
                address = try await transport.listen(on: wanted)
            } catch let error as TransportError {
                throw NodeOptionError(
                    description:
                        "\(error)\n  another port of an address of this machine, or 0 for any that is free: --listen HOST:0"
                )
            }
        } else {
            address = try await listenAgain(by: transport, home: home, logger: logger)
        }
        do {
            try home.noteListenAddress(address.description)
        } catch {
            logger.warning(
                "the address could not be noted for the next start", metadata: ["reason": "\(error.message)"])
        }
        return address
    }

    private static func listenAgain(by transport: PeerTransport, home: Home, logger: Logger) async throws -> Address {
        if let last = try home.lastListenAddress(), let known = try? Address(parsing: last) {
            do {
                return try await transport.listen(on: known)
            } catch let error as TransportError {
                logger.notice("listening elsewhere than before", metadata: ["reason": "\(error)"])
            }
        }
        return try await transport.listen(on: try NodeOptionError.address(anywhere))
    }

    /// Nobody else's machine reaches it: being reachable is asked for, never a default.
    private static let anywhere = "127.0.0.1:0"
}
