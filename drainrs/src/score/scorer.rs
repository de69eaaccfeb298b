//! What all scorers have in common.

use std::fmt;

use crate::flow::{Closed, Observation, Score};
use crate::id::TemplateId;
use crate::time::Timestamp;

/// Whether a scorer learns, and whether it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Takes everything for usual and says nothing: for logs known to be good.
    Learn,
    /// Judges by what was learned and learns no new things; levels and rhythms still follow.
    Detect,
    /// Judges and learns at once: what was not flagged is usual from now on.
    #[default]
    Adaptive,
}

/// Something that notices the unusual. Object-safe: a host adds its own as a `Box<dyn Scorer>`.
///
/// The order of calls: `observe` for every event in the order of arrival; `close` for every window, in order, none left out
/// but the gaps, which come as one closed window that says so; `advance` whenever time passed without events, as often as
/// the host likes. Scores are appended to `scores`; only what is past the scorer's threshold is said.
///
/// # Example: a scorer of one's own
///
/// ```
/// use drainrs::score::Scorer;
/// use drainrs::{Closed, Observation, Score, ScoreKind, TemplateId, Timestamp};
///
/// /// Warns of windows without a single line of a heartbeat.
/// #[derive(Debug)]
/// struct Heartbeat(TemplateId);
///
/// impl Scorer for Heartbeat {
///     fn name(&self) -> &str {
///         "heartbeat"
///     }
///     fn observe(&mut self, _: &Observation<'_>, _: &mut Vec<Score>) {}
///     fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
///         if !closed.gap && closed.tallies.iter().all(|tally| tally.series.template != self.0) {
///             let kind = ScoreKind::Other("missing_heartbeat".into());
///             scores.push(Score::new("heartbeat", kind, closed.window.end, 10.0, "no heartbeat in this window"));
///         }
///     }
///     fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}
///     fn next_deadline(&self) -> Option<Timestamp> {
///         None
///     }
///     fn memory(&self) -> usize {
///         size_of::<Heartbeat>()
///     }
/// }
///
/// let window = drainrs::Window { start: Timestamp::from_seconds(0), end: Timestamp::from_seconds(60) };
/// let mut scores = Vec::new();
/// Heartbeat(TemplateId(1)).close(&Closed::new(window, &[]), &mut scores);
/// assert_eq!(scores[0].kind.name(), "missing_heartbeat");
/// ```
pub trait Scorer: Send + fmt::Debug {
    /// The name under which its scores go.
    fn name(&self) -> &str;

    /// Takes an event.
    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>);

    /// Takes a window that is over.
    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>);

    /// Takes notice that it is `now`, in event time, and that everything before it was observed. A time earlier than one
    /// already seen changes nothing.
    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>);

    /// When [`advance`](Scorer::advance) will have something to say if no event comes before. `None`: never.
    fn next_deadline(&self) -> Option<Timestamp>;

    /// Memory in bytes of what was learned, heap included.
    fn memory(&self) -> usize;

    /// Takes notice that a template was united with another, in all services.
    fn merged(&mut self, _gone: TemplateId, _into: TemplateId) {}

    /// Changes between learning and judging.
    fn set_mode(&mut self, _mode: Mode) {}
}
