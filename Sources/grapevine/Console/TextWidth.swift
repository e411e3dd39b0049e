extension String {
    /// Columns of a terminal that it takes, as wcwidth counts them; never fewer.
    var columns: Int {
        unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// Whole characters that fit, and `…` if that is not all of them.
    func cut(to width: Int) -> String {
        guard columns > width else { return self }
        var room = width - 1
        let kept = prefix { character in
            room -= character.unicodeScalars.reduce(0) { $0 + $1.columns }
            return room >= 0
        }
        return width > 0 ? kept + "…" : ""
    }

    func padded(to width: Int, onTheLeft: Bool) -> String {
        let blanks = String(repeating: " ", count: Swift.max(0, width - columns))
        return onTheLeft ? blanks + self : self + blanks
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return properties.isEmojiPresentation || Self.isWide(value) ? 2 : 1
        }
    }

    /// East Asian wide and fullwidth blocks, whole. Source: Unicode 16, EastAsianWidth.txt, rounded up to blocks.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
