/// What this build is.
package enum Release {
    package static let version = "0.1.0"
    /// What peers say to each other; `Protocol/`.
    package static let protocolNumber = 1
}
