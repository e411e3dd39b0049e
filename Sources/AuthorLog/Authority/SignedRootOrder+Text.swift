import Identity

package enum RootOrderTextError: Error, Equatable, Sendable {
    /// Something else altogether.
    case notAnOrder
    /// Made by a later version of this program.
    case newerVersion(Int)
    /// A part is missing or mistyped.
    case damaged
    /// The checksum is right, but what it covers is no root order.
    case malformed(AuthorityFormError)
}

/// A root order as it comes from where the root key is kept: on a stick, or typed.
extension SignedRootOrder {
    private static let form = PrintedForm(kind: "GRAPEVINEORDER", checksum: .rootOrderText)

    package var text: String { Self.form.text(bytes) }

    /// - Parameter text: As pasted: '-', spaces and line breaks are ignored, and so is the case.
    package init(parsing text: String) throws(RootOrderTextError) {
        let bytes: [UInt8]
        do {
            bytes = try Self.form.bytes(in: text, byteLimit: Limits.rootOrderTextByteLimit)
        } catch {
            switch error {
            case .otherKind: throw .notAnOrder
            case .newerVersion(let version): throw .newerVersion(version)
            case .damaged: throw .damaged
            }
        }
        do {
            try self.init(decoding: bytes)
        } catch {
            throw .malformed(error)
        }
    }
}
