/// Where a home's daemon listens for the command line: computed, never stored, so that both sides agree without a word.
package enum SocketPath {
    /// `sun_path` is 108 bytes, the last of them zero.
    package static let byteLimit = 107

    /// - Parameters:
    ///   - home: As ``HomePath/resolve(flag:environment:workingDirectory:)`` gives it.
    ///   - runtimeDirectory: `XDG_RUNTIME_DIR`, if set.
    /// - Returns: `<home>/api.sock`, or `$XDG_RUNTIME_DIR/grapevine/<id>.sock` if that is too long for a socket; nil if both are.
    package static func path(home: String, runtimeDirectory: String?) -> String? {
        let beside = home + "/api.sock"
        if beside.utf8.count <= byteLimit { return beside }
        guard let runtimeDirectory, !runtimeDirectory.isEmpty else { return nil }
        let fallback = "\(runtimeDirectory)/grapevine/\(id(of: home)).sock"
        return fallback.utf8.count <= byteLimit ? fallback : nil
    }

    /// FNV-1a of the home's path, 64 bits as 16 hex digits. It only has to keep one user's homes apart: the daemon holds its
    /// home's lock before it binds, and only the user may write there.
    static func id(of home: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in home.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
