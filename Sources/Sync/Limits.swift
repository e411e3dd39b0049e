/// Every bound a peer can push against. What is not said to be of the protocol may change without telling anybody.
package enum Limits {
    // Of the protocol (Protocol/4-sync.md).

    /// The lowest and highest protocol version spoken here.
    package static let protocolVersion: UInt32 = 1
    /// One message, whole.
    package static let messageByteLimit = 1_048_576
    /// Hostile nesting ends here; our own messages are 4 deep.
    package static let messageDepthLimit = 16
    /// Ranges in one message.
    package static let rangesPerMessage = 4_096
    /// Hashes in one message, all its ranges together: 64 KB. 256 prefixes that all differ are answered by this many.
    package static let hashesPerMessage = 4_096
    /// Fingerprints in one message, all its ranges together: some 300 KB. A community has 10,000 logs.
    package static let fingerprintsPerMessage = 32_768
    /// Rows in one message, all its ranges together: some 400 KB.
    package static let rowsPerMessage = 4_096
    /// A prefix is made of the nibbles of a 32-byte log id.
    package static let nibblesPerPrefix = 64
    /// One round goes at least one nibble deeper.
    package static let reconciliationRounds: UInt32 = 64
    /// 2^48: ends of bundles.
    package static let logLengthLimit: UInt64 = 1 << 48
    package static let wantsPerPull = 1_024
    package static let recordsPerMessage = 256
    package static let ordersPerMessage = 256
    package static let forkProofsPerMessage = 64
    package static let addressesPerRecord = 4
    package static let addressByteLimit = 80
    package static let goodbyeReasonByteLimit = 200
    /// A piece of a run that we send, unless one entry is larger: a quarter of what is allowed, for the slowest link that is waited
    /// for (``slowestPullBytesPerSecond``) brings it in 8 s.
    package static let runPartByteLimit = 65_536
    /// A run no larger is pushed; of a larger one the head is told.
    package static let pushedRunByteLimit = 65_536
    /// From the end of the handshake until both hellos are accepted.
    package static let greetingTimeout = Duration.seconds(5)
    /// A ping is due after this silence.
    package static let silenceBeforePing = Duration.seconds(30)
    /// And after this one the peer is given up.
    package static let silenceBeforeClose = Duration.seconds(90)
    /// The initiator connects anew after an hour; the responder waits a little longer for it.
    package static let connectionLifetime = Duration.seconds(3_600)
    package static let connectionLifetimeGrace = Duration.seconds(120)
    /// Neither dialled nor accepted after an offence.
    package static let banDuration = Duration.seconds(600)
    /// Frontiers are compared anew with one peer at most this often.
    package static let comparisonInterval = Duration.seconds(1)
    /// And not so soon after the last `Ranges`: the answer of a slow peer. Two at a time would find the same twice.
    package static let reconciliationPause = Duration.seconds(2)
    package static let dialBackoffUnit = Duration.milliseconds(500)
    package static let dialBackoffLimit = Duration.seconds(60)

    // Of this implementation.

    /// Connections, greeted or not. 64 peers × all caps below stay under 200 MB if every one of them is hostile.
    package static let connections = 64
    /// Of them inbound: hostile ones cannot take the places of those we chose ourselves (threats.md, row 16).
    package static let inboundConnections = 56
    /// Inbound ones that have not greeted yet.
    package static let ungreetedConnections = 16
    /// Connections by which one member, as the initiator, may be connected: the old one may be half dead.
    package static let connectionsPerMember = 2
    /// A presentation: a root order and 4 excerpts of 2 KiB, and slack.
    package static let chainByteLimit = 16_384
    /// One signed root order.
    package static let orderByteLimit = 8_192
    /// Root orders held; the root signs few, ever.
    package static let ordersHeld = 1_024
    /// Root orders in one message of ours: half a MiB at most.
    package static let ordersTold = 64
    /// Proofs of forks in one message of ours: half a MiB at most.
    package static let forkProofsTold = 8
    /// Proofs that one peer told of logs not held yet: hundreds, as most are of two headers.
    package static let earlyProofByteLimit = 524_288
    /// One fork proof: two signature intervals of bare headers.
    package static let forkProofByteLimit = 65_536

    /// What answering one message may cost in bytes; the rest is left for the next round.
    package static let replyByteLimit = 1_048_576
    /// A message is closed once it holds this much: no peer waits long behind one.
    package static let rangesMessageByteTarget = 262_144
    /// Rows in one range of an answer that had to be split.
    package static let rowsPerRange = 256
    /// At most this many rows under a prefix that differs are told as fingerprints, 1.1 KB of them; of more the nodes below are.
    package static let fingerprintsPerRange = 128
    /// Of more rows than these the nodes two nibbles below are told at once, not those one below: a round trip less. 10,000 logs make
    /// 256 nodes of 39 rows, 4 KB; up to 16,384 (64 rows each) what differs is found by the next answer.
    package static let rowsForSmallStep = 1_024
    /// Back-off of comparisons that led nowhere: a peer whose rows never lead to progress costs one a minute.
    package static let fruitlessComparisonInterval = Duration.seconds(60)
    /// With nothing else happening, frontiers are compared this often (threats.md, row 14: the period).
    package static let idleComparisonInterval = Duration.seconds(30)

    /// Work one peer may cause at once and per second, in units of some µs (a row, a range, a hash answered):
    /// a tenth of a core. A newcomer to 10,000 logs is owed some 30,000.
    package static let workBurst = 200_000
    package static let workPerSecond = 20_000
    /// A signature is worth this many units.
    package static let workPerSignature = 30

    /// Rows in which a peer is ahead of us, per peer. A community has 10,000 logs; what is left out, the next comparison finds.
    package static let offersPerPeer = 16_384
    /// And of all peers together: some 20 MB.
    package static let offers = 131_072
    /// A hello's totals count for so long, unless rows say more before.
    static let claimedTotalLife = Duration.seconds(10)
    /// So long an interrupted sync is still said to be missing something when nobody is met who says otherwise: a laptop that is
    /// closed for the night. Any peer who is ahead of us or level ends it at once.
    static let interruptedSyncLife = Duration.seconds(86_400)
    /// Of a record with fewer operations its bytes say nothing about more of them: most are the tables themselves.
    static let measuredRecord: UInt64 = 1_000
    /// On the disk, where a peer has not said: between records imported in bulk and those signed one by one.
    static let assumedBytesPerUpdate: UInt64 = 500
    /// More for one operation is no record we know of, but a word that is to frighten people.
    static let bytesPerUpdateCeiling: UInt64 = 4_096
    /// Wants of one of our pulls: few enough that another idle peer finds something to do, too.
    package static let wantsOfAnySize = 256
    /// More wants, up to 1,024, while they are of no more operations in all: some MB, which one peer sends sooner than several could be
    /// asked by turns. Many logs that grew a little are pulled in one round trip.
    package static let operationsPerManyWants: UInt64 = 16_384
    /// What a peer may send before we have taken it in. At least one largest entry (611 KB) fits, also into what is left beside a
    /// portion that was not returned yet.
    package static let pullCreditByteCount = 2_097_152
    /// Credit is returned in portions.
    package static let creditPortionByteCount = 262_144
    /// Nothing that we lack in this time although credit was left: another peer takes over.
    package static let pullStallTimeout = Duration.seconds(10)
    /// Who brings less for longer than that is as good as silent: the worst mobile link brings as much. Whoever is cut off though honest
    /// is asked again a second later, from where he was.
    package static let slowestPullBytesPerSecond = 8_192
    /// A log of which nobody has said in this time whether it stands is asked for again. Working out what stands takes a tenth of the
    /// time, at a million operations for half a minute.
    package static let settlingTimeout = Duration.seconds(60)
    /// After n stalls or failures in a row a peer is not pulled from for 1 s × 2^n, at most this.
    package static let pullBackoffLimit = Duration.seconds(60)
    /// Credit that a peer can give us. More is forgotten: with the rest that is queued for him it is to stay well below Transport's
    /// hard limit of 4 MiB, so that nobody is cut off for reading slowly what he asked for.
    package static let servingCreditByteLimit = 2_097_152

    /// Heads known of one peer beyond "all of ours" (see PeerHeads): 4,096 × 120 B.
    package static let knownHeadsPerPeer = 4_096
    /// Bytes pushed and not confirmed by a pong; beyond it heads are told instead.
    package static let pushWindowByteCount = 524_288
    /// A ping follows the pushes once this much is unconfirmed.
    package static let pushConfirmationByteCount = 65_536
    /// Pushed parts handed to the shell and not yet answered; more are dropped, and found again by comparing.
    package static let pushedIngestByteLimit = 2_097_152

    /// Chains of members remembered: 10,000 nodes, and slack.
    package static let knownChains = 16_384
    package static let peerRecords = 16_384
    /// Records that arrived before the chain of their member.
    package static let unprovenPeerRecords = 256
    /// Records verified per peer, burst and per minute.
    package static let recordBurst = 1_024
    package static let recordsPerMinute = 256
    /// Records told to a new peer, drawn at random.
    package static let recordsTold = 128
    package static let bans = 1_024

    /// Addresses given by hand or in a ticket.
    package static let knownAddresses = 256
    /// Dials under way.
    package static let concurrentDials = 8
    /// Not more often than every 500 ms (threats.md, row 53: 2 per second).
    package static let dialSpacing = Duration.milliseconds(500)
    /// A dial of which the shell has said nothing.
    package static let dialTimeout = Duration.seconds(30)
    /// With fewer neighbours every known address is dialled, not only those of members whom HyParView asks. A guess: three are hardly
    /// lost at once, and in a community of four everybody goes on looking for everybody.
    package static let sociableNeighbors = 3
    /// A connection that lasted this long counts as a success: its address starts over with short waits.
    package static let stableConnection = Duration.seconds(10)
    /// Own member key shown longer: this many logs are reported, one length each.
    package static let ownHeadsReported = 64

    // Of HyParView. "Paper": Leitao, Pereira, Rodrigues, DSN 2007, section 5.1, for 10,000 nodes.

    /// Paper: fanout 4, and the one from whom a message comes.
    package static let activeView = 5
    /// Places in the active view that those who ask cannot take (threats.md, row 16).
    package static let ownChoices = 2
    /// Neighbours beside the active view who cannot be dialled: half of the inbound connections. Each is sent what is new.
    package static let guests = 28
    /// Paper.
    package static let passiveView = 30
    /// Steps of a FORWARDJOIN (paper: ARWL); a SHUFFLE makes as many.
    package static let activeWalk = 6
    /// Steps left when the newcomer enters a passive view (paper: PRWL).
    package static let passiveWalk = 3
    /// Neighbours told in a shuffle (paper: ka).
    package static let shuffledActive = 3
    /// Others told in a shuffle (paper: kp).
    package static let shuffledPassive = 4
    /// Taken from one message: ka, kp and the origin.
    package static let shuffleMembers = 8
    /// A guess; the paper counts in cycles and names no time.
    package static let shuffleInterval = Duration.seconds(60)
    /// Frontiers are compared with a random member this often: twice as often as threats.md, rows 16 and 22 need.
    package static let meetingInterval = Duration.seconds(30)
    /// One meeting in so many makes a neighbour of the stranger: every 10 minutes. A part of 10 members that was cut off is back
    /// within a minute. A guess.
    package static let meetingsPerExchange = 20
    /// Asked and not answered yet: each may be a dial.
    package static let neighborRequests = 5
    /// A dial, the greeting's 5 s, an answer. A guess.
    package static let neighborRequestTimeout = Duration.seconds(10)
    /// Refusals after which nobody is asked with low priority before ``refillInterval`` is over: 18 dials a minute at most. A guess.
    package static let refusals = 3
    /// Who refused is asked again after this long. A guess.
    package static let refillInterval = Duration.seconds(10)
    /// Members drawn from all known ones when a connection is made and the passive view is nearly empty: what a full one holds.
    package static let recalled = passiveView
    /// From then on one in this time, as many where the passive view is empty: those who were lost together are found again.
    package static let recallInterval = Duration.seconds(30)
    /// A connection without neighbourhood ends after this, unless something is being pulled over it. Time for a question, for a
    /// comparison of 64 rounds at 400 ms, and for who refused to be asked again.
    package static let strangerDuration = Duration.seconds(30)
    /// JOIN, FORWARDJOIN, NEIGHBOR and the two of a shuffle that one peer may send at once: what a hundred newcomers in a row cause.
    /// More is not read (threats.md, row 15).
    package static let membershipBurst = 128
    /// And per minute: two a second; a neighbour in a community where nobody comes or goes sends one.
    package static let membershipPerMinute = 120
    /// Newcomers announced whose chain is not known yet: some 16 KB, and each waits at most as long as a question.
    package static let waitingNewcomers = 64

    // Of Plumtree. "Measured": 1,000 simulated nodes, hops of 10 to 100 ms (`Tools/bench --only broadcast`).

    /// IHAVEs collected before they are told together. Measured: 200 ms add a sixth to the time to the last node, 20 ms a tenth
    /// to what is sent twice.
    package static let iHaveDelay = Duration.milliseconds(50)
    /// From the first announcement to the GRAFT. Measured: 400 ms leave detours in the tree (random senders: 19 links to the last
    /// node, not 17), 50 ms double more payloads (0.8 of those needed, not 0.5).
    package static let graftDelay = Duration.milliseconds(100)
    /// From GRAFT to the payload: a round trip, a read, a durable commit. A guess.
    package static let graftTimeout = Duration.seconds(1)
    /// How often, at most, all that is missing is looked through.
    package static let recoveryInterval = Duration.milliseconds(10)
    /// Announcements of a neighbour who did not bring what he announced count for nothing (threats.md, row 15).
    package static let distrustDuration = Duration.seconds(60)
    /// Logs missing by the word of one neighbour; beyond it the frontiers are compared. Some 300 KB.
    package static let claimsPerLink = 1_024
    /// Logs of which it is remembered how the last end came.
    package static let receipts = 1_024
    /// Steps by which an announcement must have been shorter. Paper, section 5: 7. Measured: with 3 the last of 1,000 nodes is
    /// a link nearer; as much is sent twice with one sender, a tenth more with random ones.
    package static let optimizationThreshold: UInt32 = 3
    /// The same where the author himself announces: who writes much is the root of the tree. Measured: with random senders a fifth less
    /// is sent twice, and the last of 1,000 nodes is a link nearer.
    package static let authorThreshold: UInt32 = 1
    /// Who lies about the steps takes an honest neighbour's branch this often. A guess.
    package static let optimizationInterval = Duration.seconds(10)
}
