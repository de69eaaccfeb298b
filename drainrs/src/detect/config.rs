//! Settings of a detector: one field per stage, and what the stages share.

use crate::alert::AlertConfig;
use crate::count::CountConfig;
use crate::error::Problems;
use crate::score::ScoreConfig;

/// What makes events a session: a request, a trace, a block, a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionSource {
    /// Nothing: the sequence scorer has nothing to do.
    #[default]
    None,
    /// The trace id of the header.
    Trace,
    /// The thread, connection or request context of the header.
    Thread,
    /// The process id of the header.
    Process,
    /// The first parameter of the message with this placeholder: `ID`, `UUID`, or the name of a mask of your own.
    Parameter(String),
}

/// Settings of a [`Detector`](super::Detector).
///
/// ```
/// use drainrs::detect::{DetectConfig, SessionSource};
/// let config: DetectConfig = serde_json::from_str(r#"{ "session": { "parameter": "BLOCK" } }"#).unwrap();
/// assert_eq!(config.session, SessionSource::Parameter("BLOCK".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DetectConfig {
    /// What makes events a session. Default none.
    pub session: SessionSource,
    /// The most services that are told apart; events of others count as of one service, `(other)`. Default 4,096.
    pub max_services: usize,
    /// How many scores wait to be taken by [`Detector::poll_score`](super::Detector::poll_score), for hosts that want those
    /// behind the alerts; the oldest is dropped and counted. Default 0: none are kept.
    pub max_scores: usize,
    /// How many windows' metrics wait to be taken by [`Detector::poll_metrics`](super::Detector::poll_metrics). Default 0.
    pub max_metrics: usize,
    /// How events are counted.
    pub count: CountConfig,
    /// What is unusual.
    pub score: ScoreConfig,
    /// What a person is told of it.
    pub alert: AlertConfig,
}

impl Default for DetectConfig {
    fn default() -> DetectConfig {
        DetectConfig {
            session: SessionSource::None,
            max_services: 4_096,
            max_scores: 0,
            max_metrics: 0,
            count: CountConfig::default(),
            score: ScoreConfig::default(),
            alert: AlertConfig::default(),
        }
    }
}

impl DetectConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(self.max_services >= 1, "max_services", || "must be at least 1, got 0".to_owned());
        if let SessionSource::Parameter(name) = &self.session {
            problems.require(!name.is_empty(), "session.parameter", || {
                "is empty; write the name of a placeholder, such as ID".to_owned()
            });
        }
        self.count.check(problems);
        self.score.check(problems);
        self.alert.check(problems);
    }
}
