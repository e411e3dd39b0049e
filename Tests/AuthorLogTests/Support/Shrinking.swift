/// As few elements as still fail, in their order: halves are left out, then quarters, then one after the other.
///
/// Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), without its test of subsets alone.
func shrunk<Element>(_ elements: [Element], while fails: ([Element]) -> Bool) -> [Element] {
    var elements = elements
    var size = max(1, elements.count / 2)
    while true {
        var start = 0
        while start < elements.count {
            var fewer = elements
            fewer.removeSubrange(start..<min(start + size, elements.count))
            if fails(fewer) { elements = fewer } else { start += size }
        }
        guard size > 1 else { return elements }
        size = max(1, size / 2)
    }
}
