//! A subject becomes a task.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::config::{Budget, PromptConfig};
use super::data::{Written, select, write};
use super::entries;
use super::repair::{with_repair, without_repair};
use super::schema::without_checks;
use super::subject::{Notice, ShownLine, ShownTemplate, Subject};
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

    /// What it is about, whatever its counts and times: tasks with the same topic have the same answer for a while. Made of texts
    /// as they are, so that two hosts with the same placeholder are two topics; hence it stays in the host.
    pub(crate) fn topic(&self, config: &PromptConfig) -> String {
        let kind = self.kind();
        let templates =
            |shown: &[ShownTemplate]| -> Vec<String> { shown.iter().map(|shown| shown.content.to_string()).collect() };
        let noticed = |notice: &Notice| format!("{}\0{}\0{}", notice.kind.name(), notice.service, notice.text);
        let said = |line: &ShownLine| format!("{:020}\0{}\0{}", line.number, line.service, line.text);
        let mut parts: Vec<String> = match self {
            Subject::Window { shown, notices, .. } => {
                templates(shown).into_iter().chain(notices.iter().map(noticed)).collect()
            }
            Subject::Templates { shown } => templates(shown),
            Subject::Anomaly { notice, .. } => vec![noticed(notice)],
            Subject::Cause { steps, .. } => steps.iter().map(noticed).collect(),
            Subject::Parameters { shown, .. } => vec![shown.content.to_string()],
            Subject::Batch { lines } => lines.iter().map(said).collect(),
            // Lines that nobody reads come and go; the question stays.
            Subject::Header { .. } => Vec::new(),
        };
        parts.sort_unstable();
        parts.dedup();
        // Who asks otherwise gets another answer.
        let asked = [kind.name(), &words::system(config), words::instruction(kind), &config.schema(kind).to_string()];
        let whole = format!("{SCHEMA_VERSION}\0{}\0{}", asked.join("\0"), parts.join("\0\0"));
        format!("{:032x}", xxh3_128(whole.as_bytes()))
    }

    /// Whether an answer is of no use once a template that it is about has changed.
    fn depends_on_templates(&self) -> bool {
        matches!(self, Subject::Templates { .. } | Subject::Parameters { .. })
    }
}

/// Makes a task of a subject whose texts are redacted. `is_secret` looks once more at what would be written.
///
/// # Errors
///
/// [`ErrorKind::Limit`] if the budget has no room for the words around the data, or for the first piece of it.
pub(crate) fn make(
    mut subject: Subject,
    facts: Facts,
    config: &PromptConfig,
    budget: &Budget<'_>,
    is_secret: &dyn Fn(&str) -> bool,
) -> Result<Task, Error> {
    let kind = subject.kind();
    let long = subject.fit(budget.max_text_bytes);
    let withheld = subject.withhold(is_secret);
    let checks = config.schema(kind);
    let schema = without_checks(&checks);
    let system = words::system(config);
    let mut instruction = instruction(kind, &schema, config);
    let around = [&system, &instruction];
    let tokens: usize = around.iter().map(|part| (budget.count)(part)).sum::<usize>() + JOINTS;
    let bytes: usize = around.iter().map(|part| part.len()).sum::<usize>() + JOINTS;
    let entries = entries::of(&subject);
    let most = without_repair(budget);
    // What is left out is said, and that takes room, too: a little more with each try.
    let (mut spare, mut tries) = (0, 0);
    let (selection, told) = loop {
        let left = |most: usize, around: usize| most.saturating_sub(around + spare);
        let selection = select(&entries, budget, left(most.0, tokens), left(most.1, bytes));
        let told = words::left_out(&facts.cut, &selection.left_out);
        let fits = tokens + selection.tokens + (budget.count)(&told) <= most.0
            && bytes + selection.bytes + told.len() <= most.1;
        if fits || tries == MAX_TRIES {
            break (selection, told);
        }
        tries += 1;
        spare = told.len().min((budget.count)(&told).max(1)) + 8 * tries;
    };
    entries::forget(&mut subject, &entries, &selection.kept);
    // Again, so that ids count what is there.
    let written = write(&entries::of(&subject));
    let room =
        tokens + selection.tokens + (budget.count)(&told) <= most.0 && bytes + selection.bytes + told.len() <= most.1;
    if !room || !selection.is_enough || written.sent.is_empty() {
        let by_bytes = budget.max_bytes.saturating_sub(bytes) < budget.max_tokens.saturating_sub(tokens);
        let (path, unit, given, least) = if by_bytes {
            ("budget.max_bytes", "bytes", budget.max_bytes, bytes + told.len() + DELIMITERS)
        } else {
            let delimiters = (budget.count)(&written.data).min(DELIMITERS);
            ("budget.max_tokens", "tokens", budget.max_tokens, tokens + (budget.count)(&told) + delimiters)
        };
        let message = format!(
            "{given} {unit} leave no room for data; a {} task needs more than {}",
            kind.name(),
            with_repair(least)
        );
        return Err(Error::new(ErrorKind::Limit, path, message));
    }
    let mut cut = facts.cut.clone();
    cut.extend(selection.left_out);
    if long > 0 {
        cut.push(format!("{long} texts are longer than {} bytes and are cut", budget.max_text_bytes));
    }
    if withheld > 0 {
        cut.push(format!("{withheld} texts are withheld: they look like secrets"));
    }
    let tokens = tokens + selection.tokens + (budget.count)(&told);
    instruction.push_str(&told);
    let bounds = (budget.max_tokens, budget.max_bytes);
    Ok(assemble(subject, facts, config, Parts { system, instruction, schema, checks, tokens, bounds, cut, written }))
}

/// How often room is made for saying what is left out.
const MAX_TRIES: usize = 4;
/// As many digits of the key are the id.
const ID_DIGITS: usize = 16;
/// The blank lines between the parts.
pub(super) const JOINTS: usize = 5;
/// About as many bytes as the delimiters have with a short line between them.
const DELIMITERS: usize = 80;

struct Parts {
    system: String,
    instruction: String,
    schema: Value,
    checks: Value,
    tokens: usize,
    bounds: (usize, usize),
    cut: Vec<String>,
    written: Written,
}

fn assemble(subject: Subject, facts: Facts, config: &PromptConfig, parts: Parts) -> Task {
    let Parts { system, instruction, schema, checks, tokens, bounds, cut, written } = parts;
    let Written { data, sent, suspicious, .. } = written;
    let kind = subject.kind();
    let things = sent.len();
    let depends_on = if subject.depends_on_templates() { subject.templates() } else { Vec::new() };
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
        value: facts.value,
        per_day: facts.per_day,
        created_at: facts.now,
        expires_at: facts.now.plus_nanos(config.expires_after_ns),
        kept: Kept {
            values: facts.values,
            subject: Some(subject),
            checks,
            depends_on,
            topic: facts.topic,
            source: facts.source,
            bounds,
        },
    };
    task.key = task.key_of();
    task.id = task.key.chars().take(ID_DIGITS).collect();
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
