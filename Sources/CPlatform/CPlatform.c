#define _GNU_SOURCE

#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

int platform_peer_credentials(int socket, uid_t *uid, pid_t *pid) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return errno;
    if (size != sizeof credentials) return EINVAL;
    *uid = credentials.uid;
    *pid = credentials.pid;
    return 0;
}

int platform_file_identity(int directory, const char *name, uint64_t *inode, uint64_t *birth_nanoseconds) {
    struct statx status;
    if (statx(directory, name, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) != 0) return errno;
    *inode = status.stx_ino;
    *birth_nanoseconds = 0;
    if ((status.stx_mask & STATX_BTIME) != 0 && status.stx_btime.tv_sec >= 0) {
        *birth_nanoseconds = (uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec;
    }
    return 0;
}

int platform_lock(int file) {
    return flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

int platform_forbid_core_dumps(void) {
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
    // The limit alone does not stop a core_pattern that pipes to a program.
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

void platform_release_memory(void) { malloc_trim(0); }
