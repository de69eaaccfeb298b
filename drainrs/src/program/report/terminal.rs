//! Draws a report: calm, aligned, the news first, what is said about the run last and quiet.

use std::cmp::Reverse;

use super::findings::{Finding, Findings, Over};
use super::together::Together;
use crate::program::alerts;
use crate::program::output::moment;
use crate::program::style::{Ink, Pen, columns, fit, grouped, harmless, padding, rounded, sparkline};
use crate::{Alert, AlertStatus, Level, NANOS_PER_SECOND, ScoreKind, Timestamp};

/// A series of so many cells is drawn.
pub(super) const CELLS: usize = 24;
/// With less room than this for templates beside the numbers, they go below them.
const LEAST_BESIDE: usize = 44;
const MOST_SERVICE: usize = 16;
/// So many new errors are drawn.
const MOST_NEWS: usize = 12;
/// So many moments in which services moved together are drawn, and so many candidates of each.
const MOST_TOGETHER: usize = 3;
const MOST_CANDIDATES: usize = 3;
/// So many anomalies are drawn.
const MOST_ANOMALIES: usize = 12;
/// In fewer windows than this nothing can be said about frequencies.
const FEW_WINDOWS: u64 = 24;
const INDENT: &str = "  ";
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// `2024-02-29 `
const DAY_LENGTH: usize = 11;
const MIDDLE_DOT: &str = "  ·  ";

/// The paper.
pub(super) struct Page<'a> {
    pub(super) pen: &'a Pen,
    /// In columns; a page without an edge is wider than any line.
    pub(super) width: usize,
    /// A remark for the head, such as that this is the sample.
    pub(super) remark: Option<&'a str>,
}

/// The widths of the columns.
struct Layout {
    count: usize,
    name: usize,
    series: usize,
    /// The room for templates.
    text: usize,
    /// Whether templates stand beside the numbers.
    beside: bool,
    times: Times,
}

/// How precisely times are shown.
#[derive(Clone, Copy)]
enum Times {
    None,
    /// All of the log is of one day.
    Clock,
    Day,
    Date,
}

impl Page<'_> {
    pub(super) fn draw(&self, found: &Findings<'_>, told: &[Alert]) -> String {
        let mut text = String::from("\n");
        self.head(found, &mut text);
        if found.input.lines == 0 {
            text.push('\n');
            return text;
        }
        let layout = self.layout(found);
        // The largest, in the order in which they came.
        let news: Vec<&Finding> = found.templates.iter().filter(|finding| finding.new_error).take(MOST_NEWS).collect();
        if !news.is_empty() {
            self.section(&mut text, Ink::BoldRed, "New errors", "never seen in the first part of the log");
            for id in &found.new_errors {
                if let Some(finding) = news.iter().find(|finding| finding.id == *id) {
                    self.finding(finding, &layout, &mut text);
                }
            }
            let more = found.new_errors.len() - news.len();
            if more > 0 {
                text.push_str(INDENT);
                let sentence = format!("and {} more; --json has them all", grouped(more as u64));
                self.pen.put(&mut text, Ink::Dim, &sentence);
                text.push('\n');
            }
        }
        self.anomalies(found, told, &mut text);
        self.together(found, &mut text);
        let title = if found.new_errors.is_empty() { "Templates" } else { "All other templates" };
        self.section(&mut text, Ink::Bold, title, "by number of events");
        let others = found.templates.iter().filter(|finding| !finding.new_error);
        let before = text.len();
        others.for_each(|finding| self.finding(finding, &layout, &mut text));
        if text.len() == before {
            text.push_str(INDENT);
            self.pen.put(&mut text, Ink::Dim, "none\n");
        }
        self.omitted(found, &mut text);
        self.foot(found, &mut text);
        text
    }

    /// What the log is, in two lines.
    fn head(&self, found: &Findings<'_>, text: &mut String) {
        let pen = self.pen;
        text.push_str(INDENT);
        let name = match found.input.names.as_slice() {
            [one] => one.clone(),
            many => format!("{} files", many.len()),
        };
        pen.put(text, Ink::Bold, &fit(&name, self.width.saturating_sub(4)));
        if let Some(remark) = self.remark {
            let room = self.width.saturating_sub(columns(&name) + 2 * INDENT.len());
            pen.put(text, Ink::Dim, &format!("  {}", fit(remark, room)));
        }
        text.push('\n');
        if found.input.lines == 0 {
            text.push_str(INDENT);
            pen.put(text, Ink::Dim, "no lines\n");
            return;
        }
        text.push_str(INDENT);
        let compression = &found.compression;
        text.push_str(&counted(found.input.lines, "line"));
        text.push_str(" in ");
        pen.put(text, Ink::Bold, &counted(compression.templates, "template"));
        let per = compression.lines_per_template;
        let per =
            if per < 9.95 { format!("{per:.1}") } else { grouped(found.input.lines / compression.templates.max(1)) };
        let said = format!(
            "{per} lines each{MIDDLE_DOT}{}B in {}B",
            rounded_bytes(found.input.bytes),
            rounded_bytes(compression.template_bytes)
        );
        pen.put(text, Ink::Dim, &format!("{MIDDLE_DOT}{said}"));
        text.push_str("\n\n");
        text.push_str(INDENT);
        let volume = sparkline(&found.series);
        pen.put(text, Ink::Dim, &volume);
        for level in Level::ALL.into_iter().rev() {
            if let Some(&count) = found.levels.get(level.name()) {
                let named = if level == Level::Unknown { "without level" } else { level.name() };
                text.push_str("  ");
                pen.put(text, Ink::of_level(level), &grouped(count));
                pen.put(text, Ink::Dim, &format!(" {named}"));
            }
        }
        text.push('\n');
    }

    /// What was unusual, the most urgent first.
    fn anomalies(&self, found: &Findings<'_>, told: &[Alert], text: &mut String) {
        let Some(detection) = &found.detection else { return };
        // New errors have a section of their own, and the end of an alert is no news after the fact.
        let listed = |alert: &Alert| alert.score.template.is_some_and(|id| found.new_errors.contains(&id.0));
        let news = |alert: &&Alert| {
            let birth = matches!(alert.score.kind, ScoreKind::NewTemplate | ScoreKind::Reappeared);
            alert.status != AlertStatus::Resolved && !(birth && listed(alert))
        };
        let mut alerts: Vec<&Alert> = told.iter().filter(news).collect();
        alerts.sort_by_key(|alert| (Reverse(alert.priority), Reverse(alert.score.severity), alert.at));
        let windows = detection.count.windows;
        if alerts.is_empty() {
            if windows < FEW_WINDOWS {
                return;
            }
            self.section(text, Ink::Bold, "Anomalies", &format!("none in {}", counted(windows, "window")));
            return;
        }
        self.section(
            text,
            Ink::Bold,
            "Anomalies",
            &format!("the most urgent first, in {}", counted(windows, "window")),
        );
        for alert in alerts.iter().take(MOST_ANOMALIES) {
            alerts::draw(alert, self.pen, INDENT, self.width, text);
        }
        if alerts.len() > MOST_ANOMALIES {
            text.push_str(INDENT);
            let sentence = format!("and {} more; --json has them all", grouped((alerts.len() - MOST_ANOMALIES) as u64));
            self.pen.put(text, Ink::Dim, &sentence);
            text.push('\n');
        }
    }

    /// Who moved first where several services moved: the largest of such moments.
    fn together(&self, found: &Findings<'_>, text: &mut String) {
        let mut largest: Vec<&Together> = found.together.iter().collect();
        largest.sort_by_key(|one| Reverse((one.services.len(), one.templates)));
        if largest.is_empty() {
            return;
        }
        self.section(text, Ink::Bold, "Moved together", "where to look first, by who moved first; no causes");
        for one in largest.iter().take(MOST_TOGETHER) {
            for (rank, candidate) in one.candidates.iter().take(MOST_CANDIDATES).enumerate() {
                text.push_str(INDENT);
                let at = if rank == 0 { moment(one.began) } else { String::new() };
                self.pen.put(text, Ink::Dim, &at);
                text.push_str(&padding(&at, 21));
                let service = fit(&candidate.service, 24);
                self.pen.put(text, Ink::Cyan, &service);
                text.push_str(&padding(&service, 26));
                let room = self.width.saturating_sub(columns(INDENT) + 21 + 26);
                text.push_str(&fit(&candidate.reasons.join("; "), room.max(30)));
                text.push('\n');
            }
        }
    }

    fn section(&self, text: &mut String, ink: Ink, title: &str, remark: &str) {
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str(INDENT);
        self.pen.put(text, ink, title);
        self.pen.put(text, Ink::Dim, &format!("  {remark}"));
        text.push_str("\n\n");
    }

    fn layout(&self, found: &Findings<'_>) -> Layout {
        let times = times_of(found);
        let widest = |of: &dyn Fn(&Finding) -> usize| found.templates.iter().map(of).max().unwrap_or_default();
        let count = widest(&|finding| grouped(finding.count).len()).max(6);
        let name = widest(&|finding| finding.level.name().len().max(columns(&service(finding))));
        let series = widest(&|finding| columns(&span(finding, times))).max(CELLS);
        let numbers = INDENT.len() + count + 2 + name + 2 + series + 2;
        let room = self.width.saturating_sub(numbers);
        let beside = room >= LEAST_BESIDE;
        let text = if beside { room } else { self.width.saturating_sub(INDENT.len() + count + 2) };
        Layout { count, name, series, text, beside, times }
    }

    /// Two lines of three columns, or four lines where it is narrow.
    fn finding(&self, finding: &Finding, layout: &Layout, text: &mut String) {
        let pen = self.pen;
        let (count, share) = (grouped(finding.count), percent(finding.share));
        let level = if finding.level == Level::Unknown { "" } else { finding.level.name() };
        let (line, service) = (sparkline(&finding.series), service(finding));
        let span = span(finding, layout.times);
        let ink = Ink::of_level(finding.level);
        let spark = if finding.level >= Level::Warn { ink } else { Ink::Cyan };
        let example = fit(&finding.example, layout.text);
        let margin = " ".repeat(INDENT.len() + layout.count + 2);
        let right = |text: &str| " ".repeat(layout.count.saturating_sub(text.len()));

        text.push_str(INDENT);
        text.push_str(&right(&count));
        pen.put(text, Ink::Bold, &count);
        text.push_str("  ");
        pen.put(text, ink, level);
        text.push_str(&padding(level, layout.name + 2));
        pen.put(text, spark, &line);
        if layout.beside {
            text.push_str(&padding(&line, layout.series + 2));
            pen.put_template(text, &finding.template, layout.text);
        }
        end_line(text);

        text.push_str(INDENT);
        text.push_str(&right(&share));
        pen.put(text, Ink::Dim, &share);
        text.push_str("  ");
        pen.put(text, Ink::Dim, &service);
        text.push_str(&padding(&service, layout.name + 2));
        pen.put(text, Ink::Dim, &span);
        if layout.beside {
            text.push_str(&padding(&span, layout.series + 2));
        } else {
            end_line(text);
            text.push_str(&margin);
            pen.put_template(text, &finding.template, layout.text);
            end_line(text);
            text.push_str(&margin);
        }
        // An example that says nothing more than the template is no example.
        if finding.example != finding.template {
            pen.put(text, Ink::Dim, &example);
        }
        end_line(text);
        text.push('\n');
    }

    fn omitted(&self, found: &Findings<'_>, text: &mut String) {
        let omitted = &found.omitted;
        if omitted.templates == 0 {
            return;
        }
        text.push_str(INDENT);
        let sentence = format!(
            "and {} with {}; --top {} shows all",
            counted(omitted.templates, "more template"),
            counted(omitted.events, "event"),
            found.compression.templates
        );
        self.pen.put(text, Ink::Dim, &fit(&sentence, self.width.saturating_sub(INDENT.len())));
        text.push_str("\n\n");
    }

    /// How it was read, wrapped between the facts.
    fn foot(&self, found: &Findings<'_>, text: &mut String) {
        let input = &found.input;
        let mut facts = Vec::new();
        if let (Some(first), Some(last)) = (input.first_seen, input.last_seen) {
            let (first, last) = (moment(first), moment(last));
            let (day, clock) = last.split_at(DAY_LENGTH);
            facts.push(format!("{first} to {} UTC", if first.starts_with(day) { clock } else { &last }));
        }
        if input.events != input.lines {
            facts.push(format!(
                "{} events, {} of several lines",
                grouped(input.events),
                grouped(input.multi_line_events)
            ));
        }
        if input.events_of_other_services > 0 {
            facts.push(format!("{} of other services", grouped(input.events_of_other_services)));
        }
        let mut formats: Vec<(&String, &u64)> = input.formats.iter().filter(|(name, _)| *name != "raw").collect();
        formats.sort_by_key(|(_, count)| Reverse(**count));
        let names: Vec<&str> = formats.into_iter().map(|(name, _)| name.as_str()).collect();
        facts.push(if names.is_empty() { "no known format".to_owned() } else { names.join(", ") });
        if input.unparsed_share > 0.0 && !names.is_empty() {
            facts.push(format!("{} without header", percent(input.unparsed_share)));
        }
        if input.truncated_events > 0 {
            facts.push(format!("{} cut", grouped(input.truncated_events)));
        }
        facts.push(format!("{} lines/s", rounded(found.run.lines_per_second)));

        let mut line = String::new();
        for fact in facts {
            let joined = if line.is_empty() { fact.clone() } else { format!("{line}{MIDDLE_DOT}{fact}") };
            if columns(&joined) + INDENT.len() > self.width && !line.is_empty() {
                text.push_str(INDENT);
                self.pen.put(text, Ink::Dim, &line);
                text.push('\n');
                line = fact;
            } else {
                line = joined;
            }
        }
        text.push_str(INDENT);
        self.pen.put(text, Ink::Dim, &harmless(&line));
        text.push_str("\n\n");
    }
}

/// `1 event`, `2 events`
fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Blanks at the end of a line are of no use, and in the way of copying.
fn end_line(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// The service with most of the events, and that there are others.
fn service(finding: &Finding) -> String {
    match finding.services.as_slice() {
        [] => String::new(),
        [one] => fit_name(one, MOST_SERVICE),
        [first, others @ ..] => {
            let others = format!(" +{}", others.len());
            fit_name(first, MOST_SERVICE - others.len()) + &others
        }
    }
}

/// Of a dotted name the last parts say most.
fn fit_name(name: &str, width: usize) -> String {
    let mut name = name;
    while columns(name) > width
        && let Some((_, rest)) = name.split_once('.').filter(|(_, rest)| !rest.is_empty())
    {
        name = rest;
    }
    fit(name, width)
}

fn times_of(found: &Findings<'_>) -> Times {
    match (found.axis, found.input.first_seen, found.input.last_seen) {
        (Over::Time, Some(first), Some(last)) => {
            let day = |at: Timestamp| at.as_nanos().div_euclid(86_400 * NANOS_PER_SECOND);
            match last.since(first) / (86_400 * NANOS_PER_SECOND) {
                _ if day(first) == day(last) => Times::Clock,
                0..100 => Times::Day,
                _ => Times::Date,
            }
        }
        _ => Times::None,
    }
}

/// From the first to the last event.
fn span(finding: &Finding, times: Times) -> String {
    let show = |at: Timestamp| {
        let c = at.to_civil();
        match times {
            Times::None | Times::Clock => format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second),
            Times::Day => {
                let month = MONTHS.get(c.month as usize - 1).unwrap_or(&"");
                format!("{month} {:02} {:02}:{:02}", c.day, c.hour, c.minute)
            }
            Times::Date => format!("{:04}-{:02}-{:02}", c.year, c.month, c.day),
        }
    };
    let (first, last) = match (times, finding.first_seen, finding.last_seen) {
        (Times::None, ..) => (format!("line {}", grouped(finding.first_line)), grouped(finding.last_line)),
        (_, Some(first), Some(last)) => (show(first), show(last)),
        _ => return String::new(),
    };
    if first.ends_with(&last) { first } else { format!("{first} → {last}") }
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0%".to_owned(),
        share if share < 0.1 => "<0.1%".to_owned(),
        share if share > 99.9 && share < 100.0 => ">99.9%".to_owned(),
        share if share < 9.95 => format!("{share:.1}%"),
        share => format!("{share:.0}%"),
    }
}

/// Bytes with a unit whose name is `B` with a prefix.
fn rounded_bytes(bytes: u64) -> String {
    let text = rounded(bytes as f64);
    if text.contains(' ') { text } else { text + " " }
}
