#pragma once

// What Glibc's Swift module lacks: variadic calls, names that are both a struct and a function, and structs behind _GNU_SOURCE.
// Each returns 0, or the errno of what went wrong.

#include <stdint.h>
#include <sys/types.h>

/// Who is at the other end of a connected unix socket, as the kernel noted when it connected.
int platform_peer_credentials(int socket, uid_t *uid, pid_t *pid);

/// What tells a file from a copy under the same name, links not followed: its inode, and when it was made, in nanoseconds
/// since 1970 (0 where the file system does not say).
int platform_file_identity(int directory, const char *name, uint64_t *inode, uint64_t *birth_nanoseconds);

/// The advisory lock of an open file, without waiting: EWOULDBLOCK while another process (or descriptor) holds it.
int platform_lock(int file);

/// From now on no core dump, no /proc/PID/mem and no debugger of the same user shows this process's memory.
int platform_forbid_core_dumps(void);

/// Gives freed memory back to the system: Glibc keeps what every thread once had.
void platform_release_memory(void);
