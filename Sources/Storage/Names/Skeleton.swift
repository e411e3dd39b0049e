import Foundation

/// What a name looks like: two names that people may take for one another have one skeleton.
///
/// Source: Unicode Technical Standard 39, §4, with the confusables that look like ASCII (``ConfusableTable``) and no others: names
/// in Cyrillic or Greek that look like Latin ones are told, two names in Chinese are not compared.
package enum Skeleton {
    private static let prototypes: [Unicode.Scalar: String] = {
        var prototypes: [Unicode.Scalar: String] = [:]
        for line in ConfusableTable.lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let shown = words.first else { continue }
            for word in words.dropFirst() {
                guard let value = UInt32(word, radix: 16), let scalar = Unicode.Scalar(value) else { continue }
                prototypes[scalar] = String(shown)
            }
        }
        return prototypes
    }()

    package static func of(_ name: String) -> String {
        var skeleton = ""
        for scalar in name.decomposedStringWithCanonicalMapping.unicodeScalars
        where !scalar.properties.isDefaultIgnorableCodePoint {
            if let prototype = prototypes[scalar] {
                skeleton += prototype
            } else {
                skeleton.unicodeScalars.append(scalar)
            }
        }
        return skeleton.decomposedStringWithCanonicalMapping
    }

    /// - Returns: The ASCII text that a character looks like; nil for ASCII, and for what looks like nothing of it.
    package static func ascii(of scalar: Unicode.Scalar) -> String? { scalar.isASCII ? nil : prototypes[scalar] }
}
