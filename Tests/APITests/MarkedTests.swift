import API
import Foundation
import Testing

struct MarkedTests {
    private let path = GetReferralPath.Answer(path: ["a", "b"])

    @Test func `an answer that counts all that is known is as it was, byte for byte`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(Marked(path)) == encoder.encode(path))
    }

    @Test func `a partial answer says so beside its own keys, and reads back`() throws {
        let marked = Marked(path, missing: 12_345)
        let json = try JSONSerialized(marked)
        #expect(json.keys == ["path", "partial", "missing"])
        #expect(json.object["partial"] as? Bool == true && json.object["missing"] as? Int == 12_345)
        let read = try JSONDecoder().decode(Marked<GetReferralPath.Answer>.self, from: JSONEncoder().encode(marked))
        #expect(read.answer == path && read.missing == 12_345)
    }

    @Test func `no mark, or one that says no, is none`() throws {
        for text in [#"{"path":["a"]}"#, #"{"path":["a"],"partial":false,"missing":3}"#] {
            let read = try JSONDecoder().decode(Marked<GetReferralPath.Answer>.self, from: Data(text.utf8))
            #expect(read.missing == nil, "\(text)")
        }
    }

    @Test func `progress has the contract's keys, its end null where nothing comes`() throws {
        let progress = SyncProgress(
            done: 1, total: 3, unfolded: 1, perSecond: 0, secondsLeft: nil, neededBytes: 10, freeBytes: 20)
        let json = try JSONSerialized(progress)
        #expect(
            json.keys == ["done", "total", "unfolded", "per_second", "seconds_left", "needed_bytes", "free_bytes"])
        #expect(json.object["seconds_left"] is NSNull)
    }
}
