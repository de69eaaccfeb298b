//! The row of a template index.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Problems};
use crate::flow::Level;
use crate::id::{ContentId, TemplateId};
use crate::time::Timestamp;

/// The most bytes of a row, its texts and its vector together: 16 MiB. What is larger is a mistake, and some stores refuse it.
pub const MAX_ROW_BYTES: usize = 16 << 20;
/// The most bytes of a service's name: a key goes into an index, and PostgreSQL refuses those above 2,704.
pub const MAX_SERVICE_BYTES: usize = 1 << 10;
/// The most numbers of a vector: what pgvector stores.
pub const MAX_DIMENSIONS: usize = 16_000;

/// A template of a service, as a store keeps it. The key is (`service`, `id`).
///
/// As JSON, times are nanoseconds since the Unix epoch and `id` is a text of sixteen hexadecimal digits. What is `None` may be
/// missing, and so may `hits`, `severity`, `labels` and `examples`.
///
/// ```
/// use drainrs::index::IndexRow;
/// use drainrs::{ContentId, Level};
///
/// let mut row = IndexRow::new("cart", ContentId(0xab), "connection to <IP> refused");
/// (row.hits, row.severity) = (12, Level::Error);
/// let text = serde_json::to_string(&row).unwrap();
/// assert!(text.starts_with(r#"{"service":"cart","id":"00000000000000ab","template":"connection to <IP> refused""#));
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IndexRow {
    /// The service; empty for events that name none.
    pub service: String,
    /// The number that is the same on every host.
    pub id: ContentId,
    /// The text with its placeholders.
    pub template: String,
    /// The number inside the miner that found it; other miners have others.
    #[serde(default)]
    pub template_id: Option<TemplateId>,
    /// The earliest event time among its lines.
    #[serde(default)]
    pub first_seen: Option<Timestamp>,
    /// The latest event time among its lines.
    #[serde(default)]
    pub last_seen: Option<Timestamp>,
    /// How many lines it has taken in: in all, or since the last export; see [`HitsOnConflict`](super::HitsOnConflict).
    #[serde(default)]
    pub hits: u64,
    /// The greatest severity among its lines.
    #[serde(default)]
    pub severity: Level,
    /// What the host wants to find it by: a team, an environment.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Some of its lines. They are raw: redact them first where the store may be read by others.
    #[serde(default)]
    pub examples: Vec<String>,
    /// The text as a vector, by [`Vectoriser`](crate::score::Vectoriser) or a model of the host's.
    #[serde(default)]
    pub vector: Option<Vec<f32>>,
}

impl IndexRow {
    /// With its key and its text; the rest is empty.
    pub fn new(service: impl Into<String>, id: ContentId, template: impl Into<String>) -> IndexRow {
        IndexRow {
            service: service.into(),
            id,
            template: template.into(),
            template_id: None,
            first_seen: None,
            last_seen: None,
            hits: 0,
            severity: Level::Unknown,
            labels: BTreeMap::new(),
            examples: Vec::new(),
            vector: None,
        }
    }

    /// Bytes of its texts and of its vector.
    pub fn bytes(&self) -> usize {
        let labels: usize = self.labels.iter().map(|(name, value)| name.len() + value.len()).sum();
        let examples: usize = self.examples.iter().map(String::len).sum();
        let vector = self.vector.as_ref().map_or(0, |vector| size_of_val(vector.as_slice()));
        self.service.len() + self.template.len() + labels + examples + vector
    }

    /// Whether every form and every store can take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] for a row above [`MAX_ROW_BYTES`], a service above [`MAX_SERVICE_BYTES`] or a vector above
    /// [`MAX_DIMENSIONS`], and
    /// [`ErrorKind::Config`] at `vector` for a vector that is empty or has a number that is infinite or none.
    pub fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        let bytes = self.bytes();
        if bytes > MAX_ROW_BYTES {
            let message = format!("has {bytes} bytes, the most is {MAX_ROW_BYTES}; keep fewer or shorter examples");
            problems.add(ErrorKind::Limit, "row", message);
        }
        if self.service.len() > MAX_SERVICE_BYTES {
            let message = format!("has {} bytes, the most is {MAX_SERVICE_BYTES}", self.service.len());
            problems.add(ErrorKind::Limit, "service", message);
        }
        if let Some(Err(error)) = self.vector.as_deref().map(check_vector) {
            problems.absorb("", error);
        }
        problems.finish()
    }
}

/// Whether a vector can be stored and compared.
pub(super) fn check_vector(vector: &[f32]) -> Result<(), Error> {
    let refuse = |kind, message| Err(Error::new(kind, "vector", message));
    if vector.is_empty() {
        return refuse(ErrorKind::Config, "is empty; leave it out where there is none".to_owned());
    }
    if vector.len() > MAX_DIMENSIONS {
        let message = format!("has {} numbers, the most is {MAX_DIMENSIONS}", vector.len());
        return refuse(ErrorKind::Limit, message);
    }
    match vector.iter().position(|number| !number.is_finite()) {
        Some(at) => refuse(ErrorKind::Config, format!("its number {at} is {}; it must be finite", vector[at])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_store_takes_is_refused_with_the_reason() {
        let mut row = IndexRow::new("s", ContentId(1), "a".repeat(MAX_ROW_BYTES - 1));
        row.check().unwrap();
        row.template.push('a');
        row.vector = Some(vec![1.0, f32::NAN]);
        let error = row.check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "2 problems:\n  row: has 16777225 bytes, the most is 16777216; keep fewer or shorter examples\n  \
             vector: its number 1 is NaN; it must be finite"
        );
        assert_eq!(error.kind(), ErrorKind::Limit);
        row = IndexRow::new("s".repeat(MAX_SERVICE_BYTES), ContentId(1), "a");
        row.check().unwrap();
        row.service.push('s');
        assert_eq!(row.check().unwrap_err().to_string(), "service: has 1025 bytes, the most is 1024");
        row = IndexRow::new("s", ContentId(1), "a");
        for (vector, kind) in [
            (vec![], ErrorKind::Config),
            (vec![0.0; MAX_DIMENSIONS + 1], ErrorKind::Limit),
            (vec![f32::INFINITY], ErrorKind::Config),
        ] {
            row.vector = Some(vector);
            assert_eq!(row.check().unwrap_err().kind(), kind);
        }
        row.vector = Some(vec![0.0; MAX_DIMENSIONS]);
        row.check().unwrap();
    }
}
