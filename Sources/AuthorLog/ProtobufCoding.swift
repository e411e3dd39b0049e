import FoundationEssentials
import SwiftProtobuf

extension Message {
    /// Parses what a peer sent: bounded in depth, unknown fields kept but ignored.
    init(parsing bytes: [UInt8], byteLimit: Int) throws(AuthorityFormError) {
        guard bytes.count <= byteLimit else { throw .tooLarge(byteCount: bytes.count, limit: byteLimit) }
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        do {
            try self.init(serializedBytes: bytes, extensions: nil, partial: false, options: options)
        } catch {
            throw .notProtobuf
        }
    }

    /// Only for messages made here: their values come from types that fit, so encoding them does not fail.
    var encoded: [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            preconditionFailure("\(Self.protoMessageName) does not encode: \(error)")
        }
    }
}

extension [UInt8] {
    /// How the generated code holds bytes. No other file of this room needs Foundation.
    var data: Data { Data(self) }
}
