//! Draws a fit: the answer, the findings with one line of evidence each, what helps, and the fragment to paste.

use std::io::{self, Write};

use super::fragment;
use crate::program::style::{Ink, Pen, columns, fit, grouped, harmless, padding};
use crate::{Adjustment, Finding, FindingKind, FitReport, FitStatus, Measure, Suggestion};

const INDENT: &str = "  ";
const MIDDLE_DOT: &str = "  ·  ";
/// So many findings and values are drawn; the document has them all.
const MOST_FINDINGS: usize = 8;
const MOST_VALUES: usize = 5;
/// The width of the kinds' column.
const KINDS: usize = 12;

/// The paper.
pub(super) struct Page<'a> {
    pub(super) pen: &'a Pen,
    pub(super) width: usize,
    pub(super) name: String,
    pub(super) remark: Option<&'a str>,
}

impl Page<'_> {
    pub(super) fn draw(&self, report: &FitReport, out: &mut impl Write) -> io::Result<()> {
        let mut text = String::from("\n");
        self.head(report, &mut text);
        for finding in report.findings.iter().take(MOST_FINDINGS) {
            self.finding(finding, &mut text);
        }
        let more = report.omitted_findings as usize + report.findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            self.line(&mut text, Ink::Dim, &format!("and {} more; --json has more of them", grouped(more as u64)));
            text.push('\n');
        }
        self.suggestions(report, &mut text);
        out.write_all(text.as_bytes())
    }

    /// A line that is cut to the page.
    fn line(&self, text: &mut String, ink: Ink, line: &str) {
        text.push_str(INDENT);
        self.pen.put(text, ink, &fit(line, self.width.saturating_sub(2 * INDENT.len())));
        text.push('\n');
    }

    /// Facts side by side, in as many lines as they need.
    fn facts(&self, text: &mut String, ink: Ink, indent: &str, facts: &[String]) {
        let mut line = String::new();
        for fact in facts {
            let joined = if line.is_empty() { format!("{indent}{fact}") } else { format!("{line}{MIDDLE_DOT}{fact}") };
            if columns(&joined) + 2 * INDENT.len() > self.width && !line.is_empty() {
                self.line(text, ink, &line);
                line = format!("{indent}{fact}");
            } else {
                line = joined;
            }
        }
        self.line(text, ink, &line);
    }

    fn head(&self, report: &FitReport, text: &mut String) {
        let pen = self.pen;
        let (ink, answer) = match report.status {
            FitStatus::Ok => (Ink::Green, "the miner fits"),
            _ => (Ink::Yellow, "the miner does not fit everywhere"),
        };
        text.push_str(INDENT);
        let room = self.width.saturating_sub(columns(answer) + 3 * INDENT.len());
        let name = fit(&self.name, room);
        pen.put(text, Ink::Bold, &name);
        text.push_str(INDENT);
        pen.put(text, ink, answer);
        text.push('\n');
        if let Some(remark) = self.remark {
            self.line(text, Ink::Dim, remark);
        }
        let (sample, measure) = (&report.sample, &report.measure);
        let of = if sample.lines < sample.pushed { format!(" of {}", grouped(sample.pushed)) } else { String::new() };
        let facts = [
            format!("{}{of} messages", grouped(sample.lines)),
            format!("{} templates", grouped(measure.templates)),
            format!("{} seen once", grouped(measure.singletons)),
            format!("{:.0} new per 1,000 in the last half", measure.growth),
        ];
        self.facts(text, Ink::Plain, "", &facts);
        text.push('\n');
    }

    fn finding(&self, finding: &Finding, text: &mut String) {
        let pen = self.pen;
        let kind = kind(finding.kind);
        text.push_str(INDENT);
        pen.put(text, Ink::Yellow, kind);
        text.push_str(&padding(kind, KINDS));
        let room = self.width.saturating_sub(KINDS + 2 * INDENT.len());
        pen.put_template(text, &finding.message, room);
        text.push('\n');
        let values = finding.places.iter().map(|place| {
            let shown = place.values.len().min(MOST_VALUES);
            let values: Vec<&str> = place.values[..shown].iter().map(|(value, _)| value.as_str()).collect();
            let more = if place.distinct > shown as u64 { " …" } else { "" };
            format!("{}{more}", values.join(", "))
        });
        let mut evidence: Vec<String> = values.collect();
        if evidence.is_empty() {
            evidence.extend(finding.examples.iter().map(|example| format!("> {example}")));
        }
        for line in evidence {
            text.push_str(INDENT);
            text.push_str(&padding("", KINDS));
            pen.put(text, Ink::Dim, &fit(&line, room));
            text.push('\n');
        }
        text.push('\n');
    }

    fn suggestions(&self, report: &FitReport, text: &mut String) {
        let cost = format!(
            "{} tried on the sample, {} lines mined in all",
            counted(report.cost.trials, "change"),
            grouped(report.cost.lines_mined)
        );
        if report.suggestions.is_empty() {
            if report.status != FitStatus::Ok {
                self.line(text, Ink::Plain, "Nothing that was tried helps enough to be suggested.");
            }
            if report.cost.trials > 0 {
                self.line(text, Ink::Dim, &cost);
            }
            if !text.ends_with("\n\n") {
                text.push('\n');
            }
            return;
        }
        text.push_str(INDENT);
        self.pen.put(text, Ink::Bold, "What helps");
        text.push_str(INDENT);
        let room = self.width.saturating_sub(columns("What helps") + 3 * INDENT.len());
        self.pen.put(text, Ink::Dim, &fit(&cost, room));
        text.push_str("\n\n");
        for suggestion in &report.suggestions {
            what(&suggestion.adjustment).iter().for_each(|line| self.line(text, Ink::Green, line));
            self.facts(text, Ink::Dim, INDENT, &effect(suggestion));
        }
        text.push('\n');
        match report.remaining.as_deref() {
            Some([]) => {
                self.line(text, Ink::Plain, "With this nothing is left to find. For a settings file (--config):");
            }
            Some(left) => {
                let left: Vec<&str> = left.iter().map(|&left| kind(left)).collect();
                let sentence = format!("Still there afterwards: {}. For a settings file (--config):", left.join(", "));
                self.line(text, Ink::Plain, &sentence);
            }
            None => {}
        }
        text.push('\n');
        // Not indented and not cut: it is to be copied.
        text.push_str(&fragment::of(report).unwrap_or_default().lines().map(harmless).collect::<Vec<_>>().join("\n"));
        text.push('\n');
    }
}

fn kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Explosion => "explosion",
        FindingKind::Family => "family",
        FindingKind::BlackHole => "black hole",
        FindingKind::Opposites => "opposites",
        FindingKind::Eviction => "eviction",
        FindingKind::Cut => "cut",
    }
}

fn what(adjustment: &Adjustment) -> Vec<String> {
    let number = |max: &Option<usize>| max.map_or_else(|| "none".to_owned(), |max| grouped(max as u64));
    let one = match adjustment {
        Adjustment::AddMasks { masks } => {
            return masks.iter().map(|mask| format!("mask {}  {}", mask.name, mask.pattern)).collect();
        }
        Adjustment::RemoveMask { mask } => format!("without the mask {}  {}", mask.name, mask.pattern),
        Adjustment::SimilarityThreshold { from, to } => format!("similarity_threshold {from} → {to}"),
        Adjustment::Depth { from, to } => format!("depth {from} → {to}"),
        Adjustment::MaxTemplates { from, to } => format!("max_templates {} → {}", number(from), number(to)),
    };
    vec![one]
}

/// What changed, the numbers that moved.
fn effect(suggestion: &Suggestion) -> Vec<String> {
    let (before, after) = (&suggestion.before, &suggestion.after);
    let mut facts = Vec::new();
    let mut moved = |name: &str, of: fn(&Measure) -> u64| {
        if of(before) != of(after) {
            facts.push(format!("{name} {} → {}", grouped(of(before)), grouped(of(after))));
        }
    };
    moved("templates", |measure| measure.templates);
    moved("seen once", |measure| measure.singletons);
    moved("families", |measure| measure.families);
    moved("black holes", |measure| measure.black_holes);
    moved("opposites", |measure| measure.opposites);
    moved("evicted", |measure| measure.evicted_templates);
    facts.push(format!("{:.0}% of lines regrouped", suggestion.regrouped_share * 100.0));
    facts
}

/// `1 change`, `2 changes`
fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}
