//! The best so many tokens about a log: for a person or a program that will not read all of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::asker::Asker;
use super::journal::{Known, Noticed};
use crate::flow::Level;
use crate::id::TemplateId;
use crate::miner::Miner;
use crate::pipeline::Pipeline;
use crate::prompt::{CountTokens, clean, shorten};
use crate::redact::{Redaction, Redactor};
use crate::time::Timestamp;

/// What a digest shows of a log, and what it leaves out.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// All templates, those that made room in memory included.
    pub templates: usize,
    /// Those with a line in the digest.
    pub templates_shown: usize,
    /// All events.
    pub events: u64,
    /// The events of the templates shown.
    pub events_shown: u64,
    /// The greatest level of what is not shown.
    pub greatest_level_left_out: Level,
    /// Everything noticed, what made room in memory included.
    pub notices: usize,
    /// What of it is shown.
    pub notices_shown: usize,
    /// How many values were redacted in what is shown.
    pub redacted: u64,
}

/// A digest.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Digest {
    /// The text. The same log and budget give the same bytes.
    pub text: String,
    /// Its tokens, by the counter that was given; never more than were asked for.
    pub tokens: usize,
    /// What it covers.
    pub coverage: Coverage,
}

/// The share of the room behind the head that templates may take before any example is shown.
const TEMPLATES_FIRST: f64 = 0.7;
/// The share of the room that notices may take.
const NOTICES: f64 = 0.4;
/// The most bytes of a line of log text.
const MAX_TEXT: usize = 240;
/// The most services and formats that are named.
const MAX_NAMED: usize = 8;

/// The tokens of the numbers of the last line.
const DIGITS: usize = 12;
const NOTICED: &str = "\nNoticed\n";
const TEMPLATES: &str = "\nTemplates: level, events, first line, times, text\n";

/// Lines with a budget.
struct Page<'a> {
    count: CountTokens<'a>,
    left: usize,
    used: usize,
}

impl Page<'_> {
    /// Whether a line fits into what is left above `spare`; then it is paid.
    fn pay(&mut self, line: &str, spare: usize) -> bool {
        let cost = (self.count)(line) + 1;
        let fits = cost + spare <= self.left;
        if fits {
            self.left -= cost;
            self.used += cost;
        }
        fits
    }
}

/// Texts as they are shown, and how many values were taken out of them.
struct Scrub<'a> {
    redactor: &'a Redactor,
    redaction: Redaction,
    redacted: u64,
}

/// A line, with the values that were taken out of it.
struct Line {
    text: String,
    redacted: u64,
}

impl Scrub<'_> {
    fn text(&mut self, text: &[u8]) -> String {
        let count = |redaction: &Redaction| redaction.counts().values().sum::<u64>();
        let before = count(&self.redaction);
        let redacted = self.redaction.redact(self.redactor, text);
        self.redacted += count(&self.redaction) - before;
        shorten(&clean(&redacted), MAX_TEXT).0
    }

    /// A line of our words and a text. What the two make when they stand side by side nobody has looked at before.
    fn line(&mut self, head: &str, sign: &str, text: &str) -> Line {
        let whole = format!("{head}{sign}{text}");
        let is_clean = |line: &str| self.redactor.is_clean(line.as_bytes());
        let text = match () {
            () if is_clean(&whole) && is_clean(&format!("{head} {text}")) => whole,
            () if is_clean(head) => format!("{head}{sign}[withheld]"),
            () => "[withheld]".to_owned(),
        };
        Line { text, redacted: std::mem::take(&mut self.redacted) }
    }
}

impl Asker {
    /// A digest of all that was seen, in at most `max_tokens` by `count`: what was noticed, the templates, the most telling and the
    /// most frequent by turns, with examples of the most telling; and what it covers. Redacted. Text that has no room for its head is
    /// empty.
    pub fn digest(&self, pipeline: &Pipeline, name: &str, max_tokens: usize, count: CountTokens<'_>) -> Digest {
        let (journal, miner) = (&self.journal, pipeline.miner());
        let mut scrub = Scrub { redactor: &self.redactor, redaction: Redaction::default(), redacted: 0 };
        let head = self.head(name, &mut scrub);
        let mut redacted = std::mem::take(&mut scrub.redacted);
        #[allow(clippy::cast_possible_truncation, reason = "counts of things in memory")]
        let all = Coverage {
            templates: journal.templates.len() + journal.forgotten(),
            templates_shown: 0,
            events: journal.counters.events,
            events_shown: 0,
            greatest_level_left_out: Level::Critical,
            notices: journal.notices.len() + journal.counters.dropped_notices as usize,
            notices_shown: 0,
            redacted: u64::from(u32::MAX),
        };
        // What the last line takes at most: with everything left out it is longest, but for the digits of what is shown.
        let longest = Coverage { notices_shown: all.notices, ..all.clone() };
        let around = count(&head) + count(&Self::foot(&longest)) + count(NOTICED) + count(TEMPLATES) + DIGITS;
        let mut page = Page { count, left: max_tokens.saturating_sub(around), used: around };
        let room = page.left;
        let notices = self.notice_lines(&mut page, share(room, 1.0 - NOTICES), &mut scrub, miner);
        let ranked = self.by_turns();
        let lines: Vec<(TemplateId, &Known, Line)> = ranked
            .into_iter()
            .filter_map(|(id, known)| {
                let text = self.text_of(id, miner);
                (!text.is_empty()).then(|| (id, known, self.line(known, &text, &mut scrub)))
            })
            .collect();
        let mut shown: BTreeSet<TemplateId> = BTreeSet::new();
        let examples_room = share(page.left, 1.0 - TEMPLATES_FIRST);
        Self::pay_all(&lines, &mut shown, &mut page, examples_room);
        let examples = self.examples(&lines, &shown, &mut page, &mut scrub);
        // What examples did not take.
        Self::pay_all(&lines, &mut shown, &mut page, 0);

        let mut text = head;
        section(&mut text, NOTICED, &notices);
        redacted += notices.iter().map(|line| line.redacted).sum::<u64>();
        if !shown.is_empty() {
            text.push_str(TEMPLATES);
        }
        let mut events_shown = 0;
        let unseen = journal.templates.iter().filter(|(id, _)| !shown.contains(id));
        let left_out = unseen.map(|(_, known)| known.greatest_level()).max().unwrap_or_default();
        let left_out = left_out.max(journal.counters.forgotten_level);
        for (id, known, line) in lines.iter().filter(|(id, ..)| shown.contains(id)) {
            events_shown += known.total;
            redacted += line.redacted;
            let _ = writeln!(text, "{}", line.text);
            if let Some((_, example)) = examples.iter().find(|(of, _)| of == id) {
                redacted += example.redacted;
                let _ = writeln!(text, "{}", example.text);
            }
        }
        let coverage = Coverage {
            templates_shown: shown.len(),
            events_shown,
            greatest_level_left_out: left_out,
            notices_shown: notices.len(),
            redacted,
            ..all
        };
        text.push_str(&Self::foot(&coverage));
        if around > max_tokens {
            text.clear();
        }
        let tokens = count(&text);
        Digest { text, tokens, coverage }
    }

    fn head(&self, name: &str, scrub: &mut Scrub<'_>) -> String {
        let journal = &self.journal;
        let mut text = format!(
            "{}: {} lines, {} events",
            scrub.text(name.as_bytes()),
            journal.counters.lines,
            journal.counters.events
        );
        if let Some((first, last)) = journal.span {
            let _ = write!(text, ", {} to {}", moment(first), moment(last));
        }
        text.push('\n');
        let levels = Level::ALL.into_iter().zip(journal.levels).rev().filter(|(_, count)| *count > 0);
        let levels: Vec<String> = levels.map(|(level, count)| format!("{} {count}", level.name())).collect();
        let _ = writeln!(text, "levels: {}", levels.join(", "));
        let mut services: Vec<(&Vec<u8>, &u64)> = journal.services.iter().collect();
        services.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let more = services.len().saturating_sub(MAX_NAMED);
        let named: Vec<String> =
            services.iter().take(MAX_NAMED).map(|(name, count)| format!("{} {count}", scrub.text(name))).collect();
        if !named.is_empty() {
            let more = if more > 0 { format!(", {more} more") } else { String::new() };
            let line = scrub.line("services:", " ", &format!("{}{more}", named.join(", ")));
            scrub.redacted += line.redacted;
            let _ = writeln!(text, "{}", line.text);
        }
        text
    }

    fn foot(coverage: &Coverage) -> String {
        let share = 100.0 * coverage.events_shown as f64 / coverage.events.max(1) as f64;
        // All is all.
        let share = if coverage.events_shown < coverage.events { share.min(99.9) } else { share };
        let left_out = coverage.templates - coverage.templates_shown;
        let mut text = format!(
            "\nCoverage: {} of {} templates, {share:.1} % of the events, {} of {} things noticed",
            coverage.templates_shown, coverage.templates, coverage.notices_shown, coverage.notices
        );
        if left_out > 0 {
            let (events, level) = (coverage.events - coverage.events_shown, coverage.greatest_level_left_out.name());
            let (templates, events) = (counted(left_out as u64, "template"), counted(events, "event"));
            let _ = write!(text, "; left out: {templates}, {events}, greatest level {level}");
        }
        if coverage.redacted > 0 {
            let _ = write!(text, "; {} values redacted", coverage.redacted);
        }
        text.push('\n');
        text
    }

    /// What was noticed, in the order of time; the most urgent first where there is no room for all.
    fn notice_lines(&self, page: &mut Page<'_>, spare: usize, scrub: &mut Scrub<'_>, miner: &Miner) -> Vec<Line> {
        let mut by_urgency: Vec<(usize, &Noticed)> = self.journal.notices.iter().enumerate().collect();
        by_urgency.sort_by_key(|(at, noticed)| (std::cmp::Reverse(noticed.alert.priority), *at));
        let mut lines: Vec<(usize, Line)> = Vec::new();
        for (at, noticed) in by_urgency {
            let said = self.notice(noticed, miner);
            let mut head = format!("{} {} ", moment(said.at), said.priority.name());
            head.push_str(&scrub.text(said.kind.name().replace('_', " ").as_bytes()));
            if !said.service.is_empty() {
                head.extend([" ", &scrub.text(said.service.as_bytes())]);
            }
            if !said.reason.is_empty() {
                head.extend([": ", &scrub.text(said.reason.as_bytes())]);
            }
            let text = scrub.text(said.text.as_bytes());
            let line = scrub.line(&head, if text.is_empty() { "" } else { " | " }, &text);
            if page.pay(&line.text, spare) {
                lines.push((at, line));
            }
        }
        lines.sort_by_key(|(at, _)| *at);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// The most telling templates and the most frequent ones, by turns.
    fn by_turns(&self) -> Vec<(TemplateId, &Known)> {
        let telling = self.by_value(|_| true);
        let mut frequent = telling.clone();
        frequent.sort_by(|(_, a), (_, b)| b.total.cmp(&a.total).then(a.first_event.cmp(&b.first_event)));
        let mut seen = BTreeSet::new();
        let turns = telling.into_iter().zip(frequent).flat_map(|(a, b)| [a, b]);
        turns.filter(|(id, _)| seen.insert(*id)).collect()
    }

    fn line(&self, known: &Known, text: &str, scrub: &mut Scrub<'_>) -> Line {
        let mut line = String::new();
        if known.level() != Level::Unknown {
            let _ = write!(line, "{} ", known.level().name());
        }
        let _ = write!(line, "{}x L{}", known.total, known.first_line);
        if let Some(first) = known.first_seen {
            let _ = write!(line, " {}", moment(first));
        }
        if let Some(last) = known.last_seen.filter(|last| Some(*last) != known.first_seen) {
            let _ = write!(line, "..{}", clock(last));
        }
        if self.journal.is_new(known) {
            line.push_str(" new");
        }
        if !known.reason.is_empty() {
            let _ = write!(line, " ({})", scrub.text(known.reason.as_bytes()));
        }
        let text = scrub.text(text.as_bytes());
        scrub.line(&line, " | ", &text)
    }

    fn pay_all(
        lines: &[(TemplateId, &Known, Line)],
        shown: &mut BTreeSet<TemplateId>,
        page: &mut Page<'_>,
        spare: usize,
    ) {
        for (id, _, line) in lines {
            if !shown.contains(id) && page.pay(&line.text, spare) {
                shown.insert(*id);
            }
        }
    }

    /// An example of each template shown whose text has places, the most telling first.
    fn examples(
        &self,
        lines: &[(TemplateId, &Known, Line)],
        shown: &BTreeSet<TemplateId>,
        page: &mut Page<'_>,
        scrub: &mut Scrub<'_>,
    ) -> Vec<(TemplateId, Line)> {
        let mut telling: Vec<&(TemplateId, &Known, Line)> =
            lines.iter().filter(|(id, _, line)| shown.contains(id) && line.text.contains('<')).collect();
        telling.sort_by(|(_, a, _), (_, b, _)| self.journal.value(b).total_cmp(&self.journal.value(a)));
        let mut examples = Vec::new();
        for (id, known, _) in telling {
            let Some(example) = known.examples.first() else { continue };
            let text = scrub.text(&self.example(example));
            let line = scrub.line("  e.g.", " ", &text);
            if page.pay(&line.text, 0) {
                examples.push((*id, line));
            }
        }
        examples
    }
}

#[allow(clippy::cast_sign_loss, reason = "a share of a count")]
fn share(of: usize, share: f64) -> usize {
    (of as f64 * share) as usize
}

fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn section(text: &mut String, heading: &str, lines: &[Line]) {
    if !lines.is_empty() {
        text.push_str(heading);
    }
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
}

/// `2024-05-01T10:00:03Z`
fn moment(at: Timestamp) -> String {
    let c = at.to_civil();
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// `10:00:03`
fn clock(at: Timestamp) -> String {
    let c = at.to_civil();
    format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second)
}
