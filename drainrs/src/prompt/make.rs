//! A subject becomes a task.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::config::{Budget, PromptConfig};
use super::data::{Written, select, write};
use super::entries;
use super::schema::without_checks;
use super::subject::Subject;
use super::task::{Kept, Task, TaskKind};
use super::words;
use super::{Facts, SCHEMA_VERSION};
use crate::error::{Error, ErrorKind};
use crate::id::{ContentId, TemplateId};

impl Subject {
    /// What is asked about it.
    pub fn kind(&self) -> TaskKind {
        match self {
            Subject::Window { .. } => TaskKind::SummariseWindow,
            Subject::Templates { .. } => TaskKind::ClassifyTemplates,
            Subject::Anomaly { .. } => TaskKind::ExplainAnomaly,
            Subject::Cause { .. } => TaskKind::RootCause,
            Subject::Batch { .. } => TaskKind::JudgeBatch,
            Subject::Header { .. } => TaskKind::WriteHeaderPattern,
            Subject::Parameters { .. } => TaskKind::NameParameters,
        }
    }

    /// Puts every text that will be sent through `scrub`, in the order in which they are shown.
    pub fn scrub(&mut self, scrub: &mut dyn FnMut(&str) -> String) {
        let mut texts: Vec<&mut String> = Vec::new();
        match self {
            Subject::Window { shown, notices, .. } => {
                notices.iter_mut().for_each(|notice| texts.extend(notice.texts()));
                shown.iter_mut().for_each(|template| texts.extend(template.texts()));
            }
            Subject::Templates { shown } => shown.iter_mut().for_each(|template| texts.extend(template.texts())),
            Subject::Anomaly { notice, line, context, normal } => {
                texts.extend(notice.texts());
                line.iter_mut().chain(context).for_each(|line| texts.extend(line.texts()));
                normal.iter_mut().for_each(|template| texts.extend(template.texts()));
            }
            Subject::Cause { steps, candidates, depends, .. } => {
                steps.iter_mut().for_each(|step| texts.extend(step.texts()));
                texts.extend(candidates);
                texts.extend(depends.iter_mut().flat_map(|(service, on)| std::iter::once(service).chain(on)));
            }
            Subject::Batch { lines } | Subject::Header { lines, .. } => {
                lines.iter_mut().for_each(|line| texts.extend(line.texts()));
            }
            Subject::Parameters { shown, places } => {
                texts.extend(shown.texts());
                places.iter_mut().for_each(|place| texts.extend(&mut place.values));
            }
        }
        for text in texts {
            *text = scrub(text);
        }
    }

    /// The templates that it shows, as they are.
    pub(super) fn templates(&self) -> Vec<(TemplateId, ContentId)> {
        let shown = match self {
            Subject::Window { shown, .. } | Subject::Templates { shown } => shown.as_slice(),
            Subject::Anomaly { normal, .. } => normal.as_slice(),
            Subject::Parameters { shown, .. } => std::slice::from_ref(shown),
            _ => &[],
        };
        shown.iter().map(|shown| (shown.template, shown.content)).collect()
    }

    /// What it is about, whatever its counts and times: tasks with the same topic have the same answer for a while.
    fn topic(&self, data: &str) -> String {
        let mut parts: Vec<String> = match self {
            Subject::Window { shown, .. } | Subject::Templates { shown } => {
                shown.iter().map(|shown| shown.content.to_string()).collect()
            }
            Subject::Anomaly { notice, .. } => {
                vec![notice.kind.name().to_owned(), notice.service.clone(), notice.text.clone()]
            }
            Subject::Cause { steps, .. } => {
                steps.iter().map(|step| format!("{} {} {}", step.service, step.kind.name(), step.text)).collect()
            }
            Subject::Parameters { shown, .. } => vec![shown.content.to_string()],
            Subject::Batch { .. } | Subject::Header { .. } => vec![data.to_owned()],
        };
        parts.sort_unstable();
        parts.dedup();
        format!("{:016x}", xxh3_64(format!("{}\0{}", self.kind().name(), parts.join("\0")).as_bytes()))
    }

    /// Whether an answer is of no use once a template that it is about has changed.
    fn depends_on_templates(&self) -> bool {
        matches!(self, Subject::Templates { .. } | Subject::Parameters { .. })
    }
}

/// Makes a task of a subject whose texts are redacted.
///
/// # Errors
///
/// [`ErrorKind::Limit`] if the budget has no room for the words around the data, or for the first piece of it.
pub(crate) fn make(
    mut subject: Subject,
    facts: Facts,
    config: &PromptConfig,
    budget: &Budget<'_>,
) -> Result<Task, Error> {
    let kind = subject.kind();
    let checks = config.schema(kind);
    let schema = without_checks(&checks);
    let system = words::system(config);
    let mut instruction = instruction(kind, &schema, config);
    let around = [&system, &instruction];
    let tokens: usize = around.iter().map(|part| (budget.count)(part)).sum::<usize>() + JOINTS;
    let bytes: usize = around.iter().map(|part| part.len()).sum::<usize>() + JOINTS;
    let entries = entries::of(&subject);
    // What is left out is said, and that takes room, too: a little more with each try.
    let (mut spare, mut tries) = (0, 0);
    let (selection, told) = loop {
        let left = |most: usize, around: usize| most.saturating_sub(around + spare);
        let selection = select(&entries, budget, left(budget.max_tokens, tokens), left(budget.max_bytes, bytes));
        let told = words::left_out(&facts.cut, &selection.left_out);
        let fits = tokens + selection.tokens + (budget.count)(&told) <= budget.max_tokens
            && bytes + selection.bytes + told.len() <= budget.max_bytes;
        if fits || tries == MAX_TRIES {
            break (selection, told);
        }
        tries += 1;
        spare = told.len().min((budget.count)(&told).max(1)) + 8 * tries;
    };
    entries::forget(&mut subject, &entries, &selection.kept);
    // Again, so that ids count what is there.
    let written = write(&entries::of(&subject), budget);
    let room = tokens + selection.tokens + (budget.count)(&told) <= budget.max_tokens
        && bytes + selection.bytes + told.len() <= budget.max_bytes;
    if !room || !selection.is_enough || written.sent.is_empty() {
        let least = |around: usize| around + told.len() + DELIMITERS;
        let by_bytes = budget.max_bytes.saturating_sub(bytes) < budget.max_tokens.saturating_sub(tokens);
        let (path, unit, given, least) = if by_bytes {
            ("budget.max_bytes", "bytes", budget.max_bytes, least(bytes))
        } else {
            ("budget.max_tokens", "tokens", budget.max_tokens, least(tokens))
        };
        let message = format!("{given} {unit} leave no room for data; a {} task needs more than {least}", kind.name());
        return Err(Error::new(ErrorKind::Limit, path, message));
    }
    let mut cut = facts.cut.clone();
    cut.extend(selection.left_out);
    cut.extend(written.long_texts(budget));
    let tokens = tokens + selection.tokens + (budget.count)(&told);
    instruction.push_str(&told);
    Ok(assemble(subject, facts, config, Parts { system, instruction, schema, checks, tokens, cut, written }))
}

/// How often room is made for saying what is left out.
const MAX_TRIES: usize = 4;
/// The blank lines between the parts.
const JOINTS: usize = 5;
/// About as many bytes as the delimiters have with a short line between them.
const DELIMITERS: usize = 80;

struct Parts {
    system: String,
    instruction: String,
    schema: Value,
    checks: Value,
    tokens: usize,
    cut: Vec<String>,
    written: Written,
}

fn assemble(subject: Subject, facts: Facts, config: &PromptConfig, parts: Parts) -> Task {
    let Parts { system, instruction, schema, checks, tokens, cut, written } = parts;
    let Written { data, sent, suspicious, .. } = written;
    let kind = subject.kind();
    let things = sent.len();
    let depends_on = if subject.depends_on_templates() { subject.templates() } else { Vec::new() };
    let topic = subject.topic(&data);
    let answered = match &subject {
        Subject::Templates { shown } => shown.len(),
        Subject::Parameters { places, .. } => places.len(),
        _ => things,
    };
    let mut task = Task {
        id: String::new(),
        kind,
        schema_version: SCHEMA_VERSION,
        round: 0,
        input_bytes: system.len() + instruction.len() + data.len() + JOINTS,
        input_tokens: tokens,
        max_output_tokens: words::max_output_tokens(kind, answered),
        system,
        instruction,
        data,
        schema,
        evidence: sent,
        cut,
        redacted: facts.redacted,
        suspicious,
        key: String::new(),
        topic,
        value: facts.value,
        per_day: facts.per_day,
        created_at: facts.now,
        expires_at: facts.now.plus_nanos(config.expires_after_ns),
        kept: Kept { values: facts.values, subject: Some(subject), checks, depends_on },
    };
    task.sign();
    task
}

fn instruction(kind: TaskKind, schema: &Value, config: &PromptConfig) -> String {
    let mut text = words::instruction(kind).to_owned();
    if config.schema_in_prompt {
        text.push_str("\nThe JSON Schema of the answer: ");
        text.push_str(&schema.to_string());
    }
    text
}

/// The task again, with what was wrong with the answer. The answer itself is not repeated: it may hold what a log line told it.
pub fn repair(task: &Task, reasons: &[super::Reason]) -> Task {
    const HEADING: &str = "\nYour answer was refused. Answer again, in full, and mend this:";
    let mut again = task.clone();
    again.round += 1;
    // What the round before was told does not pile up.
    let plain = again.instruction.find(HEADING).unwrap_or(again.instruction.len());
    again.instruction.truncate(plain);
    let mut told = HEADING.to_owned();
    for reason in reasons {
        told.push_str("\n- ");
        told.push_str(&reason.to_string());
    }
    again.instruction.push_str(&told);
    let bytes = again.system.len() + again.instruction.len() + again.data.len() + JOINTS;
    // A token per byte is enough for what was added.
    again.input_tokens += bytes.saturating_sub(again.input_bytes);
    again.input_bytes = bytes;
    again.sign();
    again
}
