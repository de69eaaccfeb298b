//! Settings of tasks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::JudgeLimits;
use super::schema;
use super::task::TaskKind;
use super::tokens::{CountTokens, tokens_at_most};
use crate::error::Problems;
use crate::flow::Level;
use crate::time::NANOS_PER_SECOND;

/// How much a task may hold.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// The most tokens of the three parts together. Default 8,000.
    pub max_tokens: usize,
    /// The most bytes of the three parts together. Default 64 KiB.
    pub max_bytes: usize,
    /// The most bytes of one line of log text. Default 600.
    pub max_text_bytes: usize,
    /// The most tasks of a plan. Default 16.
    pub max_tasks: usize,
    /// How tokens are counted. Default: one per byte, which is never too few.
    pub count: CountTokens<'a>,
}

impl Default for Budget<'_> {
    fn default() -> Self {
        Budget { max_tokens: 8_000, max_bytes: 64 << 10, max_text_bytes: 600, max_tasks: 16, count: &tokens_at_most }
    }
}

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Budget { max_tokens, max_bytes, max_text_bytes, max_tasks, .. } = self;
        write!(f, "Budget({max_tokens} tokens, {max_bytes} bytes, {max_text_bytes} a text, {max_tasks} tasks)")
    }
}

/// What the host knows and a model is told, and what answers look like.
///
/// ```
/// let config: drainrs::prompt::PromptConfig = serde_json::from_str(r#"{
///     "notes": ["background jobs every 5 minutes are normal"],
///     "services": { "db": ["pool exhaustion is always critical"] },
///     "anchors": { "critical": "customers cannot pay" }
/// }"#).unwrap();
/// assert_eq!(config.min_level, drainrs::Level::Warn);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromptConfig {
    /// What is true of all services, a sentence each.
    pub notes: Vec<String>,
    /// What is true of a service.
    pub services: BTreeMap<String, Vec<String>>,
    /// What a severity means, by its name in the answers: `critical`, `P1`.
    pub anchors: BTreeMap<String, String>,
    /// The language of sentences in answers, as a model is told: `English`.
    pub language: String,
    /// The least level of what a summary shows. Events without a level pass. Default warn.
    pub min_level: Level,
    /// The most templates of a summary. Default 25.
    pub max_templates: usize,
    /// The most examples of a template. Default 3.
    pub max_examples: usize,
    /// The most lines of context of an anomaly. Default 10.
    pub max_context: usize,
    /// The most usual examples beside an anomaly. Default 3.
    pub max_normal: usize,
    /// The fewest and the most lines of a batch. Default 50 and 200.
    pub batch_lines: (usize, usize),
    /// The most templates that are classified in one task. Default 10.
    pub max_classified: usize,
    /// The most lines of a header task that are shown. Default 20.
    pub max_header_lines: usize,
    /// Whether the schema of the answer stands in the instruction. Hosts that hand it to the model in another way save its
    /// tokens. Default true.
    pub schema_in_prompt: bool,
    /// How long an answer is waited for, in nanoseconds. Default 1 h.
    pub expires_after_ns: i64,
    /// Schemas instead of the ready ones. See the [module](super) for what they may use.
    pub schemas: BTreeMap<TaskKind, Value>,
    /// What answers must keep to.
    pub answers: JudgeLimits,
}

impl Default for PromptConfig {
    fn default() -> PromptConfig {
        PromptConfig {
            notes: Vec::new(),
            services: BTreeMap::new(),
            anchors: BTreeMap::new(),
            language: "English".to_owned(),
            min_level: Level::Warn,
            max_templates: 25,
            max_examples: 3,
            max_context: 10,
            max_normal: 3,
            batch_lines: (50, 200),
            max_classified: 10,
            max_header_lines: 20,
            schema_in_prompt: true,
            expires_after_ns: 3600 * NANOS_PER_SECOND,
            schemas: BTreeMap::new(),
            answers: JudgeLimits::default(),
        }
    }
}

/// The most bytes of notes and anchors together.
const MAX_NOTE_BYTES: usize = 16 << 10;
const MAX_LANGUAGE_BYTES: usize = 60;

impl PromptConfig {
    /// The schema of the answers to a kind, checks included.
    pub(crate) fn schema(&self, kind: TaskKind) -> Value {
        self.schemas.get(&kind).cloned().unwrap_or_else(|| schema::built_in(kind))
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        let limits = [
            ("max_templates", self.max_templates, 1, 1_000),
            ("max_examples", self.max_examples, 0, 100),
            ("max_context", self.max_context, 0, 1_000),
            ("max_normal", self.max_normal, 0, 100),
            ("max_classified", self.max_classified, 1, 100),
            ("max_header_lines", self.max_header_lines, 1, 1_000),
            ("batch_lines[0]", self.batch_lines.0, 1, 10_000),
            ("batch_lines[1]", self.batch_lines.1, self.batch_lines.0.max(1), 10_000),
        ];
        for (name, value, least, most) in limits {
            problems.require((least..=most).contains(&value), &format!("prompt.{name}"), || {
                format!("must be from {least} to {most}, got {value}")
            });
        }
        problems.require(self.expires_after_ns > 0, "prompt.expires_after_ns", || {
            format!("must be a time in nanoseconds above 0, got {}", self.expires_after_ns)
        });
        let language = self.language.trim();
        let is_name = (1..=MAX_LANGUAGE_BYTES).contains(&language.len()) && !language.contains(char::is_control);
        problems.require(is_name, "prompt.language", || {
            format!("must name a language in 1 to {MAX_LANGUAGE_BYTES} bytes on one line, got {language:?}")
        });
        let notes = self.notes.iter().map(|note| ("notes", note));
        // A note of a service stands behind the name of the service each time.
        let of_services =
            self.services.iter().flat_map(|(name, notes)| notes.iter().flat_map(move |note| [name, note]));
        let anchors = self.anchors.iter().flat_map(|(name, meaning)| [name, meaning]);
        let told = notes.chain(of_services.map(|text| ("services", text))).chain(anchors.map(|text| ("anchors", text)));
        let mut bytes = 0;
        for (name, text) in told {
            bytes += text.len();
            problems.require(!text.contains(char::is_control), &format!("prompt.{name}"), || {
                format!("what is told is one line of text without control characters, got {text:?}")
            });
        }
        problems.require(bytes <= MAX_NOTE_BYTES, "prompt.notes", || {
            format!("notes, services and anchors have {bytes} bytes, at most {MAX_NOTE_BYTES} are sent with every task")
        });
        for (kind, schema) in &self.schemas {
            schema::check(schema, &format!("prompt.schemas.{}", kind.name()), problems);
        }
        self.answers.check("prompt.answers", problems);
    }
}
