/// Every bound that a peer, an author or a file can push against.
package enum Limits {
    /// 2-log.md. Public and private part together: a long announcement fits, a picture does not.
    package static let operationByteLimit = 16_384
    /// 2-log.md. So many operations are applied in one transaction, and their commitments (128 KiB) hashed at once.
    package static let bundleOperationLimit = 4_096
    /// 2-log.md. Half a sync message: a bundle never has to be cut.
    package static let bundleByteLimit = 524_288
    /// 2-log.md. An excerpt shows all commitments of its bundle, so there may only be few.
    package static let authorityOperationLimit = 16
    /// 2-log.md. Header, signature, commitments and operation: a chain of them fits one operation.
    package static let excerptByteLimit = 2_048
    /// 2-log.md. Root's grantee, two stewards, member. Each link costs a signature check for everybody who meets the log.
    package static let chainSubjectLimit = 4
    /// 2-log.md. Each costs up to five signature checks and stays in the log's state; one a week lasts more than a year, and a
    /// new incarnation begins anew.
    package static let presentationsPerLog = 64
    /// 2-log.md. An incarnation is opened after a doubt, which is rare; a thief opens them by the thousand.
    package static let incarnationsPerKey = 64
    /// 2-log.md. Positions stay exact in every language's numbers.
    package static let logLengthLimit: UInt64 = 1 << 48
    /// 2-log.md. One signature in so many positions is kept: 16,000 checks for a million updates.
    package static let keptSignatureStride: UInt64 = 64

    /// 2-log.md. A title, keys and numbers are less than 400 bytes; the rest is room for fields to come.
    package static let charterByteLimit = 4_096
    /// 2-log.md. As for the charter; orders are gossiped by everybody.
    package static let rootOrderByteLimit = 4_096
    /// An order twice as long as one may be, and its checksum, in base32, and as much again for who sets it in groups.
    package static let rootOrderTextByteLimit = 32_768
    /// 2-log.md. One line on a page.
    package static let titleByteLimit = 120
    /// 2-log.md. Nobody raises ten trillion; a million such amounts still sum in 128 bits.
    package static let moneyLimit: Int64 = 1_000_000_000_000_000
    /// 2-log.md. A printed invite for one event.
    package static let inviteUsesRange: ClosedRange<UInt32> = 1...10_000
    /// 2-log.md. Import sources of one treasurer.
    package static let sourcesPerGrant = 64
    /// 3-community.md hashes a source after one byte of length.
    package static let sourceByteLimit = 255

    /// 2-log.md. So many keys and their tags are 9 KiB; who admits more writes another.
    package static let membersPerAdmit = 256
    /// 2-log.md. 14 KiB: what one operation holds, for a later one replaces it and does not add.
    package static let membersPerRevocation = 400
    /// 2-log.md. 34 bytes each: all of them fit one order.
    package static let ordersPerSuccession = 100
    /// 2-log.md. A root is replaced once in years, and each costs a signature check for everybody who meets the chain.
    package static let successionsPerChain = 8
    /// 2-log.md. A ticket that was copied is found before so many strangers; up to there a late member is not locked out.
    package static let admittedPerUse = 8
    /// 4-sync.md. Who was offline for two rotations still gets in and is told the key.
    package static let networkKeysKept = 3

    /// 1-primitives.md. Ours nest 4 deep.
    package static let messageDepthLimit = 16
    /// 1-primitives.md. Clocks that are set by hand are off by minutes; those off by hours should not pull others along.
    package static let clockLeadMilliseconds: UInt64 = 300_000

    /// 2-log.md. 16 rows (about 1.5 KiB) are cheaper to send than 16 hashes are to compare once more.
    package static let frontierLeafRowLimit = 16
    /// 2-log.md. From a fork to the next kept signature there are at most so many positions, hence headers.
    package static let forkBranchHeaderLimit = 64

    /// 2-log.md. Proofs of one log, the lowest; a key that has forked its log so often is revoked, not chosen for.
    package static let forksPerLog = 64

    /// A guess: a charter, eight addresses and a chain of three excerpts are 11 KiB at most, ×8/5 in base32.
    package static let ticketTextByteLimit = 32_768
    /// 4-sync.md allows a peer four; a ticket may name two peers.
    package static let ticketAddressLimit = 8
    /// 4-sync.md, host:port.
    package static let addressByteLimit = 80
}
