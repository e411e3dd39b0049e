import API
import ArgumentParser
import AuthorLog
import Identity

struct RootOrderNetworkKey: OrderSigning {
    static let configuration = CommandConfiguration(
        commandName: "network-key", abstract: "Rotate the key that keeps strangers silent.",
        discussion: """
            Examples:
              grapevine root order network-key --root-key FILE --publish

            The running node makes the key, the root names it, and members are told it when
            they connect. Who missed two rotations still gets in by calling; tickets work
            for two rotations, too. It keeps strangers from getting an answer; to keep
            members out, revoke them.
            """)
    static let kind = RootOrderKind.networkKey

    @OptionGroup var rootKey: RootKeyOption
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    var keyFile: String { rootKey.rootKey }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content {
        let plan = try await desk.ask(PlanNetworkKey(), for: "a new network key")
        guard let hash = Hash256(hex: plan.hash), let number = UInt64(exactly: plan.number) else {
            throw Failure(.internalError, "the node's network key has no name")
        }
        return .networkKey(NetworkKeyName(number: number, hash: hash))
    }
}
