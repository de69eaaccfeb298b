//! What answers change: labels on templates, names of parameters, formats of the parser. Each change has a record of who said
//! so, and can be taken back.

use std::collections::BTreeMap;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::asker::Asker;
use crate::error::Error;
use crate::id::TemplateId;
use crate::parse::CustomFormat;
use crate::pipeline::Pipeline;
use crate::prompt::{Accepted, Answered, HeaderPattern, Subject, Task, TaskKind, Verdict};
use crate::time::Timestamp;

/// What was said of a template: `severity`, `category`, `affected_component` and so on, by the names of the answer's fields.
pub type Label = BTreeMap<String, String>;

/// How a parameter is called.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct ParameterName {
    /// In `snake_case`.
    pub name: String,
    /// The unit, if it has one.
    pub unit: Option<String>,
}

/// How the parameters of a template are called, in the order of the text; `None` for those that nobody named.
pub type ParameterNames = Vec<Option<ParameterName>>;

/// What was changed, with what was before.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A template has a label.
    Label {
        /// Which.
        template: TemplateId,
        /// The label before.
        before: Option<Label>,
        /// The label now.
        after: Label,
    },
    /// The parameters of a template have names, in the order of the text.
    Names {
        /// Which.
        template: TemplateId,
        /// The names before.
        before: Option<ParameterNames>,
        /// The names now.
        after: ParameterNames,
    },
    /// The parser has a format.
    Format(CustomFormat),
}

/// A change, and who said so.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Adoption {
    /// 1, 2, 3, ...
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a model, a person, a program.
    pub by: String,
    /// The task whose answer it was.
    pub task: String,
    /// How sure the answer was.
    pub confidence: Option<f64>,
    /// What.
    pub change: Change,
    /// When it was taken back, and by whom; names also when their template changed, in the time of the log.
    pub undone: Option<(Timestamp, String)>,
    /// Whether its template became part of one that had a label of its own, which goes before this one.
    #[serde(default)]
    absorbed: bool,
}

/// Labels and names as they are, and how they came about.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Ledger {
    labels: BTreeMap<TemplateId, Label>,
    names: BTreeMap<TemplateId, ParameterNames>,
    /// The values that were put in for placeholders in the labels of a template, with the words of those. They are secrets, and without
    /// the words around them nobody sees it.
    values: BTreeMap<TemplateId, BTreeMap<String, String>>,
    records: Vec<Adoption>,
    dropped: u64,
}

/// How the names of formats begin that came out of answers.
pub(super) const FORMAT_PREFIX: &str = "model-";
/// The most records that are kept; the oldest makes room, and can be taken back no more.
const MAX_RECORDS: usize = 10_000;

impl Ledger {
    pub(super) fn label(&self, template: TemplateId) -> Option<&Label> {
        self.labels.get(&template)
    }

    pub(super) fn names(&self, template: TemplateId) -> Option<&[Option<ParameterName>]> {
        self.names.get(&template).map(Vec::as_slice)
    }

    /// The templates that it speaks of.
    pub(super) fn templates(&self) -> impl Iterator<Item = TemplateId> + '_ {
        self.labels.keys().chain(self.names.keys()).copied()
    }

    /// The formats that joined a parser and were not taken back.
    pub(super) fn formats(&self) -> impl Iterator<Item = &CustomFormat> {
        self.records.iter().filter(|record| record.undone.is_none()).filter_map(|record| match &record.change {
            Change::Format(format) => Some(format),
            _ => None,
        })
    }

    /// A text of a template's label without the values that were put in for placeholders.
    pub(super) fn without_values(&self, of: TemplateId, text: &str) -> String {
        let values = self.values.get(&of);
        let mut text = text.to_owned();
        // A value that is a part of another one comes after it.
        let mut longest: Vec<(&String, &String)> = values.into_iter().flatten().collect();
        longest.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        for (value, word) in longest {
            text = text.replace(value.as_str(), &format!("<{word}>"));
        }
        text
    }

    pub(super) fn memory(&self) -> usize {
        let label = |label: &Label| label.iter().map(|(name, value)| name.len() + value.len() + 64).sum::<usize>();
        let name = |name: &Option<ParameterName>| {
            size_of::<Option<ParameterName>>() + name.as_ref().map_or(0, |name| name.name.len())
        };
        let names = |names: &ParameterNames| names.iter().map(name).sum::<usize>();
        let record = |record: &Adoption| {
            let change = match &record.change {
                Change::Label { before, after, .. } => before.as_ref().map_or(0, label) + label(after),
                Change::Names { before, after, .. } => before.as_ref().map_or(0, names) + names(after),
                Change::Format(format) => format.name.len() + format.pattern.len(),
            };
            size_of::<Adoption>() + record.by.len() + record.task.len() + change
        };
        let values = self.values.values().flatten().map(|(value, word)| value.len() + word.len() + 64);
        values.sum::<usize>()
            + self.labels.values().map(label).sum::<usize>()
            + self.names.values().map(names).sum::<usize>()
            + self.records.iter().map(record).sum::<usize>()
    }

    fn record(&mut self, at: Timestamp, by: &str, task: &Task, confidence: Option<f64>, change: Change) -> u64 {
        if self.records.len() >= MAX_RECORDS {
            self.records.remove(0);
            self.dropped += 1;
        }
        let id = self.dropped + self.records.len() as u64 + 1;
        let (by, task) = (by.to_owned(), task.id.clone());
        self.records.push(Adoption { id, at, by, task, confidence, change, undone: None, absorbed: false });
        id
    }

    /// A template became part of another one: what is said of it is said of that one, unless it has a say of its own.
    pub(super) fn unite(&mut self, gone: TemplateId, into: TemplateId) {
        let Some(label) = self.labels.remove(&gone) else { return };
        let takes = !self.labels.contains_key(&into);
        if takes {
            self.labels.insert(into, label);
        }
        let values = self.values.remove(&gone).unwrap_or_default();
        self.values.entry(into).or_default().extend(values);
        for record in &mut self.records {
            if let Change::Label { template, .. } = &mut record.change
                && *template == gone
            {
                *template = into;
                record.absorbed |= !takes;
            }
        }
    }

    /// The places of a template are others than those that have names. Gives whether any had.
    pub(super) fn forget_names(&mut self, of: TemplateId, at: Timestamp) -> bool {
        if self.names.remove(&of).is_none() {
            return false;
        }
        for record in &mut self.records {
            if matches!(record.change, Change::Names { template, .. } if template == of) && record.undone.is_none() {
                record.undone = Some((at, "the template changed".to_owned()));
            }
        }
        true
    }

    /// Forgets what belongs to templates that are gone.
    pub(super) fn retain(&mut self, alive: impl Fn(TemplateId) -> bool) {
        self.labels.retain(|id, _| alive(*id));
        self.names.retain(|id, _| alive(*id));
        self.values.retain(|id, _| alive(*id));
    }

    /// What the records say of a template that were not taken back: the newest one, of its own before those of templates that became part
    /// of it; or what was before the oldest. `read` picks the records of one sort.
    fn by_records<T: Clone>(
        &self,
        of: TemplateId,
        read: impl Fn(&Change) -> Option<(TemplateId, &Option<T>, &T)>,
    ) -> Option<T> {
        let own = self.records.iter().filter_map(|record| {
            let (template, before, after) = read(&record.change)?;
            (template == of).then_some((record, before, after))
        });
        let oldest = own.clone().next().and_then(|(_, before, _)| before.clone());
        let holds = own.filter(|(record, ..)| record.undone.is_none());
        // The last of those that are greatest.
        holds.max_by_key(|(record, ..)| !record.absorbed).map(|(.., after)| after.clone()).or(oldest)
    }
}

impl Asker {
    /// Lets an answer take effect: labels and names on templates, a format in the pipeline's parser. Other kinds change nothing.
    /// Gives the numbers of the records. An answer that is not sure changes nothing unless `even_unsure`; values are put in
    /// for placeholders, because labels stay in the host.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the parser has as many formats as it can have.
    pub fn adopt(
        &mut self,
        answered: &Answered,
        pipeline: &mut Pipeline,
        by: &str,
        even_unsure: bool,
        now: Timestamp,
    ) -> Result<Vec<u64>, Error> {
        let Some(Verdict::Accepted(accepted)) = &answered.verdict else { return Ok(Vec::new()) };
        let task = &answered.task;
        let miner = pipeline.miner();
        self.ledger.retain(|id| miner.template(id).is_some());
        // The template may have changed since the answer was judged.
        let current = |id: TemplateId| miner.template(id).is_some_and(|view| task.is_current(id, view.content_id));
        match task.kind {
            TaskKind::ClassifyTemplates => Ok(self.adopt_labels(task, accepted, &current, even_unsure, by, now)),
            _ if !(accepted.sure || even_unsure) => Ok(Vec::new()),
            TaskKind::NameParameters => Ok(self.adopt_names(task, accepted, &current, by, now)),
            TaskKind::WriteHeaderPattern => self.adopt_format(task, accepted, pipeline, by, now),
            _ => Ok(Vec::new()),
        }
    }

    /// Each label by its own confidence.
    fn adopt_labels(
        &mut self,
        task: &Task,
        accepted: &Accepted,
        current: &dyn Fn(TemplateId) -> bool,
        even_unsure: bool,
        by: &str,
        now: Timestamp,
    ) -> Vec<u64> {
        let least = self.config.prompt.answers.min_confidence;
        let mut records = Vec::new();
        for sent in accepted.value.get("classifications").and_then(Value::as_array).into_iter().flatten() {
            let item = task.restore_value(sent);
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
            let confidence = item.get("confidence").and_then(Value::as_f64);
            let template = task.evidence.iter().find(|sent| sent.id == id && id.starts_with('t'));
            let Some(template) = template.and_then(|sent| sent.template).filter(|id| current(*id)) else { continue };
            if !even_unsure && confidence.is_none_or(|confidence| confidence < least) {
                continue;
            }
            let fields = item.as_object().into_iter().flatten().filter(|(name, _)| *name != "id");
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let after: Label = fields.map(|(name, value)| (name.clone(), text(value))).collect();
            if self.ledger.labels.get(&template) == Some(&after) {
                continue;
            }
            let sent = sent.to_string();
            self.ledger.values.entry(template).or_default().extend(task.put_in(&sent));
            let before = self.ledger.labels.insert(template, after.clone());
            records.push(self.ledger.record(now, by, task, confidence, Change::Label { template, before, after }));
        }
        records
    }

    fn adopt_names(
        &mut self,
        task: &Task,
        accepted: &Accepted,
        current: &dyn Fn(TemplateId) -> bool,
        by: &str,
        now: Timestamp,
    ) -> Vec<u64> {
        let template = task.evidence.iter().find(|sent| sent.id == "t1").and_then(|sent| sent.template);
        let Some(template) = template.filter(|id| current(*id)) else { return Vec::new() };
        let mut after = Vec::new();
        let places = task.evidence.iter().filter(|sent| sent.id.starts_with('p'));
        for place in places {
            let items = accepted.value.get("names").and_then(Value::as_array);
            let item =
                items.into_iter().flatten().find(|item| item.get("id").and_then(Value::as_str) == Some(&place.id));
            let text = |name: &str| item.and_then(|item| item.get(name)).and_then(Value::as_str);
            let named = text("name").map(str::to_owned);
            after.push(named.map(|name| ParameterName { name, unit: text("unit").map(str::to_owned) }));
        }
        if self.ledger.names.get(&template) == Some(&after) {
            return Vec::new();
        }
        let before = self.ledger.names.insert(template, after.clone());
        vec![self.ledger.record(now, by, task, accepted.confidence, Change::Names { template, before, after })]
    }

    fn adopt_format(
        &mut self,
        task: &Task,
        accepted: &Accepted,
        pipeline: &mut Pipeline,
        by: &str,
        now: Timestamp,
    ) -> Result<Vec<u64>, Error> {
        let Some(format) = format_of(task, accepted) else { return Ok(Vec::new()) };
        if pipeline.parser().formats().contains(&format) {
            return Ok(Vec::new());
        }
        pipeline.add_format(&format)?;
        // The next lines that nobody reads are others, and another question.
        self.desk.forget(task.topic());
        self.journal.header_asked = None;
        // Lines that were kept without a header are read from now on; what is still not read is counted anew.
        self.journal.raw = super::journal::Sample::default();
        self.journal.read = super::journal::Sample::default();
        Ok(vec![self.ledger.record(now, by, task, accepted.confidence, Change::Format(format))])
    }

    /// Takes a change back: what the other changes made of it is again, in whatever order they are taken back. `false` if there is no
    /// such record, it was taken back already, or its format is the only one that the parser expects.
    pub fn undo(&mut self, record: u64, pipeline: &mut Pipeline, by: &str, now: Timestamp) -> bool {
        let records = &mut self.ledger.records;
        let Some(found) = records.iter_mut().find(|known| known.id == record && known.undone.is_none()) else {
            return false;
        };
        let change = found.change.clone();
        if let Change::Format(format) = &change {
            let is_there = pipeline.parser().formats().contains(format);
            if is_there && !pipeline.remove_format(&format.name) {
                return false;
            }
        }
        found.undone = Some((now, by.to_owned()));
        match change {
            Change::Label { template, .. } => {
                let label = self.ledger.by_records(template, |change| match change {
                    Change::Label { template, before, after } => Some((*template, before, after)),
                    _ => None,
                });
                put(&mut self.ledger.labels, template, label);
            }
            Change::Names { template, .. } => {
                let names = self.ledger.by_records(template, |change| match change {
                    Change::Names { template, before, after } => Some((*template, before, after)),
                    _ => None,
                });
                put(&mut self.ledger.names, template, names);
            }
            Change::Format(_) => {}
        }
        true
    }

    /// The label of a template.
    pub fn label(&self, template: TemplateId) -> Option<&Label> {
        self.ledger.label(template)
    }

    /// The names of a template's parameters, in the order of the text.
    pub fn parameter_names(&self, template: TemplateId) -> Option<&[Option<ParameterName>]> {
        self.ledger.names(template)
    }

    /// All changes, the oldest first, those that were taken back included.
    pub fn adoptions(&self) -> &[Adoption] {
        &self.ledger.records
    }
}

/// The format that an accepted header pattern describes, for [`ParseConfig::formats`](crate::ParseConfig::formats). Its name is made of
/// what it reads, so that two patterns are two formats. `None` for answers of another kind, and for tasks without the lines that the
/// pattern was tried on: what stays in the host is in [`Task::save`].
pub fn format_of(task: &Task, accepted: &Accepted) -> Option<CustomFormat> {
    let Some(Subject::Header { samples, .. }) = task.subject() else { return None };
    let pattern = accepted.value.get("pattern").and_then(Value::as_str)?;
    let read = HeaderPattern::read_for(pattern, &samples.must).ok()?;
    let pattern = format!("{}$", read.expression);
    Some(CustomFormat {
        name: format!("{FORMAT_PREFIX}{:016x}", xxh3_64(pattern.as_bytes())),
        pattern,
        needs_time: read.timed,
    })
}

fn put<T>(map: &mut BTreeMap<TemplateId, T>, template: TemplateId, value: Option<T>) {
    match value {
        Some(value) => map.insert(template, value),
        None => map.remove(&template),
    };
}
