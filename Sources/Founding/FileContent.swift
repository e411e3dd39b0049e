import Identity

/// What is to be written to a file.
enum FileContent {
    case plain([UInt8])
    case secret(SecretBytes)

    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .plain(let bytes):
            try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
        case .secret(let secret):
            try secret.withUnsafeBytes(body)
        }
    }
}
