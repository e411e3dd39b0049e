import API
import Glibc

/// Text of an open file, read whole.
enum FileText {
    /// - Returns: nil where there are more bytes than `byteLimit`.
    static func read(_ file: Int32, named name: String, byteLimit: Int) throws(Failure) -> String? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = block.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                throw Failure(.file, "could not read \(name): \(String(cString: strerror(errno)))")
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
            guard bytes.count <= byteLimit else { return nil }
        }
    }
}
