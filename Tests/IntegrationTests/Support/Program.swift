import Foundation
import Testing

/// The built programs, and the data they are tried on.
enum Program {
    /// Where `grapevined` and `grapevine` are: `GRAPEVINE_BIN`, else the release build beside the sources.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GRAPEVINE_BIN"] { return URL(filePath: path) }
        return repository.appending(path: ".build/release")
    }()

    /// `GRAPEVINE_REPOSITORY`, else where these sources are, links followed.
    static let repository: URL = {
        if let path = ProcessInfo.processInfo.environment["GRAPEVINE_REPOSITORY"] { return URL(filePath: path) }
        let support = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        return support.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    static let fixtures = repository.appending(path: "Tests/Fixtures")

    /// Real communities with figures that were computed elsewhere; beside the repository, and absent for most users.
    static let sharedData = repository.deletingLastPathComponent().appending(path: "shared/data")
    static var hasSharedData: Bool { FileManager.default.fileExists(atPath: sharedData.path) }

    static func url(_ name: String) -> URL { folder.appending(path: name) }
}

/// What a program that has ended left behind.
struct Ended {
    var status: Int32
    var output: String
    var errors: String

    /// Standard output as one JSON object.
    var json: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return try #require(object as? [String: Any], "not an object: \(output)")
        }
    }

    var errorCode: String? { ((try? json)?["error"] as? [String: Any])?["code"] as? String }
}

/// Runs a program to its end, for at most `seconds`; then it is killed.
func run(
    _ program: URL, _ arguments: [String], input: String? = nil, in folder: URL? = nil, seconds: Double = 120
) throws -> Ended {
    let source = try sourceDescriptor(of: input)
    defer { close(source) }
    let output = try Channel()
    defer { close(output.reading) }
    let errors = try Channel()
    defer { close(errors.reading) }
    let child: Child
    do {
        defer { for channel in [output, errors] { close(channel.writing) } }
        child = try Child(
            program, arguments, in: folder, input: source, output: output.writing, errors: errors.writing)
    }
    defer { child.end() }

    var texts: [Int32: [UInt8]] = [output.reading: [], errors.reading: []]
    var open = [output.reading, errors.reading]
    var deadline = Date(timeIntervalSinceNow: seconds)
    while !open.isEmpty, Date() < deadline {
        // A grandchild may still hold the pipes; what it writes later is not waited for.
        if child.status != nil { deadline = min(deadline, Date(timeIntervalSinceNow: 1)) }
        for descriptor in open {
            guard let bytes = Channel.read(descriptor, seconds: open.count == 1 ? 0.1 : 0.01) else { continue }
            if bytes.isEmpty { open.removeAll { $0 == descriptor } }
            texts[descriptor, default: []] += bytes
        }
    }
    let status = child.wait(seconds: max(0, deadline.timeIntervalSinceNow))
    if status == nil { child.end() }
    let said = String(decoding: texts[output.reading, default: []], as: UTF8.self)
    let complained = String(decoding: texts[errors.reading, default: []], as: UTF8.self)
    return Ended(status: status ?? 128 + SIGKILL, output: said, errors: complained)
}

/// A file that nobody else sees, so that a child may end without reading it.
private func sourceDescriptor(of input: String?) throws -> Int32 {
    guard let input else { return open("/dev/null", O_RDONLY | O_CLOEXEC) }
    let path = "/tmp/gv-input-\(UInt64.random(in: 0 ... .max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemFailure(doing: "making a file for the input", number: errno) }
    unlink(path)
    var rest = Array(input.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw SystemFailure(doing: "writing the input", number: errno) }
        rest = rest.dropFirst(count)
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
}

/// Asks until the answer is yes.
///
/// - Throws: After `seconds`, with the last thing that was seen.
func eventually(_ what: String, seconds: Double = 60, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try condition() { return }
        usleep(50_000)
    }
    throw NotInTime(what: what, seconds: seconds)
}

struct NotInTime: Error, CustomStringConvertible {
    let what: String
    let seconds: Double
    var description: String { "\(what): not within \(seconds) s" }
}
