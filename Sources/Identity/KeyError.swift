package enum KeyError: Error, Equatable, Sendable {
    case wrongLength(expected: Int, actual: Int)
    /// The other side's point has a low order: the agreed secret would be all zeros, whoever we are.
    case lowOrderPoint
}
