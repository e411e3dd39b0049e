import Founding
import Glibc
import Testing

@Suite struct ProcessSafetyTests {
    /// In a process of its own: what it changes is for good.
    @Test func `a hardened process leaves no core and closes its files to others`() async {
        await #expect(processExitsWith: .success) {
            try ProcessSafety.harden()
            var limit = rlimit(rlim_cur: 1, rlim_max: 1)
            getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
            #expect(limit.rlim_cur == 0)
            #expect(umask(0) == 0o077)
        }
    }
}
