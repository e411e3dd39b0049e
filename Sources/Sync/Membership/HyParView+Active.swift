import Identity

/// The active view: asking, being asked, making room.
extension HyParView {
    private func count(_ choice: Choice) -> Int { neighbors.count { $0.choice == choice } }
    private var ours: [MemberKey] { neighbors.filter { $0.choice == .ours }.map(\.member) }
    private var hasRoom: Bool { degree < Limits.activeView }
    private var hasRoomForTheirs: Bool { hasRoom && count(.theirs) < Limits.activeView - Limits.ownChoices }

    mutating func joined(by member: MemberKey, dice: inout SplitMix64) {
        // Who says it twice is not announced twice.
        guard !isActive(member) else { return accept(member, .theirs, dice: &dice) }
        accept(member, .theirs, dice: &dice)
        let others = neighbors.filter { $0.member != member && $0.choice != .guest }.map(\.member)
        for other in others { effects.append(.send(.forwardJoin(member, timeToLive: Limits.activeWalk), to: other)) }
    }

    mutating func asked(by member: MemberKey, _ priority: Priority, dice: inout SplitMix64) {
        let isWelcome =
            switch priority {
            case .high: true
            case .low: hasRoomForTheirs
            case .guest: count(.guest) < Limits.guests
            }
        guard isActive(member) || isWelcome else {
            effects.append(.send(.neighborReply(isAccepted: false), to: member))
            return
        }
        accept(member, priority == .guest ? .guest : .theirs, dice: &dice)
    }

    private mutating func accept(_ member: MemberKey, _ choice: Choice, dice: inout SplitMix64) {
        effects.append(.send(.neighborReply(isAccepted: true), to: member))
        let isOurs = requests[member]?.choice == .ours && hasRoom
        add(member, isOurs ? .ours : choice, dice: &dice)
    }

    mutating func answered(by member: MemberKey, _ isAccepted: Bool, dice: inout SplitMix64) {
        guard let request = requests.removeValue(forKey: member) else {
            // Too late: he believes that we are his neighbour.
            if isAccepted, !isActive(member) { effects.append(.send(.disconnect, to: member)) }
            return
        }
        guard isAccepted else { return avoid(member) }
        if request.choice == .ours, !hasRoom, !isActive(member) {
            guard request.isExchange, let gone = ours.randomElement(using: &dice) else {
                // The place was taken meanwhile; two of those who have one are our own choices.
                effects.append(.send(.disconnect, to: member))
                return remember(member, dice: &dice)
            }
            sendAway(gone, dice: &dice)
        }
        add(member, request.choice, dice: &dice)
    }

    /// Makes room for one of theirs if there is none: at the cost of another of theirs, or of a choice of ours beyond two.
    private mutating func add(_ member: MemberKey, _ choice: Choice, dice: inout SplitMix64) {
        requests[member] = nil
        guard !isActive(member) else { return }
        if choice == .theirs, !hasRoomForTheirs {
            let isCrowded = count(.theirs) >= Limits.activeView - Limits.ownChoices
            let mayGo = neighbors.filter { isCrowded ? $0.choice == .theirs : $0.choice != .guest }
            if let gone = mayGo.randomElement(using: &dice)?.member { sendAway(gone, dice: &dice) }
        }
        passive.removeAll { $0 == member }
        neighbors.append(Neighbor(member: member, choice: choice))
        effects.append(.neighborUp(member))
    }

    private mutating func sendAway(_ member: MemberKey, dice: inout SplitMix64) {
        remove(member)
        effects.append(.send(.disconnect, to: member))
        avoid(member)
        remember(member, dice: &dice)
    }

    @discardableResult
    mutating func remove(_ member: MemberKey) -> Bool {
        guard let index = neighbors.firstIndex(where: { $0.member == member }) else { return false }
        neighbors.remove(at: index)
        effects.append(.neighborDown(member))
        return true
    }

    mutating func avoid(_ member: MemberKey) {
        unwilling.insert(member)
        refillAt = refillAt ?? now + Limits.refillInterval
    }

    /// Asks one member of the passive view for every free place, with high priority as long as we have not two by choice. With low
    /// priority not many in a row: where all are full, each question is a dial for nothing.
    mutating func fill(dice: inout SplitMix64) {
        var needed = Limits.ownChoices - ours.count - requests.values.count { $0.choice == .ours }
        let free = max(Limits.activeView - degree - requests.count, needed)
        guard free > 0, needed > 0 || unwilling.count < Limits.refusals else { return }
        let candidates = passive.filter { requests[$0] == nil && !unwilling.contains($0) }
        for candidate in candidates.shuffled(using: &dice).prefix(free) {
            ask(candidate, .neighbor(isDialable ? needed > 0 ? .high : .low : .guest), .ours)
            needed -= 1
        }
    }

    mutating func ask(_ member: MemberKey, _ message: Message, _ choice: Choice, isExchange: Bool = false) {
        // Who announces newcomers without end leaves room for questions of our own.
        let limit = Limits.neighborRequests - (choice == .theirs ? Limits.ownChoices : 0)
        guard requests[member] == nil, requests.count < limit else { return }
        requests[member] = Request(
            choice: choice, isExchange: isExchange, deadline: now + Limits.neighborRequestTimeout)
        effects.append(.request(message, of: member))
    }

    /// A stranger is met, and once in a while takes the place of a neighbour: two parts of the community that have lost each
    /// other are one again as soon as one of all their members does so.
    mutating func meet(dice: inout SplitMix64) {
        let strangers = passive.filter { requests[$0] == nil }
        guard let stranger = strangers.randomElement(using: &dice) else { return }
        effects.append(.meet(stranger))
        if Int.random(in: 0..<Limits.meetingsPerExchange, using: &dice) == 0 {
            ask(stranger, .neighbor(isDialable ? .high : .guest), .ours, isExchange: true)
        }
    }

    /// A random walk through the active views, at the end of which somebody asks the newcomer.
    mutating func forwardJoin(
        of newcomer: MemberKey, timeToLive: Int, from member: MemberKey, dice: inout SplitMix64
    ) {
        guard isActive(member), newcomer != own, !isActive(newcomer) else { return }
        let left = min(timeToLive, Limits.activeWalk)
        if left == Limits.passiveWalk { remember(newcomer, dice: &dice) }
        let next = sample(of: neighbors.map(\.member), 1, except: member, dice: &dice).first
        guard left > 0, let next else {
            return ask(newcomer, .neighbor(isDialable ? .low : .guest), .theirs)
        }
        effects.append(.send(.forwardJoin(newcomer, timeToLive: left - 1), to: next))
    }
}
