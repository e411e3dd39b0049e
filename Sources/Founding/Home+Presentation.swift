package import AuthorLog

extension Home {
    /// What the node shows first from its next start on. Whole or not at all: a crash in between leaves the one before.
    package func keep(_ presentation: Presentation) throws(FoundingError) {
        let draft = File.presentation.rawValue + ".new"
        folder.remove(draft)
        _ = try folder.create(draft, .plain(presentation.bytes))
        try folder.rename(draft, to: File.presentation.rawValue)
        try folder.synchronize()
    }
}
