/// Text of the record, or of anybody else, as a terminal may show it: the one way it gets there.
///
/// Whatever moves the cursor, reorders or hides text is shown as an escape like `\u{202E}`: controls (line ends and tabs too),
/// bidirectional and zero-width formatting, line and paragraph separators, everything that Unicode says to ignore when
/// drawing.
///
/// - Parameter width: Columns it may take; what is longer ends in `…`.
func display(_ text: String, width: Int = .max) -> String {
    if text.utf8.count <= width, text.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7F }) { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
        if scalar.misleads {
            shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return shown.cut(to: width)
}

extension Unicode.Scalar {
    /// Does something else than show itself.
    var misleads: Bool {
        if value < 0x7F { return value < 0x20 }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: true
        default: properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
        }
    }
}
