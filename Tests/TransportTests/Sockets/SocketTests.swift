import Testing

/// What uses real sockets runs alone, one test after the other: file descriptors, memory and time are the whole process's.
@Suite(.serialized) enum SocketTests {}
