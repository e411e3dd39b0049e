/// Kinds of operations that this version gives a meaning; any other from 1 is kept and passed on.
package enum OperationKind: UInt8, Hashable, Sendable {
    case present = 1, grant, invite, admit, revoke, choose, seal, erase
    case record = 32
    case post, feedback

    /// Known or not, these speak about rights, have no private part, and travel in bundles of their own.
    package static let authority: ClosedRange<UInt8> = 1...31
}
