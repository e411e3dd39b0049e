import CPlatform
import Glibc

/// What a process that holds keys does first.
package enum ProcessSafety {
    /// No core dumps, no memory read by other programs of the same user, and new files for ourselves only (the database's, too).
    package static func harden() throws(FoundingError) {
        umask(0o077)
        let failure = platform_forbid_core_dumps()
        guard failure == 0 else { throw .system("forbid core dumps of", "this process", failure) }
    }
}
