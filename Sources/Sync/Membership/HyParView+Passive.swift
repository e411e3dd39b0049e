import Identity

/// The passive view: shuffles.
extension HyParView {
    mutating func beginShuffle(dice: inout SplitMix64) {
        guard let partner = neighbors.randomElement(using: &dice)?.member else { return }
        let near = sample(of: neighbors.map(\.member), Limits.shuffledActive, except: partner, dice: &dice)
        let far = sample(of: passive, Limits.shuffledPassive, except: partner, dice: &dice)
        shuffled = far
        let told = (isDialable ? [own] : []) + near + far
        effects.append(.send(.shuffle(told, timeToLive: Limits.activeWalk, path: []), to: partner))
    }

    mutating func shuffle(
        _ members: [MemberKey], timeToLive: Int, path: [MemberKey], from member: MemberKey, dice: inout SplitMix64
    ) {
        // The way back leads over a neighbour, and over nobody twice.
        guard isActive(member), path.count < Limits.activeWalk, !path.contains(own) else { return }
        let way = path + [member]
        let left = min(timeToLive, Limits.activeWalk) - 1
        let next = neighbors.map(\.member).filter { !way.contains($0) }.randomElement(using: &dice)
        if left > 0, let next {
            let members = Array(members.prefix(Limits.shuffleMembers))
            effects.append(.send(.shuffle(members, timeToLive: left, path: way), to: next))
            return
        }
        let answer = sample(of: passive, min(members.count, Limits.shuffleMembers), except: way[0], dice: &dice)
        effects.append(.send(.shuffleReply(answer, path: path), to: member))
        exchange(members, for: answer, dice: &dice)
    }

    mutating func shuffleReply(
        _ members: [MemberKey], path: [MemberKey], from member: MemberKey, dice: inout SplitMix64
    ) {
        if let next = path.last {
            guard isActive(member), isActive(next), path.count < Limits.activeWalk else { return }
            let members = Array(members.prefix(Limits.shuffleMembers))
            effects.append(.send(.shuffleReply(members, path: Array(path.dropLast())), to: next))
        } else if let told = shuffled {
            shuffled = nil
            exchange(members, for: told, dice: &dice)
        }
    }

    /// In place of those told to the other, as long as there are any.
    private mutating func exchange(_ members: [MemberKey], for told: [MemberKey], dice: inout SplitMix64) {
        var told = told
        for member in members.prefix(Limits.shuffleMembers) {
            guard member != own, !isActive(member), !passive.contains(member) else { continue }
            if passive.count >= Limits.passiveView, let index = told.popLast().flatMap(passive.firstIndex(of:)) {
                passive.remove(at: index)
            }
            remember(member, dice: &dice)
        }
    }

    mutating func remember(_ member: MemberKey, dice: inout SplitMix64) {
        guard member != own, !isActive(member), !passive.contains(member) else { return }
        if passive.count >= Limits.passiveView, let index = passive.indices.randomElement(using: &dice) {
            passive.remove(at: index)
        }
        passive.append(member)
    }

    /// In random order.
    func sample(of members: [MemberKey], _ count: Int, except: MemberKey, dice: inout SplitMix64) -> [MemberKey] {
        Array(members.filter { $0 != except }.shuffled(using: &dice).prefix(count))
    }
}
