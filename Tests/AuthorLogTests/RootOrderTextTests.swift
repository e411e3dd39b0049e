import AuthorLog
import Identity
import Testing

struct RootOrderTextTests {
    private func error(_ text: String) -> RootOrderTextError? {
        do throws(RootOrderTextError) {
            _ = try SignedRootOrder(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an order comes back from its text, however it is passed on`() throws {
        let order = try World().order
        let text = order.text
        #expect(text.hasPrefix("GRAPEVINEORDER1"))
        for passed in [text, text.lowercased(), " \(text.prefix(40))-\r\n\(text.dropFirst(40))\n"] {
            #expect(try SignedRootOrder(parsing: passed) == order)
        }
    }

    @Test func `something else is no order, and says what it may be`() throws {
        let world = try World()
        let text = world.order.text
        #expect(error("") == .notAnOrder)
        #expect(error(try world.ticket().text) == .notAnOrder)
        #expect(error("GRAPEVINEORDER2AB") == .newerVersion(2))
        #expect(error(String(text.dropLast(3))) == .damaged)
        #expect(error(String(repeating: "A", count: 40_000)) == .notAnOrder)
        #expect(throws: TicketError.notATicket) { try Ticket(parsing: text) }
        let checksum = BLAKE2b.hash256([1, 2], personal: .init("gv/order-text")).bytes.prefix(8)
        guard case .malformed = error("GRAPEVINEORDER1" + Base32.encode([1, 2] + checksum)) else {
            Issue.record("bytes with a good checksum are no order yet")
            return
        }
    }
}
