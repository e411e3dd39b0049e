import ArgumentParser

/// What stays of a key that is ended.
struct KeepOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What stays: all that is held, none, or so many updates of its latest log.", valueName: "all|none|n"))
    var keep: String?

    func validate() throws {
        guard let keep, keep != "all", keep != "none", UInt64(keep) == nil else { return }
        throw ValidationError("--keep is all, none, or a number of updates.")
    }
}
