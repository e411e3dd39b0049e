import Glibc

/// What the kernel says of this process.
enum Process {
    static var residentByteCount: Int {
        var text = [CChar](repeating: 0, count: 256)
        let file = open("/proc/self/statm", O_RDONLY)
        defer { close(file) }
        _ = read(file, &text, 255)
        let fields = text.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
        let pages = fields[1].reduce(0) { $0 * 10 + Int($1) - 48 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    static var openDescriptorCount: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count - 3  // ., .. and the directory itself
    }
}
