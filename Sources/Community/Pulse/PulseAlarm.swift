/// Something that somebody should look at, with the one thing to do first.
package struct PulseAlarm: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case badBuzz = "bad_buzz"
        case keptFalling = "kept_falling"
        case refundsRising = "refunds_rising"
        case cancellationsRising = "cancellations_rising"
        case fewBackers = "few_backers"
        case fewAmbassadors = "few_ambassadors"
        case returningFalling = "returning_falling"
        case kFactorFalling = "k_factor_falling"
        case moodFalling = "mood_falling"
        case answersSlower = "answers_slower"
    }

    package let kind: Kind
    /// The figure that it reads.
    package let figure: PulseFigure.Name
    package let currency: Currency?

    /// In the order of ``Kind``, then in that of the figures.
    package static func alarms(of figures: [PulseFigure]) -> [PulseAlarm] {
        Kind.allCases.flatMap { kind in
            figures.filter { kind.isRaised(by: $0) }.map {
                PulseAlarm(kind: kind, figure: $0.name, currency: $0.currency)
            }
        }
    }
}

extension PulseAlarm {
    /// What it says, in one sentence.
    package var message: String {
        figure == .lowMoods ? "More than three times as many people as usual feel bad." : kind.message
    }

    /// What to do first.
    package var action: String {
        figure == .lowMoods ? "Read what they say, and answer the loudest complaint in public today." : kind.action
    }
}

extension PulseAlarm.Kind {
    func isRaised(by figure: PulseFigure) -> Bool {
        guard figure.isEnough else { return false }
        switch (self, figure.name) {
        case (.badBuzz, .reversals), (.badBuzz, .lowMoods), (.answersSlower, .answerTime):
            return figure.trend.direction == .rising
        case (.keptFalling, .kept), (.returningFalling, .returningBackers), (.kFactorFalling, .kFactor),
            (.moodFalling, .mood):
            return figure.trend.direction == .falling
        case (.refundsRising, .refundRate), (.cancellationsRising, .cancelRate):
            return figure.trend.direction == .rising || figure.slope?.direction == .rising
        case (.fewBackers, .topBackers), (.fewAmbassadors, .topAmbassadors):
            return (figure.value.millionths ?? 0) >= PulseLimits.dependence
        default: return false
        }
    }

    /// Of its own figure; ``PulseAlarm/message`` is what people read.
    package var message: String {
        switch self {
        case .badBuzz: "Cancellations and refunds are above three times their usual number a day."
        case .keptFalling: "Less of what is promised is kept."
        case .refundsRising: "Refunds are rising."
        case .cancellationsRising: "Cancellations are rising."
        case .fewBackers: "One per cent of the backers gave half of the money or more."
        case .fewAmbassadors: "Five ambassadors brought half of the money or more."
        case .returningFalling: "Fewer backers return."
        case .kFactorFalling: "An ambassador brings fewer paying people than before."
        case .moodFalling: "People feel worse than before."
        case .answersSlower: "Feedback waits longer for an answer."
        }
    }

    /// Of its own figure; ``PulseAlarm/action`` is what people read.
    package var action: String {
        switch self {
        case .badBuzz: "Say in public today what happened and what comes next, before any new appeal."
        case .keptFalling: "Remind those whose pledges are still unpaid, before asking anybody for a new one."
        case .refundsRising: "Ask the last ten people who wanted their money back why, and publish what you change."
        case .cancellationsRising: "Ask the last ten people who cancelled why; offer them a smaller pledge."
        case .fewBackers: "Ask for many small pledges now, and plan for losing the largest one."
        case .fewAmbassadors: "Give the next ten ambassadors what the first five have: thanks, and a person to ask."
        case .returningFalling: "Show those who gave before what their money did."
        case .kFactorFalling: "Ask the ambassadors who joined last what kept people whom they told from paying."
        case .moodFalling: "Ask the last ten people whose mood fell what changed, and say what you will do about it."
        case .answersSlower: "Answer the oldest open feedback today: grapevine feedback list --unanswered."
        }
    }
}
