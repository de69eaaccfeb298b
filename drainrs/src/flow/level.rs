//! Severity levels, one enum for every dialect.

/// The severity of a line. Ordered: [`Level::Unknown`] is the least, [`Level::Fatal`] the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the levels")]
pub enum Level {
    #[default]
    Unknown = 0,
    Trace = 1,
    Debug = 2,
    Info = 3,
    Notice = 4,
    Warn = 5,
    Error = 6,
    Critical = 7,
    Fatal = 8,
}

impl Level {
    /// All levels, from the least severe.
    pub const ALL: [Level; 9] = [
        Level::Unknown,
        Level::Trace,
        Level::Debug,
        Level::Info,
        Level::Notice,
        Level::Warn,
        Level::Error,
        Level::Critical,
        Level::Fatal,
    ];

    /// The lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Unknown => "unknown",
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Notice => "notice",
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Critical => "critical",
            Level::Fatal => "fatal",
        }
    }

    /// The level with a number; unknown numbers are [`Level::Unknown`].
    pub fn from_index(index: u8) -> Level {
        Level::ALL.get(usize::from(index)).copied().unwrap_or_default()
    }
}
