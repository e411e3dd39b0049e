/// Where the node listened last, so that it can be found there again: its peers know no other address.
extension Home {
    /// `host:port`; nil where it never listened, or what is noted does not read.
    package func lastListenAddress() throws(FoundingError) -> String? {
        guard let bytes = try folder.read(File.listen.rawValue, limit: Limits.listenByteLimit) else { return nil }
        return String(validating: bytes, as: UTF8.self)?.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// Whole or not at all: a crash in between leaves what was noted before.
    package func noteListenAddress(_ address: String) throws(FoundingError) {
        guard try lastListenAddress() != address else { return }
        let draft = File.listen.rawValue + ".new"
        folder.remove(draft)
        _ = try folder.create(draft, .plain(Array((address + "\n").utf8)))
        try folder.rename(draft, to: File.listen.rawValue)
        try folder.synchronize()
    }
}
