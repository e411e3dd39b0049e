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

/// Runs a program to its end, for at most `seconds`; then it is killed and the test fails.
func run(
    _ program: URL, _ arguments: [String], input: String? = nil, in folder: URL? = nil, seconds: Double = 120
) throws -> Ended {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    let output = Pipe()
    let errors = Pipe()
    let feed = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = feed
    let collected = Collected()
    let reading = DispatchGroup()
    for (pipe, isOutput) in [(output, true), (errors, false)] {
        reading.enter()
        DispatchQueue.global().async {
            collected.set(pipe.fileHandleForReading.readDataToEndOfFile(), isOutput: isOutput)
            reading.leave()
        }
    }
    do {
        try process.run()
    } catch {
        // No child holds the pipes, so nobody else ends them.
        for pipe in [output, errors] { try? pipe.fileHandleForWriting.close() }
        throw error
    }
    _ = ignoredBrokenPipes
    // It may end without reading it.
    if let input { try? feed.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try feed.fileHandleForWriting.close()
    let deadline = DispatchWorkItem { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: deadline)
    process.waitUntilExit()
    deadline.cancel()
    // A grandchild may still hold the pipes; what it writes later is not waited for.
    _ = reading.wait(timeout: .now() + 5)
    let (text, complaints) = collected.texts
    return Ended(status: process.terminationStatus, output: text, errors: complaints)
}

/// A child that ends without reading must not end us.
private let ignoredBrokenPipes = signal(SIGPIPE, SIG_IGN)

/// Two pipes' contents, gathered by two threads.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var output = Data()
    private var errors = Data()

    func set(_ data: Data, isOutput: Bool) {
        lock.withLock { if isOutput { output = data } else { errors = data } }
    }

    var texts: (String, String) {
        lock.withLock { (String(decoding: output, as: UTF8.self), String(decoding: errors, as: UTF8.self)) }
    }
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
