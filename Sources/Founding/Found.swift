package import AuthorLog
package import Identity

package struct FoundingOptions: Sendable {
    /// 1 to 120 bytes.
    package var title: String
    /// ISO 4217, three capitals.
    package var currency: String
    package var attribution: Attribution
    /// 0: no window.
    package var windowDays: UInt32
    /// In minor units of the currency; 0: none.
    package var qualifyingMinor: Int64
    /// Nil: `./<short id>.root-key`.
    package var rootKeyPath: String?

    package init(
        title: String, currency: String, attribution: Attribution = .firstTouch, windowDays: UInt32 = 0,
        qualifyingMinor: Int64 = 0, rootKeyPath: String? = nil
    ) {
        self.title = title
        self.currency = currency
        self.attribution = attribution
        self.windowDays = windowDays
        self.qualifyingMinor = qualifyingMinor
        self.rootKeyPath = rootKeyPath
    }
}

package struct Founded: Hashable, Sendable {
    package let community: CommunityID
    package let member: MemberKey
    /// Paths are absolute and without symbolic links.
    package let home: String
    package let rootKeyFile: String
    package let successorKeyFile: String
}

/// Makes a community: its keys, its charter, and the founder's home. The root secrets go to two files outside the home and are
/// wiped from memory.
///
/// - Parameter path: May not exist yet, or is an empty directory of ours.
/// - Throws: `E-TITLE`, `E-CURRENCY`, `E-AMOUNT`, `E-TIME`; `E-HOME-EXISTS`, `E-HOME-UNSAFE`; `E-ROOT-KEY-EXISTS`,
///   `E-ROOT-KEY-INSIDE`. Whatever it throws, neither a home nor a root key file is left.
package func found(
    home path: String, options: FoundingOptions, nowMilliseconds: UInt64
) throws(FoundingError) -> Founded {
    let community = try NewCommunity(options, nowMilliseconds: nowMilliseconds)
    let site = try HomeSite(preparing: path)
    let rootKeyFiles: RootKeyFiles
    do throws(FoundingError) {
        let rootKeyPath = options.rootKeyPath ?? "./\(community.charter.id.short).root-key"
        rootKeyFiles = try RootKeyFiles(rootKeyPath, outside: site.folder)
        // Before the home: a home without its root key would be worse than a root key without a home.
        try rootKeyFiles.write(root: community.root, successor: community.successor)
    } catch {
        site.abandon()
        throw error
    }
    do throws(FoundingError) {
        let contents = homeContents(
            member: community.member, noise: .generate(), networkKey: SecretBytes(random: 32),
            personKey: community.personKey, presentation: community.presentation, addresses: [])
        let home = try site.fill(charter: community.charter, contents)
        return Founded(
            community: community.charter.id, member: community.member.publicKey(), home: home.path,
            rootKeyFile: rootKeyFiles.rootPath, successorKeyFile: rootKeyFiles.successorPath)
    } catch {
        rootKeyFiles.remove()
        throw error
    }
}

/// What a founder makes, before any of it is written.
private struct NewCommunity {
    let root = SigningKey.generate()
    let successor = SigningKey.generate()
    let member = SigningKey.generate()
    let personKey = SecretBytes(random: 32)
    let charter: Charter
    let presentation: Presentation

    init(_ options: FoundingOptions, nowMilliseconds: UInt64) throws(FoundingError) {
        // A charter may name any three capitals, so that a later version may know more; no node opens one that it does not know.
        guard CurrencyTable.exponent(of: options.currency) != nil else { throw .unknownCurrency(options.currency) }
        do throws(CharterError) {
            charter = try Charter(
                title: options.title, currency: options.currency, createdMilliseconds: nowMilliseconds,
                rootKey: root.publicKey(), successorKeyHash: Charter.hash(ofSuccessor: successor.publicKey()),
                attribution: options.attribution, windowDays: options.windowDays,
                qualifyingMinor: options.qualifyingMinor, personKeyHash: Charter.hash(ofPersonKey: personKey))
        } catch {
            throw .charter(error)
        }
        guard let time = HybridTime(milliseconds: nowMilliseconds) else {
            throw .charter(.form(.outOfRange(field: "created_ms")))
        }
        let key: MemberKey = member.publicKey()
        do throws(AuthorityFormError) {
            let grant = try Grant(
                subject: key, role: .steward, quota: .unlimited, memberID: MemberID(firstKey: key))
            let order = try RootOrder(granting: grant, serial: 1, time: time)
            presentation = try Presentation(order: order.signed(by: root, community: charter.id))
        } catch {
            preconditionFailure("our own grant has a bad form: \(error)")
        }
    }
}

/// The files of a home beside its charter.
func homeContents(
    member: SigningKey, noise: AgreementKey, networkKey: SecretBytes, personKey: SecretBytes,
    presentation: Presentation, addresses: [String]
) -> [(file: Home.File, content: FileContent)] {
    [
        (.memberKey, .secret(KeyFile.text(.member, member.seed))),
        (.noiseKey, .secret(KeyFile.text(.noise, noise.secret))),
        (.networkKey, .secret(KeyFile.text(.network, networkKey))),
        (.personKey, .secret(KeyFile.text(.person, personKey))),
        (.presentation, .plain(presentation.bytes)),
        (.addresses, .plain(Array(addresses.map { $0 + "\n" }.joined().utf8))),
    ]
}

extension CommunityID {
    /// Enough for people to tell their communities apart, and for a file's name.
    package var short: String { String(hex.prefix(12)) }
}

extension FoundingError {
    fileprivate static func unknownCurrency(_ code: String) -> FoundingError {
        FoundingError(
            code: "E-CURRENCY", message: "\"\(code)\" is no currency in use", hint: "an ISO 4217 code, like USD or EUR",
            outcome: .usage)
    }

    fileprivate static func charter(_ error: CharterError) -> FoundingError {
        let (code, message, hint) =
            switch error {
            case .title:
                ("E-TITLE", "the title is empty or longer than 120 bytes", "give a short one with --title")
            case .currency:
                ("E-CURRENCY", "the currency is not three capitals", "an ISO 4217 code, like USD or EUR")
            case .qualifyingAmount:
                ("E-AMOUNT", "the qualifying amount is not 0 to 10^15 minor units", "an amount like 40.00")
            case .form:
                ("E-TIME", "this computer's clock shows an impossible time", "set the clock")
            }
        return FoundingError(code: code, message: message, hint: hint, outcome: .usage)
    }
}
