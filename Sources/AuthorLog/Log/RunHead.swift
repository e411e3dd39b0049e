package import Identity

/// What a run states once: the first 114 bytes.
package struct RunHead: Hashable, Sendable {
    package static let byteCount = 114

    package let community: CommunityID
    package let log: LogID
    package let firstPosition: UInt64
    package let previous: Hash256

    package init(community: CommunityID, log: LogID, firstPosition: UInt64, previous: Hash256) {
        self.community = community
        self.log = log
        self.firstPosition = firstPosition
        self.previous = previous
    }

    /// Of a run or of a part of one; what follows is not looked at.
    package init(startOf bytes: [UInt8]) throws(RunError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(RunError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            return try RunHead(&cursor)
        }
    }

    init(_ cursor: inout Cursor) throws(RunError) {
        do throws(BundleError) {
            community = CommunityID(raw: try cursor.raw())
            let member = MemberKey(raw: try cursor.raw())
            let incarnation = Incarnation(number: try cursor.u16(), random: try cursor.u64())
            log = LogID(member: member, incarnation: incarnation)
            firstPosition = try cursor.u64()
            previous = Hash256(raw: try cursor.raw())
        } catch {
            throw .truncated
        }
        guard firstPosition <= Limits.logLengthLimit else {
            throw .malformed(.position(firstPosition), position: firstPosition)
        }
    }

    func append(to output: inout [UInt8]) {
        community.append(to: &output)
        log.member.append(to: &output)
        log.incarnation.append(to: &output)
        output.appendBigEndian(firstPosition)
        previous.append(to: &output)
    }
}
