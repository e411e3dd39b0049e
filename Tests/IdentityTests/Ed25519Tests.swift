import Identity
import Testing

struct Ed25519Tests {
    private func check(seed: [UInt8], publicKey: [UInt8], message: [UInt8], signature: [UInt8]) throws {
        let signingKey = try SigningKey(seed: SecretBytes(copying: seed))
        let key: MemberKey = signingKey.publicKey()
        #expect(key.bytes == publicKey)
        let ours = signingKey.sign(message)
        #expect(ours.bytes == signature)
        #expect(key.verify(ours, of: message))
        #expect(!key.verify(ours, of: message + [0]))
    }

    @Test func `RFC 8032's signatures are made and verified`() throws {
        let rows = try Vectors.rows("ed25519/rfc8032.json")
        #expect(rows.count == 4)
        for row in rows {
            try check(
                seed: row.bytes("secret"), publicKey: row.bytes("public"), message: row.bytes("message"),
                signature: row.bytes("signature"))
        }
    }

    @Test func `Bernstein's 512 signatures are made and verified`() throws {
        let lines = try Vectors.text("ed25519/djb-sign-even.txt").split(separator: "\n")
        #expect(lines.count == 512)
        for line in lines {
            let fields = try line.split(separator: ":", omittingEmptySubsequences: false).map {
                try Hex.decode(String($0))
            }
            try check(seed: fields[0], publicKey: fields[1], message: fields[2], signature: fields[3])
        }
    }

    @Test func `Wycheproof's forged signatures are refused and its good ones accepted`() throws {
        for test in try Vectors.wycheproof("ed25519") {
            let publicKey = try #require(test.group["publicKey"] as? [String: Any])
            let hex = try #require(publicKey["pk"] as? String)
            let key = try #require(RootKey(hex: hex))
            let message = try test.bytes("msg")
            let isAccepted = Signature(try test.bytes("sig")).map { key.verify($0, of: message) } ?? false
            #expect(isAccepted == test.isValid, "case \(test.number)")
        }
    }

    @Test func `of the twelve edge cases of speccheck only the fourth is accepted`() throws {
        let verdicts = try Vectors.rows("ed25519/speccheck.json").map { row in
            let key = try #require(InviteKey(row.bytes("pub_key")))
            let signature = try #require(Signature(row.bytes("signature")))
            return key.verify(signature, of: try row.bytes("message")) ? "V" : "X"
        }
        #expect(verdicts.joined() == "XXXVXXXXXXXX")
    }

    @Test func `a seed of another length is refused`() {
        for count in [0, 31, 33, 64] {
            #expect(throws: KeyError.wrongLength(expected: 32, actual: count)) {
                try SigningKey(seed: SecretBytes(random: count))
            }
        }
    }

    @Test func `a signature under one domain is none under another`() throws {
        let signingKey = SigningKey.generate()
        let key: MemberKey = signingKey.publicKey()
        let communities = [CommunityID(raw: .zero), try #require(CommunityID(Sodium.random(32)))]
        let content: [UInt8] = [1, 2, 3]
        let domain = SignatureDomain("test/one")
        let signature = signingKey.sign(domain.message(community: communities[0], content: content))

        #expect(key.verify(signature, of: domain.message(community: communities[0], content: content)))
        #expect(!key.verify(signature, of: domain.message(community: communities[1], content: content)))
        #expect(!key.verify(signature, of: domain.message(community: nil, content: content)))
        #expect(
            !key.verify(
                signature,
                of: SignatureDomain("test/one", version: 2).message(community: communities[0], content: content)))
        #expect(
            !key.verify(signature, of: SignatureDomain("test/two").message(community: communities[0], content: content))
        )
    }

    @Test func `the signed bytes are tag, version, community, content`() throws {
        let community = try #require(CommunityID([UInt8](repeating: 0xCC, count: 32)))
        let message = SignatureDomain("tag", version: 9).message(community: community, content: [1, 2])
        #expect(
            message == [UInt8]("tag".utf8) + [UInt8](repeating: 0, count: 13) + [9]
                + [UInt8](repeating: 0xCC, count: 32)
                + [1, 2])
        #expect(SignatureDomain("0123456789abcdef").message(community: nil, content: []).count == 17)
    }
}
