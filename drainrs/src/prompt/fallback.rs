//! The rules' own answer: what is said when there is no model, or none of its answers will do.
//!
//! It fits the same schema as an answer, so that what reads answers need not know who gave them. It says less and claims less: its
//! confidence is 0.5, below the default threshold, because nobody looked.

use serde_json::{Value, json};

use super::JudgeLimits;
use super::answer::{Verdict, judge};
use super::subject::{Notice, ShownLine, ShownTemplate, Subject};
use super::task::Task;
use crate::flow::{Level, Priority, ScoreKind};

/// Nobody looked.
const CONFIDENCE: f64 = 0.5;
/// As many as the ready schemas take.
const MAX_ISSUES: usize = 10;
const MAX_NAMES: usize = 64;
/// With a number behind it, as long as a name may be.
const MAX_STEM: usize = 30;

/// The answer by rules, from what the task shows. `None` if the host's own schema asks for something else, and for header
/// patterns, where the rules have tried already.
pub fn fallback(task: &Task) -> Option<Value> {
    let answer = match task.subject()? {
        Subject::Window { shown, notices, events, .. } => window(shown, notices, *events),
        Subject::Templates { shown } => {
            json!({ "classifications": shown.iter().enumerate().map(classification).collect::<Vec<_>>() })
        }
        Subject::Anomaly { notice, line, .. } => {
            let evidence = if line.is_some() { json!(["a1"]) } else { json!(["n1"]) };
            json!({
                "likely_cause": sentence(&said(notice), 500),
                "severity": urgency(notice.priority),
                "suggested_action": "Look at the line and the lines before it.",
                "evidence": evidence,
                "confidence": CONFIDENCE,
            })
        }
        Subject::Cause { steps, .. } => cause(steps)?,
        Subject::Batch { lines } => batch(lines),
        Subject::Header { .. } => return None,
        Subject::Parameters { places, .. } => {
            let names = places.iter().take(MAX_NAMES).enumerate().map(|(nth, place)| {
                let letters = place.class.chars().filter(char::is_ascii_alphanumeric).take(MAX_STEM);
                let class = letters.collect::<String>().to_ascii_lowercase();
                let stem = if class.starts_with(|c: char| c.is_ascii_lowercase()) { class } else { "value".to_owned() };
                json!({ "id": format!("p{}", nth + 1), "name": format!("{stem}_{}", nth + 1), "unit": null })
            });
            json!({ "names": names.collect::<Vec<_>>(), "confidence": CONFIDENCE })
        }
    };
    // It is judged like any other.
    let limits = JudgeLimits { max_answer_bytes: usize::MAX, ..JudgeLimits::default() };
    match judge(task, answer.to_string().as_bytes(), task.created_at, &limits, &task.as_sent()) {
        Verdict::Accepted(_) => Some(answer),
        _ => None,
    }
}

/// A text of at most so many characters.
fn sentence(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let (text, _) = super::shorten(text, most.saturating_sub(40));
    text.chars().take(most).collect()
}

fn said(notice: &Notice) -> String {
    match (notice.reason.is_empty(), notice.text.is_empty()) {
        (false, false) => format!("{}: {}", notice.reason, notice.text),
        (false, true) => notice.reason.clone(),
        (true, false) => notice.text.clone(),
        (true, true) if notice.kind.name().is_empty() => "something unusual".to_owned(),
        (true, true) => notice.kind.name().replace('_', " "),
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Fatal | Level::Critical => "critical",
        Level::Error => "high",
        Level::Warn => "medium",
        _ => "low",
    }
}

fn urgency(priority: Priority) -> &'static str {
    match priority {
        Priority::Critical => "P1",
        Priority::High => "P2",
        Priority::Medium => "P3",
        Priority::Low => "P4",
    }
}

fn window(shown: &[ShownTemplate], notices: &[Notice], events: u64) -> Value {
    let headline = match (notices.len(), shown.first()) {
        (0, None) => format!("Nothing stands out in {events} events."),
        (0, Some(top)) => format!("{} events of '{}'", top.count, top.text),
        (1, _) => said(&notices[0]),
        (more, _) => format!("{more} things were noticed, the first: {}", said(&notices[0])),
    };
    let noticed = notices.iter().enumerate().map(|(nth, notice)| {
        let severity = notice.priority.name();
        json!({ "summary": sentence(&said(notice), 300), "severity": severity, "evidence": [format!("n{}", nth + 1)] })
    });
    let grave =
        shown.iter().enumerate().filter(|(_, one)| one.is_new || one.level >= Level::Error).map(|(nth, one)| {
            let new = if one.is_new { "new: " } else { "" };
            let summary = sentence(&format!("{new}{} events of '{}'", one.count, one.text), 300);
            json!({ "summary": summary, "severity": severity(one.level), "evidence": [format!("t{}", nth + 1)] })
        });
    let issues: Vec<Value> = noticed.chain(grave).take(MAX_ISSUES).collect();
    let actions = if issues.is_empty() { json!([]) } else { json!(["Look at the evidence of the first issue."]) };
    let headline = sentence(&headline, 200);
    json!({ "headline": headline, "top_issues": issues, "likely_actions": actions, "confidence": CONFIDENCE })
}

fn classification((nth, shown): (usize, &ShownTemplate)) -> Value {
    let severity = match shown.level {
        Level::Unknown | Level::Trace | Level::Debug | Level::Info | Level::Notice => "info",
        level => severity(level),
    };
    let category = if shown.level >= Level::Error { "error" } else { "unknown" };
    json!({
        "id": format!("t{}", nth + 1),
        "severity": severity,
        "category": category,
        "affected_component": sentence(&shown.service, 100),
        "root_cause_hypothesis": "",
        "recommended_action": "",
        "confidence": CONFIDENCE,
    })
}

fn cause(steps: &[Notice]) -> Option<Value> {
    let first = steps.first()?;
    let chain = steps.iter().enumerate().take(MAX_ISSUES).map(|(nth, step)| {
        let service = if step.service.is_empty() { String::new() } else { format!("{}: ", step.service) };
        json!({ "step": sentence(&format!("{service}{}", said(step)), 300), "evidence": [format!("m{}", nth + 1)] })
    });
    Some(json!({
        "root_cause": sentence(&format!("It moved first: {}", said(first)), 500),
        "causal_chain": chain.collect::<Vec<_>>(),
        "contributing_factors": [],
        "recommended_fix": "Look at what moved first; to be first is a hint, no proof.",
        "confidence": CONFIDENCE,
    }))
}

/// Words that say what a line of level error or above is about.
const TYPES: [(&str, &[&str]); 3] = [
    (
        "auth_failure",
        &["authentication", "unauthorized", "login failed", "failed password", "permission denied", "forbidden"],
    ),
    ("latency", &["timeout", "timed out", "deadline exceeded", "too slow", "latency"]),
    ("security", &["injection", "intrusion", "exploit", "malware", "break-in"]),
];

fn batch(lines: &[ShownLine]) -> Value {
    let grave = |line: &&ShownLine| line.level >= Level::Error;
    let worst = lines.iter().map(|line| line.level).max().unwrap_or_default();
    let errors = lines.iter().filter(grave).count();
    let mut anomalies: Vec<Value> = Vec::new();
    for kind in TYPES.iter().map(|(name, _)| *name).chain(["error_spike"]) {
        let of_kind: Vec<(usize, &ShownLine)> =
            lines.iter().enumerate().filter(|(_, line)| grave(line) && kind_of(line) == kind).collect();
        let Some((_, first)) = of_kind.first() else { continue };
        let level = of_kind.iter().map(|(_, line)| line.level).max().unwrap_or_default();
        anomalies.push(json!({
            "severity": severity(level),
            "type": kind,
            "summary": sentence(&format!("{} lines such as: {}", of_kind.len(), first.text), 300),
            "evidence": of_kind.iter().take(5).map(|(nth, _)| format!("e{}", nth + 1)).collect::<Vec<_>>(),
            "recommended_action": "Look at the lines.",
            "confidence": CONFIDENCE,
        }));
    }
    let health = match () {
        () if worst >= Level::Critical || errors * 2 > lines.len() => "critical",
        () if errors > 0 => "degraded",
        () => "normal",
    };
    json!({ "anomalies": anomalies, "window_health": health, "total_lines_analyzed": lines.len() })
}

fn kind_of(line: &ShownLine) -> &'static str {
    let text = line.text.to_ascii_lowercase();
    let found = TYPES.iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
    found.map_or("error_spike", |(name, _)| name)
}

/// Kinds of scores that only inform: no cause of anything.
pub(crate) fn informs(kind: &ScoreKind) -> bool {
    matches!(kind, ScoreKind::Recovered | ScoreKind::Adopted | ScoreKind::InputGap | ScoreKind::InvariantDrift)
}
