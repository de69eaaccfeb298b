//! The settings of the joiner.

use crate::error::{Error, Problems};
use crate::time::NANOS_PER_SECOND;

/// What makes a line begin an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JoinMode {
    /// A header if most lines of the source have one, else the marks of stack traces.
    #[default]
    Auto,
    /// A header, always.
    Headered,
    /// The absence of a stack trace's marks, always.
    Headerless,
    /// Every line is an event.
    Off,
}

/// How lines are joined.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JoinConfig {
    /// What makes a line begin an event.
    pub mode: JoinMode,
    /// How many lines of an event are kept.
    pub max_lines: u32,
    /// How many bytes of an event are kept.
    pub max_bytes: usize,
    /// How long an event waits for more lines, in nanoseconds, before [`Joiner::advance`](crate::Joiner::advance) gives it
    /// away.
    pub flush_after_ns: i64,
}

impl Default for JoinConfig {
    fn default() -> JoinConfig {
        JoinConfig { mode: JoinMode::Auto, max_lines: 500, max_bytes: 64 * 1024, flush_after_ns: NANOS_PER_SECOND }
    }
}

impl JoinConfig {
    /// Notes what is out of range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        problems.require(self.max_lines >= 1, "join.max_lines", || "0 lines hold no event; write 1 or more".to_owned());
        problems.require((64..=1 << 30).contains(&self.max_bytes), "join.max_bytes", || {
            format!("{} is not between 64 and 1073741824", self.max_bytes)
        });
        problems.require(self.flush_after_ns >= 0, "join.flush_after_ns", || {
            format!("{} is negative; write 0 to wait for nothing", self.flush_after_ns)
        });
        problems.finish()
    }
}
