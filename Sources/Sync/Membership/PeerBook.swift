import Identity

/// Where members say that they can be dialled: of each the record with the highest serial.
struct PeerBook: Sendable {
    enum OnRecord: Equatable, Sendable {
        /// New: keep it and pass it on.
        case keep
        /// Not newer than what is held, or no room.
        case ignore
        /// Its member's chain is not known yet; it waits.
        case wait
        /// Not signed by its member, or not readable.
        case forged
    }

    private let community: CommunityID
    private var records: [MemberKey: (record: PeerRecord, address: PeerAddress)] = [:]
    private var waiting: [MemberKey: (record: PeerRecord, address: PeerAddress)] = [:]

    init(community: CommunityID) {
        self.community = community
    }

    var count: Int { records.count }
    var waitingCount: Int { waiting.count }

    mutating func receive(_ record: PeerRecord, isInStanding: (MemberKey) -> Bool) -> OnRecord {
        // In which way it does not read is nobody's concern.
        guard let address = try? PeerAddress(decoding: record.content) else { return .forged }
        guard address.serial > records[address.member]?.address.serial ?? 0 else { return .ignore }
        guard records[address.member] != nil || records.count < Limits.peerRecords else { return .ignore }
        if !isInStanding(address.member) {
            guard waiting[address.member] != nil || waiting.count < Limits.unprovenPeerRecords else { return .ignore }
            guard address.serial > waiting[address.member]?.address.serial ?? 0 else { return .ignore }
        }
        let message = PeerAddress.signedMessage(content: record.content, community: community)
        guard address.member.verify(record.signature, of: message) else { return .forged }
        guard isInStanding(address.member) else {
            waiting[address.member] = (record, address)
            return .wait
        }
        records[address.member] = (record, address)
        return .keep
    }

    /// The chain of a member is known now.
    /// - Returns: The record that waited for it.
    mutating func proved(_ member: MemberKey) -> PeerRecord? {
        guard let entry = waiting.removeValue(forKey: member) else { return nil }
        guard entry.address.serial > records[member]?.address.serial ?? 0,
            records[member] != nil || records.count < Limits.peerRecords
        else { return nil }
        records[member] = entry
        return entry.record
    }

    mutating func forget(_ member: MemberKey) {
        records[member] = nil
        waiting[member] = nil
    }

    func record(of member: MemberKey) -> PeerRecord? { records[member]?.record }
    func isWaiting(_ member: MemberKey) -> Bool { waiting[member] != nil }

    /// At most `count` members with addresses, drawn at random.
    func draw(_ count: Int, dice: inout SplitMix64) -> [MemberKey] {
        let members = records.filter { !$0.value.address.addresses.isEmpty }.keys.sorted()
        return members.count <= count ? members : Array(members.shuffled(using: &dice).prefix(count))
    }

    /// At most `count`, drawn at random, in order of their members.
    func some(_ count: Int, except member: MemberKey, dice: inout SplitMix64) -> [PeerRecord] {
        let others = records.keys.filter { $0 != member }.sorted()
        let drawn = others.count <= count ? others : Array(others.shuffled(using: &dice).prefix(count)).sorted()
        return drawn.compactMap { records[$0]?.record }
    }

    /// Addresses with the members they are of, in order.
    var addresses: [(address: String, member: MemberKey)] {
        records.keys.sorted().flatMap { member in
            (records[member]?.address.addresses ?? []).map { ($0, member) }
        }
    }
}
