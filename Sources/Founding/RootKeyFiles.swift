import Glibc
import Identity

/// The two files that the founder keeps offline. They are made outside of every home and never overwritten.
struct RootKeyFiles {
    private let folder: Folder
    private let name: String

    /// - Parameters:
    ///   - path: The root key's file; the successor's is beside it.
    ///   - home: May not contain them.
    init(_ path: String, outside home: Folder) throws(FoundingError) {
        let (directory, name) = Path.split(path)
        guard !name.isEmpty, name != ".", name != ".." else { throw .system("make", path, EISDIR) }
        folder = try Folder(directory)
        self.name = name
        guard folder.path != home.path, !folder.path.hasPrefix(Path.join(home.path, "")) else {
            throw FoundingError(
                code: "E-ROOT-KEY-INSIDE", message: "\(folder.path(of: name)) is inside the home \(home.path)",
                hint: "a root key belongs on a medium you keep offline: choose another file with --root-key",
                outcome: .refused)
        }
    }

    var rootPath: String { folder.path(of: name) }
    var successorPath: String { folder.path(of: successorName) }
    private var successorName: String { name + ".successor" }

    /// Durable when it returns: without these files nobody could ever speak for the community's root.
    func write(root: SigningKey, successor: SigningKey) throws(FoundingError) {
        guard try folder.create(name, .secret(KeyFile.text(.root, root.seed))) else { throw .rootKeyExists(rootPath) }
        do throws(FoundingError) {
            guard try folder.create(successorName, .secret(KeyFile.text(.successor, successor.seed))) else {
                throw .rootKeyExists(successorPath)
            }
            do throws(FoundingError) {
                try folder.synchronize()
            } catch {
                folder.remove(successorName)
                throw error
            }
        } catch {
            folder.remove(name)
            throw error
        }
    }

    func remove() {
        folder.remove(successorName)
        folder.remove(name)
    }
}
