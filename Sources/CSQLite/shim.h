#include <sqlite3.h>

// sqlite3_config takes a variable number of arguments: Swift cannot call it.
static inline int sqlite_leave_memory_uncounted(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
