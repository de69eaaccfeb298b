//! What is known of an incident that is over, and what a window shows of it.

use crate::error::{ErrorKind, Problems};
use crate::id::ContentId;
use crate::time::Timestamp;

/// A template that belonged to an incident.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IncidentTemplate {
    /// Its number, the same on every host.
    pub id: ContentId,
    /// The service that it has to come from; none: any.
    #[serde(default)]
    pub service: Option<String>,
    /// Its text, by which it is found when its number has changed; empty: by its number only.
    #[serde(default)]
    pub text: String,
    /// How much it tells, beside the others of the same incident: any unit, above 0. Default 1.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

impl IncidentTemplate {
    /// Of any service, with weight 1.
    pub fn new(id: ContentId, text: impl Into<String>) -> IncidentTemplate {
        IncidentTemplate { id, service: None, text: text.into(), weight: 1.0 }
    }
}

/// An incident that is over: what it was, what helped, and which templates stood out in it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Incident {
    /// The host's name for it, unique in a library.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it came from.
    #[serde(default)]
    pub cause: String,
    /// What helped.
    #[serde(default)]
    pub fix: String,
    /// Who or what found that cause and fix are right; empty: nobody yet.
    #[serde(default)]
    pub verified_by: String,
    /// When it began.
    pub at: Timestamp,
    /// The templates that stood out, at least one.
    pub templates: Vec<IncidentTemplate>,
}

impl Incident {
    /// Without cause and fix.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        at: Timestamp,
        templates: Vec<IncidentTemplate>,
    ) -> Incident {
        let empty = String::new;
        Incident {
            id: id.into(),
            title: title.into(),
            cause: empty(),
            fix: empty(),
            verified_by: empty(),
            at,
            templates,
        }
    }

    pub(super) fn check(&self, config: &IncidentConfig, problems: &mut Problems) {
        problems.require(!self.id.is_empty(), "id", || "is empty; give the incident a name".to_owned());
        problems.require(!self.templates.is_empty(), "templates", || {
            "is empty; an incident is found by its templates".to_owned()
        });
        let mut limit = |path: &str, value: usize, most: usize, name: &str| {
            if value > most {
                problems.add(ErrorKind::Limit, path, format!("{value} is more than incidents.{name} = {most}"));
            }
        };
        limit("templates", self.templates.len(), config.max_templates, "max_templates");
        for (path, text) in [
            ("id", &self.id),
            ("title", &self.title),
            ("cause", &self.cause),
            ("fix", &self.fix),
            ("verified_by", &self.verified_by),
        ] {
            limit(path, text.len(), config.max_text_bytes, "max_text_bytes");
        }
        for (at, template) in self.templates.iter().enumerate() {
            let bytes = template.text.len().max(template.service.as_ref().map_or(0, String::len));
            limit(&format!("templates[{at}]"), bytes, config.max_text_bytes, "max_text_bytes");
        }
        for (at, template) in self.templates.iter().enumerate() {
            let good = template.weight.is_finite() && template.weight > 0.0;
            problems.require(good, &format!("templates[{at}].weight"), || {
                format!("must be above 0 and finite, got {}", template.weight)
            });
        }
    }
}

/// How incidents are matched, and how many are kept.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentConfig {
    /// Below this similarity nothing is named, 0 to 1. Default 0.5.
    pub threshold: f64,
    /// From this share of equal words on, two texts are the same template, above 0.5, at most 1. Default 0.8.
    pub text_similarity: f64,
    /// How much a template of the window that is not of the incident counts against it, 0 to 1. Default 0.1.
    pub extra_weight: f64,
    /// The most incidents; one more is refused: knowledge does not vanish silently. Default 1,000.
    pub max_incidents: usize,
    /// The most templates of an incident. Default 64.
    pub max_templates: usize,
    /// The most bytes of a text. A longer one in a window is matched by its number only. Default 8 KiB.
    pub max_text_bytes: usize,
    /// The most templates of a window that are looked at: the first ones. Default 2,000.
    pub max_window: usize,
    /// The most templates of usual windows that are counted; those not seen for longest make room. Default 20,000.
    pub max_usual: usize,
}

impl Default for IncidentConfig {
    fn default() -> IncidentConfig {
        IncidentConfig {
            threshold: 0.5,
            text_similarity: 0.8,
            extra_weight: 0.1,
            max_incidents: 1_000,
            max_templates: 64,
            max_text_bytes: 8 << 10,
            max_window: 2_000,
            max_usual: 20_000,
        }
    }
}

impl IncidentConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        for (name, share) in [("threshold", self.threshold), ("extra_weight", self.extra_weight)] {
            problems.require((0.0..=1.0).contains(&share), &format!("incidents.{name}"), || {
                format!("must be 0 to 1, got {share}")
            });
        }
        let similarity = self.text_similarity;
        problems.require(similarity > 0.5 && similarity <= 1.0, "incidents.text_similarity", || {
            format!("must be above 0.5 and at most 1, got {similarity}")
        });
        for (name, most) in [
            ("max_incidents", self.max_incidents),
            ("max_templates", self.max_templates),
            ("max_text_bytes", self.max_text_bytes),
            ("max_window", self.max_window),
            ("max_usual", self.max_usual),
        ] {
            problems.require(most >= 1, &format!("incidents.{name}"), || "must be at least 1, got 0".to_owned());
        }
    }
}

/// A template that is there in the window at hand.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Present<'a> {
    /// Its number.
    pub id: ContentId,
    /// Its service; empty: unnamed.
    pub service: &'a str,
    /// Its text.
    pub text: &'a str,
    /// How much it stands out beside the others of the window: any unit, such as the severity of its score. What is below 0 or no
    /// number counts as 0.
    pub weight: f64,
}

impl<'a> Present<'a> {
    /// With weight 1.
    pub fn new(id: ContentId, service: &'a str, text: &'a str) -> Present<'a> {
        Present { id, service, text, weight: 1.0 }
    }
}

/// By what a template of an incident was found in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FoundBy {
    /// By its number.
    Id,
    /// By its text: it has widened since, or narrowed.
    Text,
}

/// A template of an incident that is in the window.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct SharedTemplate<'a> {
    /// That of the incident.
    pub template: &'a IncidentTemplate,
    /// The place in the window, from 0.
    pub present: usize,
    /// By what it was found.
    pub found_by: FoundBy,
    /// The share of equal words; 1 if found by its number.
    pub text_similarity: f64,
    /// The share of the incident's weight that it makes up, 0 to 1.
    pub share: f64,
}

/// A past incident that a window looks like.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct IncidentMatch<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// How much it looks like it, 0 to 1; the formula is in the essay of [`drainrs::index`](crate::index).
    pub similarity: f64,
    /// What is there, in the order of the incident's templates.
    pub shared: Vec<SharedTemplate<'a>>,
    /// What is not there.
    pub missing: Vec<&'a IncidentTemplate>,
    /// Templates of the window that are not of the incident.
    pub extra: usize,
}
