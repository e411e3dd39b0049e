import Founding
import Glibc
import Testing

/// threats.md, row 34.
@Suite struct ReserveTests {
    private func status(_ community: TestCommunity) -> stat? {
        var status = stat()
        return lstat(community.home.path(of: .reserve), &status) == 0 ? status : nil
    }

    @Test func `the reserve is a mebibyte that is really taken, and nobody else's`() throws {
        let community = try TestCommunity()
        #expect(try community.home.takeReserve())
        let taken = try #require(status(community))
        #expect(taken.st_size == 1 << 20)
        #expect(taken.st_blocks * 512 >= 1 << 20)
        #expect(taken.st_mode & 0o7777 == 0o600)
        #expect(try community.home.takeReserve())
        #expect(status(community)?.st_ino == taken.st_ino)
        _ = try Home.open(at: community.homePath)
    }

    @Test func `it is given back at once, and twice does no harm`() throws {
        let community = try TestCommunity()
        #expect(try community.home.takeReserve())
        community.home.dropReserve()
        #expect(status(community) == nil)
        community.home.dropReserve()
        #expect(try community.home.takeReserve())
    }

    @Test func `one that was cut off, or only has the size, is made anew`() throws {
        let community = try TestCommunity()
        #expect(try community.home.takeReserve())
        let path = community.home.path(of: .reserve)
        for size in [4_096, 0] as [off_t] {
            truncate(path, size)
            // The second time around it is a hole.
            truncate(path, size == 0 ? 1 << 20 : size)
            #expect(try community.home.takeReserve())
            let taken = try #require(status(community))
            #expect(taken.st_size == 1 << 20 && taken.st_blocks * 512 >= 1 << 20)
        }
    }

    @Test func `a link in its place is refused`() throws {
        let community = try TestCommunity()
        symlink(community.homePath + "/member.key", community.home.path(of: .reserve))
        #expect(failure { _ = try community.home.takeReserve() }?.code == "E-HOME-UNSAFE")
        _ = try community.home.memberKey()
    }
}
