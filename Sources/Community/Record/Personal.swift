import Identity

/// BLAKE2b personalisations of this room, as listed in Protocol/1-primitives.md.
enum Personal {
    static let person = BLAKE2b.Personal("gv/person")
    static let pledge = BLAKE2b.Personal("gv/pledge")
    static let contact = BLAKE2b.Personal("gv/contact")
    static let code = BLAKE2b.Personal("gv/code")
    static let ownCode = BLAKE2b.Personal("gv/own-code")
    static let voice = BLAKE2b.Personal("gv/voice")
    static let bucket = BLAKE2b.Personal("gv/bucket")
    static let state = BLAKE2b.Personal("gv/state")
}
