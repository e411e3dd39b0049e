import Testing

@testable import Founding

@Suite struct ListenTests {
    @Test func `the last address is noted, and another replaces it`() throws {
        let community = try TestCommunity()
        let home = community.home
        #expect(try home.lastListenAddress() == nil)
        for address in ["127.0.0.1:7433", "127.0.0.1:7433", "[::1]:9"] {
            try home.noteListenAddress(address)
            #expect(try home.lastListenAddress() == address)
        }
        #expect(try !home.folder.names().contains("listen.new"))
        withExtendedLifetime(community) {}
    }
}
