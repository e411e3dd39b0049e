import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct PlumtreeTests {
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }
    private func link(_ number: UInt64) -> ConnectionID { ConnectionID(rawValue: number) }

    private func id(_ log: UInt64, _ length: UInt64) -> Plumtree.MessageID {
        Plumtree.MessageID(log: madeUpLog(log), length: length, head: madeUpHead(length))
    }

    private func said(_ log: UInt64, _ length: UInt64, hop: UInt32 = 0) -> Plumtree.IHave {
        Plumtree.IHave(id: id(log, length), hop: hop)
    }

    /// Links 1 to count; those named are lazy.
    private func tree(_ count: UInt64, lazy: [UInt64] = []) -> Plumtree {
        var tree = Plumtree(at: at(0))
        for number in 1...count { tree.neighborUp(link(number)) }
        for number in lazy { tree.receivedPrune(from: link(number)) }
        return tree
    }

    private func wake(_ tree: inout Plumtree, at now: UInt64) -> [Plumtree.Effect] {
        tree.wokeUp(at: at(now)) { _, _ in false }
    }

    @Test func `an own write is pushed along the tree at once, and announced along the other links`() {
        var tree = tree(3, lazy: [2])
        #expect(
            tree.grown(id(1, 1), hop: nil, from: nil, at: at(0))
                == [.push(said(1, 1), to: link(1)), .push(said(1, 1), to: link(3))])
        #expect(tree.deadline == at(50))
        #expect(wake(&tree, at: 49).isEmpty)
        #expect(wake(&tree, at: 50) == [.iHave([said(1, 1)], to: link(2))])
        #expect(tree.deadline == nil)
    }

    @Test func `what comes goes on, a step further, and not back`() {
        var tree = tree(3, lazy: [1, 3])
        #expect(
            tree.grown(id(1, 1), hop: 4, from: link(1), at: at(0)) == [.push(said(1, 1, hop: 5), to: link(2))])
        // Who brings what is new belongs to the tree.
        #expect(tree.eager == [link(1), link(2)])
        #expect(wake(&tree, at: 50) == [.iHave([said(1, 1, hop: 5)], to: link(3))])
    }

    @Test func `what came twice prunes the second link, on both ends`() {
        var tree = tree(2)
        #expect(tree.duplicate(from: link(2)) == [.prune(link(2))])
        #expect(tree.eager == [link(1)] && tree.lazy == [link(2)])
        tree.receivedPrune(from: link(1))
        #expect(tree.eager.isEmpty)
        tree.receivedGraft(from: link(1))
        #expect(tree.eager == [link(1)])
        #expect(tree.duplicate(from: link(9)).isEmpty)
    }

    @Test func `what is announced and does not come is asked for once, of the first who announced it`() {
        var tree = tree(3, lazy: [1, 2, 3])
        for number in [2, 1] as [UInt64] {
            let effects = tree.received(said(1, 3), holding: 1, from: link(number), at: at(number))
            #expect(effects.isEmpty)
        }
        #expect(tree.deadline == at(102))
        #expect(wake(&tree, at: 101).isEmpty)
        #expect(
            wake(&tree, at: 102) == [.graft(link(2)), .fetch(madeUpLog(1), length: 3, from: link(2))])
        #expect(tree.eager == [link(2)])
        // Both who announced it need not be told; the third is.
        #expect(tree.grown(id(1, 3), hop: nil, from: link(2), at: at(300)).isEmpty)
        #expect(wake(&tree, at: 350) == [.iHave([said(1, 3, hop: 1)], to: link(3))])
        #expect(tree.missing.isEmpty && tree.links.values.allSatisfy { $0.claims == 0 })
        #expect(wake(&tree, at: 5_000).isEmpty)
    }

    @Test
    func `what is announced and comes in time along the tree asks for nothing, and who announced it is not sent it`() {
        var tree = tree(3, lazy: [2])
        #expect(tree.received(said(1, 1, hop: 1), holding: 0, from: link(2), at: at(0)).isEmpty)
        #expect(
            tree.grown(id(1, 1), hop: 1, from: link(1), at: at(99)) == [.push(said(1, 1, hop: 2), to: link(3))])
        #expect(wake(&tree, at: 5_000).isEmpty)
    }

    @Test func `of a log that grows a hundred times the last end is announced`() {
        var tree = tree(1, lazy: [1])
        for length in 1...100 as ClosedRange<UInt64> {
            #expect(tree.grown(id(1, length), hop: nil, from: nil, at: at(0)).isEmpty)
        }
        #expect(wake(&tree, at: 50) == [.iHave([said(1, 100)], to: link(1))])
    }

    @Test func `a liar who announces what he does not have costs one timer, is pruned, and not heard for a minute`() {
        var tree = tree(2, lazy: [1, 2])
        for log in 0..<1_000 as Range<UInt64> {
            _ = tree.received(said(log, 5), holding: 0, from: link(1), at: at(0))
        }
        _ = tree.received(said(7, 5), holding: 0, from: link(2), at: at(1))
        let asked = wake(&tree, at: 100)
        #expect(asked.count == 1_001 && asked[0] == .graft(link(1)))
        // The timer of the first takes all his other claims along; the honest one is asked for the one of his.
        #expect(
            wake(&tree, at: 1_100) == [
                .prune(link(1)), .graft(link(2)), .fetch(madeUpLog(7), length: 5, from: link(2)),
            ])
        #expect(tree.eager == [link(2)] && tree.missing.count == 1 && tree.links[link(1)]?.claims == 0)
        #expect(tree.received(said(8, 5), holding: 0, from: link(1), at: at(61_099)).isEmpty)
        #expect(tree.missing[madeUpLog(8)] == nil)
        _ = tree.received(said(8, 5), holding: 0, from: link(1), at: at(61_100))
        #expect(tree.missing[madeUpLog(8)] != nil)
    }

    @Test func `who is bringing something is not called a liar for what waits behind it`() {
        var tree = tree(1, lazy: [1])
        _ = tree.received(said(1, 5), holding: 0, from: link(1), at: at(0))
        _ = wake(&tree, at: 100)
        #expect(tree.wokeUp(at: at(1_100)) { $1 == link(1) }.isEmpty)
        #expect(tree.eager == [link(1)])
        #expect(wake(&tree, at: 2_100) == [.prune(link(1))])
    }

    @Test func `a push that leaves a gap is asked for at once, and only once`() {
        var tree = tree(3)
        #expect(
            tree.gap(id(1, 9), hop: 1, from: link(1), at: at(0)) == [.fetch(madeUpLog(1), length: 9, from: link(1))])
        #expect(tree.gap(id(1, 9), hop: 1, from: link(2), at: at(0)).isEmpty)
        // What brings us nearer gives more time; the rest is still to come.
        #expect(
            tree.grown(id(1, 8), hop: nil, from: link(1), at: at(900)) == [.push(said(1, 8, hop: 2), to: link(3))])
        #expect(wake(&tree, at: 1_899).allSatisfy { if case .iHave = $0 { true } else { false } })
        #expect(
            wake(&tree, at: 1_910) == [.prune(link(1)), .fetch(madeUpLog(1), length: 9, from: link(2))])
    }

    @Test func `when the one who was asked is gone the next is asked at once`() {
        var tree = tree(3, lazy: [1, 2])
        for number in [1, 2] as [UInt64] {
            _ = tree.received(said(1, 1), holding: 0, from: link(number), at: at(0))
        }
        _ = wake(&tree, at: 100)
        #expect(
            tree.neighborDown(link(1), at: at(110)) == [
                .graft(link(2)), .fetch(madeUpLog(1), length: 1, from: link(2)),
            ])
        #expect(tree.neighborDown(link(2), at: at(120)).isEmpty)
        #expect(tree.missing.isEmpty)
    }

    @Test func `what a neighbour in the tree only announces, because it is long, is asked for at once`() {
        var tree = tree(2)
        #expect(
            tree.received(said(1, 90), holding: 10, from: link(1), at: at(0))
                == [.graft(link(1)), .fetch(madeUpLog(1), length: 90, from: link(1))])
        // Not with each of many.
        #expect(
            tree.received(said(3, 90), holding: 10, from: link(1), at: at(999))
                == [.fetch(madeUpLog(3), length: 90, from: link(1))])
        #expect(tree.received(said(4, 90), holding: 10, from: link(1), at: at(1_000)).first == .graft(link(1)))
        #expect(tree.announce(said(2, 5), to: link(2), at: at(0)).isEmpty)
        #expect(wake(&tree, at: 50) == [.iHave([said(2, 5)], to: link(2))])
    }

    @Test func `a way that is three steps shorter takes the branch over, now and then`() {
        var tree = tree(3, lazy: [2])
        _ = tree.grown(id(1, 1), hop: 6, from: link(1), at: at(0))
        // It came over seven links: five are not short enough, another head is not the same message, four are.
        #expect(tree.received(said(1, 1, hop: 4), holding: 1, from: link(2), at: at(1)).isEmpty)
        let fork = Plumtree.IHave(
            id: Plumtree.MessageID(log: madeUpLog(1), length: 1, head: madeUpHead(99)), hop: 0)
        #expect(tree.received(fork, holding: 1, from: link(2), at: at(1)).isEmpty)
        #expect(
            tree.received(said(1, 1, hop: 3), holding: 1, from: link(2), at: at(1))
                == [.graft(link(2)), .prune(link(1))])
        #expect(tree.eager == [link(2), link(3)])
        // Whoever lies about his steps cannot do so with every message.
        tree.receivedPrune(from: link(2))
        _ = tree.grown(id(1, 2), hop: 6, from: link(1), at: at(2))
        #expect(tree.received(said(1, 2), holding: 2, from: link(2), at: at(10_000)).isEmpty)
        #expect(tree.received(said(1, 2), holding: 2, from: link(2), at: at(10_001)).count == 2)
    }

    @Test func `an author who announces takes the branch over from whoever passes him on`() {
        var tree = tree(2, lazy: [2])
        _ = tree.grown(id(1, 1), hop: 0, from: link(1), at: at(0))
        // As near.
        #expect(tree.received(said(1, 1), holding: 1, from: link(2), at: at(1)).isEmpty)
        _ = tree.grown(id(1, 2), hop: 1, from: link(1), at: at(2))
        #expect(
            tree.received(said(1, 2), holding: 2, from: link(2), at: at(3)) == [.graft(link(2)), .prune(link(1))])
    }

    @Test func `an author who announces sooner than it comes along the tree takes the branch over, too`() {
        var tree = tree(2, lazy: [2])
        #expect(tree.received(said(1, 9), holding: 0, from: link(2), at: at(0)).isEmpty)
        #expect(
            tree.grown(id(1, 8), hop: 1, from: link(1), at: at(1)) == [.graft(link(2)), .prune(link(1))])
        #expect(tree.eager == [link(2)] && tree.missing.count == 1)
        #expect(tree.grown(id(1, 9), hop: 0, from: link(2), at: at(2)).isEmpty)
        #expect(tree.eager == [link(2)] && tree.missing.isEmpty)
    }

    @Test func `whatever a peer announces, and however much grows, memory is bounded`() {
        var tree = tree(2, lazy: [1, 2])
        for log in 0..<6_000 as Range<UInt64> {
            let effects = tree.received(said(log, .max, hop: .max), holding: 0, from: link(1), at: at(0))
            #expect(effects == (log < 1_024 ? [] : [.compare(with: link(1))]))
        }
        #expect(tree.missing.count == 1_024)
        // He has used up his own share, not another's.
        #expect(tree.received(said(7_000, 1), holding: 0, from: link(2), at: at(0)).isEmpty)
        #expect(tree.missing.count == 1_025)
        var overflows = 0
        for log in 10_000..<15_000 as Range<UInt64> {
            let effects = tree.grown(id(log, 1), hop: .max, from: link(1), at: at(0))
            overflows += effects.count { $0 == .compare(with: link(2)) }
        }
        #expect(overflows == 1 && tree.links[link(2)]?.queue.count ?? 0 < 4_096)
        #expect(tree.receipts.count == 1_024 && tree.receiptOrder.count == 1_024)
        #expect(tree.receipts[madeUpLog(14_999)] != nil && tree.receipts[madeUpLog(10_000)] == nil)
    }

    @Test func `who is no neighbour is not listened to`() {
        var tree = tree(1)
        #expect(tree.received(said(1, 1), holding: 0, from: link(5), at: at(0)).isEmpty)
        #expect(tree.gap(id(1, 2), hop: 0, from: link(5), at: at(0)).isEmpty)
        tree.receivedGraft(from: link(5))
        #expect(tree.eager == [link(1)] && tree.missing.isEmpty)
        // What he brought (he was a neighbour, or was pulled from) goes on all the same.
        #expect(tree.grown(id(1, 1), hop: nil, from: link(5), at: at(0)).count == 1)
    }
}
