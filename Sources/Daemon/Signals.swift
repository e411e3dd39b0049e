/// What wakes the pumps of a node: one pending wake-up each is enough, as a pump takes all there is.
struct Signals: Sendable {
    enum Pump { case ingest, writes, digest }

    let ingest: AsyncStream<Void>
    let writes: AsyncStream<Void>
    let digest: AsyncStream<Void>
    /// Bounded by what the core has outstanding: one read a peer.
    let jobs: AsyncStream<Job>
    private let ingestContinuation: AsyncStream<Void>.Continuation
    private let writesContinuation: AsyncStream<Void>.Continuation
    private let digestContinuation: AsyncStream<Void>.Continuation
    private let jobsContinuation: AsyncStream<Job>.Continuation

    init() {
        (ingest, ingestContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (writes, writesContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (digest, digestContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (jobs, jobsContinuation) = AsyncStream.makeStream()
    }

    func wake(_ pump: Pump) {
        switch pump {
        case .ingest: ingestContinuation.yield()
        case .writes: writesContinuation.yield()
        case .digest: digestContinuation.yield()
        }
    }

    func schedule(_ job: Job) { jobsContinuation.yield(job) }

    func finish() {
        ingestContinuation.finish()
        writesContinuation.finish()
        digestContinuation.finish()
        jobsContinuation.finish()
    }
}
