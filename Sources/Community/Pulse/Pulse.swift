package import AuthorLog

/// Maturity and risk of a community, as figures: what `grapevine pulse` answers.
package struct Pulse: Hashable, Sendable {
    /// The record's latest hybrid time: all of it, and no clock, is behind the figures. Nil where nothing is recorded.
    package let asOf: HybridTime?
    package let figures: [PulseFigure]
    package let alarms: [PulseAlarm]

    package init(asOf: HybridTime?, figures: [PulseFigure]) {
        self.asOf = asOf
        self.figures = figures
        alarms = PulseAlarm.alarms(of: figures)
    }
}
