extension Array where Element: Sendable {
    /// Maps in tasks of `count` elements each, so that every core has some; the order stays.
    ///
    /// - Parameter count: Elements that are worth a task of their own, 1 or more.
    package func concurrentMap<Value: Sendable>(
        inTasksOf count: Int, _ transform: @escaping @Sendable (Element) throws -> Value
    ) async throws -> [Value] {
        guard self.count > count else { return try map(transform) }
        return try await withThrowingTaskGroup(of: (start: Int, values: [Value]).self) { group in
            for start in stride(from: 0, to: self.count, by: count) {
                let slice = self[start..<Swift.min(start + count, self.count)]
                group.addTask { (start, try slice.map(transform)) }
            }
            var parts: [(start: Int, values: [Value])] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.start < $1.start }.flatMap(\.values)
        }
    }
}
