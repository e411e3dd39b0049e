enum JSONGuardError: Error, Equatable, Sendable {
    case notUTF8
    /// Not JSON (RFC 8259), or half of a surrogate pair. Positions count bytes from 0.
    case malformed(position: Int)
    case tooDeep(position: Int)
    /// Two keys of one object are equal, however they are written: readers would disagree about which one counts.
    case duplicateKey(position: Int)
    /// A fraction, an exponent, or more than 64 bits. Money is never floating point.
    case notAnInteger(position: Int)
}

/// Reads a body before a decoder does and lets pass what every decoder understands alike.
///
/// A loop over a stack, no recursion: what is hostile costs one pass.
struct JSONGuard {
    private enum Container {
        case array
        /// The keys so far, unescaped.
        case object(Set<[UInt8]>)
    }

    private enum Expected {
        case value
        case valueOrEnd
        case key
        case keyOrEnd
        case commaOrEnd
    }

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var position = 0
    private var containers: [Container] = []

    static func check(_ bytes: [UInt8], depthLimit: Int = Limits.jsonDepthLimit) throws(JSONGuardError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var guardian = JSONGuard(bytes: bytes, depthLimit: depthLimit)
        try guardian.document()
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private mutating func document() throws(JSONGuardError) {
        var expected = Expected.value
        repeat {
            skipSpace()
            expected = try step(expected)
        } while !containers.isEmpty
        skipSpace()
        guard position == bytes.count else { throw .malformed(position: position) }
    }

    private mutating func step(_ expected: Expected) throws(JSONGuardError) -> Expected {
        switch (expected, current) {
        case (.keyOrEnd, UInt8(ascii: "}")), (.valueOrEnd, UInt8(ascii: "]")):
            return close()
        case (.key, _), (.keyOrEnd, _):
            try key()
            return .value
        case (.value, _), (.valueOrEnd, _):
            return try value()
        case (.commaOrEnd, let byte):
            switch (containers.last, byte) {
            case (.array, UInt8(ascii: "]")), (.object, UInt8(ascii: "}")):
                return close()
            case (.array, UInt8(ascii: ",")):
                position += 1
                return .value
            case (.object, UInt8(ascii: ",")):
                position += 1
                return .key
            default:
                throw .malformed(position: position)
            }
        }
    }

    private mutating func value() throws(JSONGuardError) -> Expected {
        switch current {
        case UInt8(ascii: "["):
            try open(.array)
            return .valueOrEnd
        case UInt8(ascii: "{"):
            try open(.object([]))
            return .keyOrEnd
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
        return .commaOrEnd
    }

    private mutating func open(_ container: Container) throws(JSONGuardError) {
        guard containers.count < depthLimit else { throw .tooDeep(position: position) }
        containers.append(container)
        position += 1
    }

    private mutating func close() -> Expected {
        containers.removeLast()
        position += 1
        return .commaOrEnd
    }

    private mutating func key() throws(JSONGuardError) {
        let start = position
        let name = try string()
        guard case .object(var names) = containers.popLast() else { throw .malformed(position: start) }
        guard names.insert(name).inserted else { throw .duplicateKey(position: start) }
        containers.append(.object(names))
        skipSpace()
        try take(UInt8(ascii: ":"))
    }

    // MARK: Scalars

    /// - Returns: What the string says, its escapes resolved.
    private mutating func string() throws(JSONGuardError) -> [UInt8] {
        try take(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: try escape())
            case 0..<0x20:
                throw .malformed(position: position)
            default:
                text.append(byte)
                position += 1
            }
        }
        throw .malformed(position: position)
    }

    private mutating func escape() throws(JSONGuardError) -> [UInt8] {
        guard let byte = current else { throw .malformed(position: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
        default: throw .malformed(position: position - 1)
        }
    }

    /// After `\u`: one unit, or a pair of surrogates.
    private mutating func scalar() throws(JSONGuardError) -> Unicode.Scalar {
        let start = position
        var value = try unit()
        if (0xd800..<0xdc00).contains(value) {
            try take(UInt8(ascii: "\\"))
            try take(UInt8(ascii: "u"))
            let low = try unit()
            guard (0xdc00..<0xe000).contains(low) else { throw .malformed(position: start) }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw .malformed(position: start) }
        return scalar
    }

    private mutating func unit() throws(JSONGuardError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .malformed(position: position)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONGuardError) {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let first = current
        let count = try digits()
        guard first != UInt8(ascii: "0") || count == 1 else { throw .malformed(position: start) }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            _ = try digits()
        }
        guard isInteger, Int64(String(decoding: bytes[start..<position], as: UTF8.self)) != nil else {
            throw .notAnInteger(position: start)
        }
    }

    /// - Returns: How many there are, at least one.
    private mutating func digits() throws(JSONGuardError) -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw .malformed(position: position) }
        return position - start
    }

    private mutating func literal(_ text: StaticString) throws(JSONGuardError) {
        for byte in text.withUTF8Buffer({ Array($0) }) { try take(byte) }
    }

    // MARK: Bytes

    private var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) throws(JSONGuardError) {
        guard current == byte else { throw .malformed(position: position) }
        position += 1
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }
}
