/// Lets `--home DIR` and `--json` stand before the command as well as behind it: the parser knows them only there.
enum ArgumentOrder {
    static func commandFirst(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var moved: [String] = []
        while let option = rest.first, option == "--json" || option == "--home" || option.hasPrefix("--home=") {
            let count = option == "--home" ? 2 : 1
            moved += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        guard !rest.isEmpty else { return arguments }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + moved + rest[end...]
    }
}
