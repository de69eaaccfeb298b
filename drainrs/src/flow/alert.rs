//! What a person is told.

use super::Score;
use crate::error::Error;
use crate::id::AlertId;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// How urgent an alert is. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Worth knowing.
    #[default]
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Worth waking somebody.
    Critical,
}

impl Priority {
    /// All, from the least.
    pub const ALL: [Priority; 4] = [Priority::Low, Priority::Medium, Priority::High, Priority::Critical];

    /// The name as in documents.
    pub fn name(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Medium => "medium",
            Priority::High => "high",
            Priority::Critical => "critical",
        }
    }

    /// By its number, from 0; what is beyond is the greatest.
    pub(crate) fn from_index(index: u8) -> Priority {
        Priority::ALL.get(usize::from(index)).copied().unwrap_or(Priority::Critical)
    }
}

impl State for Priority {
    fn write(&self, to: &mut Writer) {
        to.byte(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Priority, Error> {
        from.byte().map(Priority::from_index)
    }
}

/// Where in its life an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AlertStatus {
    /// Told for the first time.
    Opened,
    /// Told again because it became more urgent.
    Escalated,
    /// Told again because it went on for longer than the suppression window.
    Ongoing,
    /// Over.
    Resolved,
}

/// An alert: the score that leads it, and what goes with it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Alert {
    /// The same number from the opening to the end.
    pub id: AlertId,
    /// Where in its life it is.
    pub status: AlertStatus,
    /// How urgent.
    pub priority: Priority,
    /// The name under which the host knows whom to tell, see [`AlertConfig::routes`](crate::alert::AlertConfig::routes).
    pub route: Option<String>,
    /// When this was noticed, in event time.
    pub at: Timestamp,
    /// When it was noticed first.
    pub first_at: Timestamp,
    /// The service by name; filled in by who knows names.
    pub service: Option<String>,
    /// The template as text; filled in by who knows texts.
    pub template: Option<String>,
    /// The score that leads.
    pub score: Score,
    /// Others that came with it, the most severe first, up to a limit.
    pub others: Vec<Score>,
    /// How many others came with it, those not listed included.
    pub grouped: u64,
    /// How often the same was noticed and not told since it was told last.
    pub suppressed: u64,
    /// Up to three lines.
    pub samples: Vec<String>,
}

impl State for Alert {
    fn write(&self, to: &mut Writer) {
        to.bytes(&serde_json::to_vec(self).unwrap_or_default());
    }

    fn read(from: &mut Reader<'_>) -> Result<Alert, Error> {
        serde_json::from_slice(from.bytes()?)
            .map_err(|cause| Reader::damaged(format!("an alert does not read: {cause}")))
    }
}
