import FoundationEssentials  // Data, which the generated messages speak
import Identity
import SwiftProtobuf

extension Voice {
    /// Reads a public part of kind 33 or 34, the kind byte left off.
    package init(_ kind: Kind, decoding body: ArraySlice<UInt8>) throws(RecordError) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        let message: Grapevine_Community_Voice
        do {
            message = try Grapevine_Community_Voice(serializedBytes: Array(body), options: options)
        } catch {
            throw .malformed
        }
        self.init(kind)
        if !message.answers.isEmpty {
            guard let id = message.answers.withUnsafeBytes({ VoiceID($0) }) else { throw .lengthOutOfBounds }
            answers = id
        }
        if !message.person.isEmpty {
            guard let id = message.person.withUnsafeBytes({ PersonID($0) }) else { throw .lengthOutOfBounds }
            person = id
        }
        if message.hasMood {
            guard let value = Int(exactly: message.mood), Limits.moodRange.contains(value) else {
                throw .moodOutOfRange
            }
            mood = value
        }
        // A post is its author's, and only feedback has a mood.
        guard kind == .feedback || person == nil && mood == nil else { throw .malformed }
    }

    /// The public part, kind byte first.
    package var encoded: [UInt8] {
        var message = Grapevine_Community_Voice()
        if let answers { message.answers = answers.withUnsafeBytes { Data($0) } }
        if let person { message.person = person.withUnsafeBytes { Data($0) } }
        if let mood { message.mood = Int64(mood) }
        guard let bytes: [UInt8] = try? message.serializedBytes() else {
            preconditionFailure("proto3 messages without required fields always serialise")
        }
        return [kind.rawValue] + bytes
    }
}

/// The words of a post or of feedback: what only members read and what can be erased.
package struct VoicePrivate: Equatable, Sendable {
    package var text: String

    package init(text: String) { self.text = text }

    /// - Returns: nil where the bytes are no such message or the text is too long: shown as not held.
    package init?(decoding bytes: [UInt8]) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.messageDepthLimit
        // The error is dropped on purpose: a private part decides nothing, so a bad one is merely not shown.
        guard let message = try? Grapevine_Community_VoicePrivate(serializedBytes: bytes, options: options),
            !message.text.isEmpty, message.text.utf8.count <= Limits.voiceByteLimit
        else { return nil }
        text = message.text
    }

    package var encoded: [UInt8] {
        let message = Grapevine_Community_VoicePrivate.with { $0.text = text }
        guard let bytes: [UInt8] = try? message.serializedBytes() else {
            preconditionFailure("proto3 messages without required fields always serialise")
        }
        return bytes
    }
}
