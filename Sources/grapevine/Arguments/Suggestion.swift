import ArgumentParser

/// The command that somebody probably meant. The parser does this for options only.
enum Suggestion {
    /// - Returns: `did you mean …?`, if a word where a command belongs is close to one.
    static func line(for arguments: [String], below root: any ParsableCommand.Type = Grapevine.self) -> String? {
        var command = root
        for word in arguments.prefix(while: { !$0.hasPrefix("-") }) {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty else { return nil }
            if let next = commands.first(where: { name(of: $0) == word }) {
                command = next
                continue
            }
            let nearest = commands.map { (name: name(of: $0), distance: distance(word, name(of: $0))) }
                .min { $0.distance < $1.distance }
            guard let nearest, nearest.distance <= 2, nearest.distance < word.count else { return nil }
            return "did you mean `\(nearest.name)`?"
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command._commandName
    }

    /// Letters to insert, drop, change or swap with their neighbour. Source: optimal string alignment.
    static func distance(_ from: String, _ to: String) -> Int {
        let (from, to) = (Array(from), Array(to))
        var rows = [[Int]](repeating: Array(repeating: 0, count: to.count + 1), count: from.count + 1)
        for i in 0...from.count { rows[i][0] = i }
        for j in 0...to.count { rows[0][j] = j }
        for i in 1..<from.count + 1 {
            for j in 1..<to.count + 1 {
                let change = from[i - 1] == to[j - 1] ? 0 : 1
                rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change)
                if i > 1, j > 1, from[i - 1] == to[j - 2], from[i - 2] == to[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[from.count][to.count]
    }
}
