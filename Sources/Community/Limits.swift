/// Bounds on what a record may say; each with its reason.
package enum Limits {
    /// 10^15 minor units: a million such amounts still add up in 128 bits, and one fits a JSON number exactly (design §6).
    package static let largestAmountMinor: Int64 = 1_000_000_000_000_000
    /// A payment provider's reference; the longest seen in the wild are 36 bytes (a UUID) to 50.
    package static let referenceByteLimit = 64
    /// An external id or source name: a UUID or an e-mail address fits.
    package static let externalIDByteLimit = 255
    /// Names and contacts shown to people (254 is the longest e-mail address).
    package static let detailByteLimit = 254
    /// A post or feedback: two printed pages; with the message around it, it fits an operation (16,384 bytes).
    package static let voiceByteLimit = 12_000
    /// From very bad to very good: as many answers as people tell apart without thinking (Likert's five).
    package static let moodRange = -2...2
    /// A code that can still be read out loud; one byte states its length in the digest.
    package static let codeSymbolLimit = 32
    /// A code as the community writes it, separators included.
    package static let writtenCodeByteLimit = 64
    /// Money facts in one operation: a pledge with its payments; more is a sign of abuse.
    package static let moneyFactLimit = 64
    /// Claimed times: the years 1 to 9999, what RFC 3339 can print.
    package static let claimedMillisecondRange: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
    /// Protobuf nesting: a `Record` nests three deep (threats row 6).
    package static let messageDepthLimit = 16
    /// Above this many new edges at once one linear pass over the tree is cheaper than walking up from each; also the
    /// longest path that is walked (design §6).
    package static let walkLimit = 256
}
