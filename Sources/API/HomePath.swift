/// Where a node lives: decided the same way by `grapevine` and `grapevined`.
package enum HomePath {
    /// `--home`, else `GRAPEVINE_HOME`, else `$XDG_DATA_HOME/grapevine`, else `$HOME/.local/share/grapevine`.
    ///
    /// - Parameter workingDirectory: Absolute; what a relative path starts from.
    /// - Returns: An absolute path without `.`, `..` or doubled slashes (links are not followed), or nil where nothing says.
    package static func resolve(
        flag: String?, environment: [String: String], workingDirectory: String
    ) -> String? {
        func held(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let choice =
            flag ?? held("GRAPEVINE_HOME") ?? held("XDG_DATA_HOME").map { $0 + "/grapevine" }
            ?? held("HOME").map { $0 + "/.local/share/grapevine" }
        guard let choice, !choice.isEmpty else { return nil }
        return normalised(choice.utf8.first == UInt8(ascii: "/") ? choice : workingDirectory + "/" + choice)
    }

    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
