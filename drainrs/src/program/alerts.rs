//! Alerts as the program shows them: a document each, or two lines on a terminal.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::output;
use super::style::{Ink, Pen, columns, fit, padding};
use crate::{Alert, AlertStatus, Level, Pipeline, Priority, Score};

/// The document of an alert. Times are RFC 3339 in UTC.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    id: u64,
    status: AlertStatus,
    priority: Priority,
    route: Option<&'a str>,
    at: String,
    first_at: String,
    service: Option<&'a str>,
    template: Option<&'a str>,
    samples: &'a [String],
    suppressed: u64,
    grouped: u64,
    #[serde(flatten)]
    leading: Part<'a>,
    others: Vec<Part<'a>>,
}

/// A score in a document.
#[derive(Debug, Serialize)]
struct Part<'a> {
    scorer: &'a str,
    kind: &'a str,
    template_id: Option<u64>,
    session: Option<&'a str>,
    window: [String; 2],
    level: Level,
    severity: f64,
    surprise: f64,
    observed: f64,
    expected: f64,
    low: f64,
    high: f64,
    unverified: bool,
    reason: &'a str,
}

impl<'a> Part<'a> {
    fn of(score: &'a Score) -> Part<'a> {
        Part {
            scorer: &score.scorer,
            kind: score.kind.name(),
            template_id: score.template.map(|template| template.0),
            session: score.session.as_deref(),
            window: [score.window.start.to_string(), score.window.end.to_string()],
            level: score.level,
            severity: score.severity.get(),
            surprise: score.surprise,
            observed: score.observed,
            expected: score.expected,
            low: score.low,
            high: score.high,
            unverified: score.unverified,
            reason: &score.reason,
        }
    }
}

impl<'a> Document<'a> {
    pub(crate) fn of(alert: &'a Alert) -> Document<'a> {
        Document {
            id: alert.id.0,
            status: alert.status,
            priority: alert.priority,
            route: alert.route.as_deref(),
            at: alert.at.to_string(),
            first_at: alert.first_at.to_string(),
            service: alert.service.as_deref(),
            template: alert.template.as_deref(),
            samples: &alert.samples,
            suppressed: alert.suppressed,
            grouped: alert.grouped,
            leading: Part::of(&alert.score),
            others: alert.others.iter().map(Part::of).collect(),
        }
    }

    /// Writes it as a line.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

/// How a priority is drawn.
pub(crate) fn ink(priority: Priority) -> Ink {
    match priority {
        Priority::Critical => Ink::BoldRed,
        Priority::High => Ink::Red,
        Priority::Medium => Ink::Yellow,
        Priority::Low => Ink::Dim,
    }
}

/// The columns of a time and of a priority.
const TIME: usize = 19;
const PRIORITY: usize = 8;
const KIND: usize = 15;
const MOST_SERVICE: usize = 24;

/// Appends an alert: when, how urgent, what, and why; below it the template, or a line where no template is meant.
pub(crate) fn draw(alert: &Alert, pen: &Pen, indent: &str, width: usize, text: &mut String) {
    text.push_str(indent);
    let at = output::moment(alert.at);
    pen.put(text, Ink::Dim, &at);
    text.push_str(&padding(&at, TIME + 2));
    let over = alert.status == AlertStatus::Resolved;
    let (urgency, colour) = if over { ("resolved", Ink::Green) } else { (alert.priority.name(), ink(alert.priority)) };
    pen.put(text, colour, urgency);
    text.push_str(&padding(urgency, PRIORITY + 2));
    let kind = alert.score.kind.name().replace('_', " ");
    text.push_str(&kind);
    text.push_str(&padding(&kind, KIND.max(columns(&kind)) + 2));
    let mut reason = alert.score.reason.clone();
    if alert.score.unverified {
        reason.push_str(" (unverified)");
    }
    if alert.grouped > 0 {
        let _ = write!(reason, "; and {} more", alert.grouped);
    }
    if alert.suppressed > 0 {
        let _ = write!(reason, "; {} times since", alert.suppressed);
    }
    let used = columns(indent) + TIME + 2 + PRIORITY + 2 + KIND.max(columns(&kind)) + 2;
    let beside = width >= used + 30;
    let margin = format!("{indent}{}", " ".repeat(if beside { used - columns(indent) } else { 4 }));
    if !beside {
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        text.push_str(&margin);
    }
    let room = width.saturating_sub(columns(&margin));
    text.push_str(&fit(&reason, room));
    text.push('\n');
    let subject = alert.template.as_deref().or(alert.samples.first().map(String::as_str)).unwrap_or_default();
    let service = alert.service.as_deref().map(|service| fit(service, MOST_SERVICE)).unwrap_or_default();
    if subject.is_empty() && service.is_empty() {
        return;
    }
    text.push_str(&margin);
    let mut left = room;
    if !service.is_empty() {
        pen.put(text, Ink::Cyan, &service);
        left = left.saturating_sub(columns(&service) + 2);
        if !subject.is_empty() {
            text.push_str("  ");
        }
    }
    pen.put_template(text, subject, left);
    text.push('\n');
}

/// Takes what a pipeline has to tell.
pub(crate) fn take(pipeline: &mut Pipeline, alerts: &mut Vec<Alert>) {
    while let Some(alert) = pipeline.poll_alert() {
        alerts.push(alert);
    }
}

/// Takes what it still has to tell when the log is over.
pub(crate) fn finish(pipeline: &mut Pipeline, alerts: &mut Vec<Alert>) {
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
    }
    take(pipeline, alerts);
}
