//! How urgent a score is.

use crate::flow::{Level, Priority, Score, ScoreKind};

/// The priority of a score, by a table.
///
/// | | points |
/// |---|---|
/// | severity below 0.5 (rarer than one in 100,000 is 0.5) | 0 |
/// | 0.5 to 0.67 | 1 |
/// | above (rarer than one in 10^10) | 2 |
/// | level error | +1 |
/// | level critical or fatal | +2 |
/// | level debug or trace | -1 |
/// | a whole service went silent | +1 |
/// | the scorer is still learning here | -1 |
///
/// 0 is low, 1 medium, 2 high, 3 and more critical. More or new events of level info or below are medium at most, however
/// many they are: health checks never outrank an error that doubled. Fewer events of level warn or above, or none, get no points
/// for their level and are medium at most: trouble that stopped is no emergency. What only informs (an adopted template, a gap
/// of the input, drift, a rule of sessions that ended) is low.
///
/// ```
/// use drainrs::{Level, Priority, Score, ScoreKind, Timestamp};
/// let mut score = Score::new("frequency", ScoreKind::Spike, Timestamp::from_seconds(0), 6.0, "twice as many");
/// score.level = Level::Error;
/// assert_eq!(drainrs::alert::priority(&score), Priority::High);
/// score.level = Level::Info;
/// assert_eq!(drainrs::alert::priority(&score), Priority::Medium);
/// ```
pub fn priority(score: &Score) -> Priority {
    let informs = matches!(
        score.kind,
        ScoreKind::Adopted | ScoreKind::InputGap | ScoreKind::Drift | ScoreKind::InvariantDrift | ScoreKind::Recovered
    );
    if informs {
        return Priority::Low;
    }
    let mut points: i32 = match score.severity.get() {
        severity if severity > 2.0 / 3.0 => 2,
        severity if severity >= 0.5 => 1,
        _ => 0,
    };
    let relief = matches!(score.kind, ScoreKind::Silence | ScoreKind::Drop) && score.level >= Level::Warn;
    points += match score.level {
        _ if relief => 0,
        Level::Critical | Level::Fatal => 2,
        Level::Error => 1,
        Level::Debug | Level::Trace => -1,
        _ => 0,
    };
    points += i32::from(score.kind == ScoreKind::ServiceSilence);
    points -= i32::from(score.unverified);
    let harmless = matches!(score.level, Level::Trace | Level::Debug | Level::Info | Level::Notice);
    let more =
        matches!(score.kind, ScoreKind::Spike | ScoreKind::NewTemplate | ScoreKind::Reappeared | ScoreKind::Distance);
    let most = if (harmless && more) || relief { 1 } else { 3 };
    Priority::from_index(u8::try_from(points.clamp(0, most)).unwrap_or_default())
}
