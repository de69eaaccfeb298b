//! A task: what is sent to a model, and what stays in the host.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::schema;
use super::subject::Subject;
use crate::error::{Error, ErrorKind, Problems};
use crate::id::{ContentId, TemplateId};
use crate::time::Timestamp;

/// What a model is asked for. The names in documents are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TaskKind {
    /// What happened in a window of time.
    SummariseWindow,
    /// How severe templates are, what they are about, what to do.
    ClassifyTemplates,
    /// What is behind something that was noticed.
    ExplainAnomaly,
    /// What was first where several things moved together.
    RootCause,
    /// What is wrong in lines of a short time.
    JudgeBatch,
    /// How the headers of lines read that parse as nothing.
    WriteHeaderPattern,
    /// What the parameters of a template are called.
    NameParameters,
}

impl TaskKind {
    /// All of them.
    pub const ALL: [TaskKind; 7] = [
        TaskKind::SummariseWindow,
        TaskKind::ClassifyTemplates,
        TaskKind::ExplainAnomaly,
        TaskKind::RootCause,
        TaskKind::JudgeBatch,
        TaskKind::WriteHeaderPattern,
        TaskKind::NameParameters,
    ];

    /// The name as in documents.
    pub fn name(self) -> &'static str {
        match self {
            TaskKind::SummariseWindow => "summarise_window",
            TaskKind::ClassifyTemplates => "classify_templates",
            TaskKind::ExplainAnomaly => "explain_anomaly",
            TaskKind::RootCause => "root_cause",
            TaskKind::JudgeBatch => "judge_batch",
            TaskKind::WriteHeaderPattern => "write_header_pattern",
            TaskKind::NameParameters => "name_parameters",
        }
    }
}

/// A piece of the DATA part that an answer may point at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Sent {
    /// How it is called in the task: `t1`, `e4`.
    pub id: String,
    /// The text as it was sent.
    pub text: String,
    /// So many bytes at its beginning are ours: why something was noticed, who depends on whom. What is behind them is log text.
    pub own: usize,
    /// The template that it is, or belongs to.
    pub template: Option<TemplateId>,
    /// The number of its line in the stream, from 1; 0 where it is not known.
    pub line: u64,
}

/// What a model is asked, with its bounds. The public fields are redacted, and so is the document that serde writes: it may
/// leave the host. What must not (the values behind the placeholders, raw samples) is in [`Task::save`] only.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Task {
    /// The name of the task, with the round of its repair. Equal contents have equal names, unless a desk has to tell two of them apart.
    pub id: String,
    /// What is asked for.
    pub kind: TaskKind,
    /// Grows when the schema or the wording changes its meaning.
    pub schema_version: u32,
    /// 0, or the number of the repair.
    pub round: u32,
    /// Who the model is to be, the notes on services, and what severities mean. The same for all tasks of a configuration.
    pub system: String,
    /// What to do.
    pub instruction: String,
    /// The log text, between delimiters that do not occur in it.
    pub data: String,
    /// The JSON Schema of the answer.
    pub schema: Value,
    /// What an answer may point at.
    pub evidence: Vec<Sent>,
    /// The bytes of the three parts.
    pub input_bytes: usize,
    /// At most so many tokens in the three parts, by the host's counter.
    pub input_tokens: usize,
    /// At most so many tokens in the answer.
    pub max_output_tokens: usize,
    /// What was left out, in sentences.
    pub cut: Vec<String>,
    /// How many values were redacted, by rule.
    pub redacted: BTreeMap<String, u64>,
    /// The ids of texts that speak to a model instead of about a system.
    pub suspicious: Vec<String>,
    /// A hash of all that is sent: equal for equal contents.
    pub key: String,
    /// How much the answer is worth, for ranking; greater is more.
    pub value: f64,
    /// How often a day such a task is asked at the present pace.
    pub per_day: f64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Answers that come later are stale.
    pub expires_at: Timestamp,
    /// What stays in the host.
    #[serde(skip)]
    pub(crate) kept: Kept,
}

/// What stays in the host.
#[derive(Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Kept {
    /// The values behind placeholders.
    pub(crate) values: BTreeMap<String, String>,
    /// What the task was made of.
    pub(crate) subject: Option<Subject>,
    /// The schema with the checks that a model is not told of.
    pub(crate) checks: Value,
    /// The templates that the answer depends on, as they were.
    pub(crate) depends_on: Vec<(TemplateId, ContentId)>,
    /// A hash of what it is about.
    pub(crate) topic: String,
    /// The number of what it was made of, where it is asked about once.
    pub(crate) source: Option<u64>,
    /// The most tokens and bytes of the question.
    pub(crate) bounds: (usize, usize),
}

impl Kept {
    /// Rough memory in bytes, but for what is in the texts of the task as well.
    pub(super) fn memory(&self) -> usize {
        let samples: usize = match &self.subject {
            Some(Subject::Header { samples, .. }) => {
                samples.must.iter().chain(&samples.must_not).map(String::len).sum()
            }
            _ => 0,
        };
        let values: usize = self.values.iter().map(|(name, value)| name.len() + value.len() + 64).sum();
        size_of::<Kept>() + samples + values
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({} values)", self.values.len())
    }
}

/// The most bytes of a placeholder.
pub(super) const MAX_PLACEHOLDER: usize = 64;

/// The document of [`Task::save`].
#[derive(serde::Serialize, serde::Deserialize)]
struct Saved {
    task: Task,
    kept: Kept,
}

impl Task {
    /// The task as one text, for programs that take a text and give one: system, instruction and data in this order.
    pub fn text(&self) -> String {
        format!("{}\n\n{}\n\n{}\n", self.system, self.instruction, self.data)
    }

    /// The task as the `messages` of a chat API.
    pub fn messages(&self) -> Value {
        json!([
            { "role": "system", "content": self.system },
            { "role": "user", "content": format!("{}\n\n{}", self.instruction, self.data) },
        ])
    }

    /// Everything, for a host that answers in another process. **Not to be sent**: it holds the values behind the
    /// placeholders.
    ///
    /// # Errors
    ///
    /// None that is known; what serde says is passed on as [`ErrorKind::Task`].
    pub fn save(&self) -> Result<Vec<u8>, Error> {
        let saved = Saved { task: self.clone(), kept: self.kept.clone() };
        serde_json::to_vec(&saved).map_err(|cause| Error::new(ErrorKind::Task, "task", cause.to_string()))
    }

    /// Reads what [`Task::save`] wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Task`] if it is no task, not one of this version, larger than 64 MiB, or if its parts do not belong together.
    pub fn load(bytes: &[u8]) -> Result<Task, Error> {
        const MOST: usize = 64 << 20;
        let wrong = |message: String| Error::new(ErrorKind::Task, "task", message);
        if bytes.len() > MOST {
            return Err(wrong(format!("{} bytes are no saved task, which has {MOST} at most", bytes.len())));
        }
        let saved: Saved = serde_json::from_slice(bytes)
            // What serde says quotes the document.
            .map_err(|cause| {
                let (line, column) = (cause.line(), cause.column());
                wrong(format!(
                    "this is no saved task, from line {line}, column {column} on; write one with `Task::save`"
                ))
            })?;
        let task = Task { kept: saved.kept, ..saved.task };
        if task.schema_version != super::SCHEMA_VERSION {
            let (theirs, ours) = (task.schema_version, super::SCHEMA_VERSION);
            return Err(wrong(format!(
                "the task has version {theirs}, this library writes {ours}; make the task again"
            )));
        }
        let mut problems = Problems::default();
        schema::check(&task.kept.checks, "task.checks", &mut problems);
        problems.finish().map_err(|error| wrong(format!("the schema of its answer cannot be checked: {error}")))?;
        let belongs = task.key == task.key_of()
            && schema::without_checks(&task.kept.checks) == task.schema
            && task.kept.subject.as_ref().is_some_and(|subject| subject.kind() == task.kind);
        if !belongs {
            return Err(wrong("its parts do not belong together; it was changed since `Task::save`".to_owned()));
        }
        Ok(task)
    }

    /// A text of an answer with the values instead of their placeholders, for the eyes of the host.
    pub fn restore(&self, text: &str) -> String {
        if self.kept.values.is_empty() || !text.contains('<') {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            // Not far: a text of many signs that are never closed is read once, too.
            let near = from.bytes().take(MAX_PLACEHOLDER).position(|byte| byte == b'>');
            let end = near.map_or(0, |end| end + 1);
            match from.get(..end).and_then(|placeholder| self.kept.values.get(placeholder)) {
                Some(value) => {
                    out.push_str(value);
                    rest = from.get(end..).unwrap_or_default();
                }
                None => {
                    out.push('<');
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The same for all texts of a value.
    pub fn restore_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.restore(text)),
            Value::Array(items) => items.iter().map(|item| self.restore_value(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.restore_value(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// The values that are put in for the placeholders of a text, each with its placeholder's word.
    pub(crate) fn put_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
        let named = self.kept.values.iter().filter(|(name, value)| !value.is_empty() && text.contains(name.as_str()));
        named.map(|(name, value)| {
            let word = name.trim_matches(['<', '>']).trim_end_matches(|c: char| c.is_ascii_digit());
            (value.clone(), word.trim_end_matches('_').to_owned())
        })
    }

    /// The templates that the answer depends on as they were when the task was made: for a host that has no miner at hand, and
    /// takes nothing for changed.
    pub fn as_sent(&self) -> impl Fn(TemplateId) -> Option<ContentId> + '_ {
        move |id| self.kept.depends_on.iter().find(|(template, _)| *template == id).map(|&(_, content)| content)
    }

    /// Rough memory in bytes: the texts, twice, because what it was made of is kept.
    pub(super) fn memory(&self) -> usize {
        let sent: usize = self.evidence.iter().map(|sent| size_of::<Sent>() + sent.id.len() + sent.text.len()).sum();
        size_of::<Task>()
            + self.kept.memory()
            + 2 * (self.system.len() + self.instruction.len() + self.data.len() + sent)
    }

    /// The number of what the task was made of, where that is asked about once.
    pub(crate) fn source(&self) -> Option<u64> {
        self.kept.source
    }

    /// What the templates were that an answer depends on; `true` if none of them is another one now.
    pub(crate) fn is_current(&self, template: TemplateId, content: ContentId) -> bool {
        self.kept.depends_on.iter().all(|(id, was)| *id != template || *was == content)
    }

    /// What the task was made of.
    pub(crate) fn subject(&self) -> Option<&Subject> {
        self.kept.subject.as_ref()
    }

    /// A hash of all that is sent.
    pub(super) fn key_of(&self) -> String {
        let schema = self.schema.to_string();
        let parts = [self.kind.name(), &self.system, &self.instruction, &self.data, &schema];
        format!("{:032x}", xxh3_128_with_seed(parts.join("\0").as_bytes(), u64::from(self.schema_version)))
    }

    /// What the task is about: equal while the same templates are concerned, whatever their counts. Empty if the task lacks what
    /// stays in the host.
    pub fn topic(&self) -> &str {
        &self.kept.topic
    }
}
