import AuthorLog
import Glibc

/// Where a home is about to be: a directory of ours, locked, without a community.
///
/// It is filled in place, so that it works where nothing may be made beside it (a service manager's directory, a mounted volume):
/// `charter.new` comes first, then the other files, and renaming it to `charter` is the moment it becomes a home. A crash before
/// leaves no home; what lies beside a `charter.new` was never one, and is cleared by the next attempt.
struct HomeSite {
    private static let newCharter = "charter.new"

    let folder: Folder
    private let lock: HomeLock
    private let madeDirectory: Bool

    /// - Throws: `E-HOME-EXISTS` saying what is there; `E-HOME-UNSAFE`.
    init(preparing path: String) throws(FoundingError) {
        let before = try Path.resolvedIfPresent(path)
        if before == nil { try Path.makeDirectories(path) }
        madeDirectory = before == nil
        folder = try Folder(path)
        do throws(FoundingError) {
            try Self.refuseContent(of: folder)
            try folder.closeToOthers()
            try folder.checkPrivate()
            lock = try HomeLock(folder)
            // Again: before it was closed and locked somebody may have been quicker.
            try Self.refuseContent(of: folder)
            for name in Home.File.founding.map(\.rawValue) + [Self.newCharter] { folder.remove(name) }
        } catch {
            if madeDirectory { rmdir(folder.path) }
            throw error
        }
    }

    /// Refuses all but an empty directory, a lock, and what an interrupted founding left.
    private static func refuseContent(of folder: Folder) throws(FoundingError) {
        if try folder.contains(Home.File.charter.rawValue) {
            let charter = try Home(folder: folder).charter()
            throw .homeExists(folder.path, holds: charter)
        }
        var expected: Set = [Home.File.lock.rawValue]
        if try folder.contains(newCharter) {
            expected.formUnion(Home.File.founding.map(\.rawValue) + [newCharter])
        }
        if let other = try folder.names().first(where: { !expected.contains($0) }) {
            throw .notEmpty(folder.path, other)
        }
    }

    /// Writes everything, each file and then the directory durable; what was written is removed if it fails.
    func fill(charter: Charter, _ contents: [(file: Home.File, content: FileContent)]) throws(FoundingError) -> Home {
        var written: [String] = []
        func write(_ name: String, _ content: FileContent) throws(FoundingError) {
            guard try folder.create(name, content) else { throw .notEmpty(folder.path, name) }
            written.append(name)
        }
        do throws(FoundingError) {
            try write(Self.newCharter, .plain(charter.bytes))
            try folder.synchronize()
            for (file, content) in contents { try write(file.rawValue, content) }
            try folder.synchronize()
            try folder.rename(Self.newCharter, to: Home.File.charter.rawValue)
            try folder.synchronize()
            if madeDirectory { try Folder(Path.split(folder.path).directory).synchronize() }
        } catch {
            folder.remove(Home.File.charter.rawValue)
            for name in written.reversed() { folder.remove(name) }
            abandon()
            throw error
        }
        return Home(folder: folder)
    }

    /// Leaves the place as it was found.
    func abandon() {
        folder.remove(Home.File.lock.rawValue)
        if madeDirectory { rmdir(folder.path) }
    }
}
