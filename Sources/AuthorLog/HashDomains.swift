import Identity

/// What this room hashes, each by its own name (1-primitives.md, *Hashes*).
extension BLAKE2b.Personal {
    static let charter = Self("gv/charter")
    static let rootKey = Self("gv/root")
    static let personKey = Self("gv/personkey")
    static let networkKey = Self("gv/netkey")
    static let rootOrder = Self("gv/order")
    static let rootOrders = Self("gv/orders")
    static let rootOrderText = Self("gv/order-text")
    static let privatePart = Self("gv/private")
    static let commitment = Self("gv/commit")
    static let body = Self("gv/body")
    static let bundle = Self("gv/bundle")
    static let log = Self("gv/log")
    static let range = Self("gv/range")
    static let fingerprint = Self("gv/fingerprint")
    static let frontier = Self("gv/frontier")
    static let chain = Self("gv/chain")
    static let member = Self("gv/member")
    static let mark = Self("gv/mark")
    static let ticket = Self("gv/ticket")
}

/// What is signed in this room (1-primitives.md, *Signatures*).
extension SignatureDomain {
    static let charter = Self("gv charter")
    static let networkKey = Self("gv/netkey")
    static let rootOrder = Self("gv root order")
    static let inviteUse = Self("gv invite use")
}
