//! What a subject shows, entry by entry: its words, its order, and what goes first when there is no room.

use std::collections::BTreeSet;

use super::data::{Entry, Shown};
use super::subject::{Notice, Place, ShownLine, ShownTemplate, Subject};
use crate::flow::Level;
use crate::time::Timestamp;

/// Ranks: what is smaller is kept first. Examples come after all templates, the second ones after all first ones.
const FIRST: u32 = 0;
const NOTICES: u32 = 1_000;
const ITEMS: u32 = 10_000;
const EXAMPLES: u32 = 100_000;
/// Of what moved together the first few are worth more than who may have been first.
const FIRST_MOVEMENTS: usize = 5;
const CANDIDATES: u32 = 100;

/// The entries of a subject.
pub(super) fn of(subject: &Subject) -> Vec<Entry> {
    let mut list = List::default();
    match subject {
        Subject::Window { span, events, templates, shown, notices } => {
            let times = span.map(|(from, to)| format!(", {from} to {to}")).unwrap_or_default();
            list.say(format!("{events} events of {templates} templates{times}"));
            // What was noticed first may explain the rest: neither the first nor the most urgent is lost.
            let mut urgent: Vec<(usize, &Notice)> = notices.iter().enumerate().collect();
            urgent.sort_by_key(|(at, notice)| (std::cmp::Reverse(notice.priority), *at));
            let mut ranks: Vec<(usize, usize)> = urgent.iter().map(|(at, _)| *at).enumerate().collect();
            ranks.sort_by_key(|&(_, at)| at);
            for ((nth, notice), (place, _)) in notices.iter().enumerate().zip(ranks) {
                let rank = if nth == 0 { FIRST } else { NOTICES + place as u32 };
                list.notice('n', nth, notice, rank, "notices");
            }
            list.templates(shown, 't');
            // The first one may be the early cause: a summary without it is none.
            if let Some(first) = list.entries.iter_mut().find(|entry| entry.shows == Some(Shown::Template(0))) {
                (first.rank, first.must) = (FIRST, true);
            }
        }
        Subject::Templates { shown } => list.templates(shown, 't'),
        Subject::Anomaly { notice, line, context, normal } => {
            list.notice('n', 0, notice, FIRST, "");
            list.must();
            if let Some(line) = line {
                list.line('a', Shown::Own, 0, line, FIRST, "");
                list.must();
            }
            for (nth, line) in context.iter().enumerate() {
                // The line right before is worth most.
                let rank = NOTICES + (context.len() - nth) as u32;
                list.line('c', Shown::Line(nth), nth, line, rank, "lines of context");
            }
            for (nth, template) in normal.iter().enumerate() {
                list.template('u', nth, template, ITEMS + nth as u32, "usual templates");
            }
        }
        Subject::Cause { span, steps, candidates, depends } => {
            list.say(format!("{} movements, {} to {}", steps.len(), span.0, span.1));
            for (nth, (service, on)) in depends.iter().enumerate() {
                list.add(Entry {
                    id: format!("d{}", nth + 1),
                    head: "depends".to_owned(),
                    text: format!("{service} -> {}", on.join(", ")),
                    own: usize::MAX,
                    rank: ITEMS,
                    noun: "dependencies",
                    shows: Some(Shown::Dependency(nth)),
                    ..Entry::default()
                });
            }
            for (nth, candidate) in candidates.iter().enumerate() {
                list.add(Entry {
                    id: format!("f{}", nth + 1),
                    head: "may be first".to_owned(),
                    text: candidate.clone(),
                    own: usize::MAX,
                    rank: CANDIDATES,
                    noun: "candidates",
                    shows: Some(Shown::Candidate(nth)),
                    ..Entry::default()
                });
            }
            for (nth, step) in steps.iter().enumerate() {
                // In the order of time, so that the early ones stay.
                let rank = if nth < FIRST_MOVEMENTS { nth as u32 } else { NOTICES + nth as u32 };
                list.notice('m', nth, step, rank, "movements");
                if nth == 0 {
                    list.must();
                }
            }
        }
        Subject::Batch { lines } => {
            let times = lines.iter().filter_map(|line| line.at);
            let span = times.clone().min().zip(times.max());
            let span = span.map(|(from, to)| format!(", {} to {}", moment(from), moment(to))).unwrap_or_default();
            list.say(format!("{} lines{span}", lines.len()));
            // From severe to harmless where there is no room for all; in the order of time where there is.
            for (nth, line) in lines.iter().enumerate() {
                let severity = (Level::Fatal as u32) - (line.level as u32);
                list.line('e', Shown::Line(nth), nth, line, severity * ITEMS + nth as u32, "lines");
            }
        }
        Subject::Header { lines, .. } => {
            for (nth, line) in lines.iter().enumerate() {
                list.add(Entry {
                    id: format!("e{}", nth + 1),
                    text: line.text.clone(),
                    line: line.number,
                    rank: nth as u32,
                    noun: "lines",
                    shows: Some(Shown::Line(nth)),
                    ..Entry::default()
                });
            }
        }
        Subject::Parameters { shown, places } => {
            list.template('t', 0, shown, FIRST, "");
            list.must();
            for (nth, place) in places.iter().enumerate() {
                list.place(nth, place);
            }
        }
    }
    list.entries
}

/// Takes out of a subject what was not kept: what stays is what is sent.
pub(super) fn forget(subject: &mut Subject, entries: &[Entry], kept: &[bool]) {
    let shown: BTreeSet<Shown> =
        entries.iter().zip(kept).filter(|(_, kept)| **kept).filter_map(|(entry, _)| entry.shows).collect();
    let is_shown = |part: Shown| shown.contains(&part);
    match subject {
        Subject::Window { shown, notices, .. } => {
            only(notices, |nth| is_shown(Shown::Notice(nth)));
            forget_templates(shown, &is_shown);
        }
        Subject::Templates { shown } => forget_templates(shown, &is_shown),
        Subject::Anomaly { context, normal, .. } => {
            only(context, |nth| is_shown(Shown::Line(nth)));
            forget_templates(normal, &is_shown);
        }
        Subject::Cause { steps, candidates, depends, .. } => {
            only(steps, |nth| is_shown(Shown::Notice(nth)));
            only(candidates, |nth| is_shown(Shown::Candidate(nth)));
            only(depends, |nth| is_shown(Shown::Dependency(nth)));
        }
        Subject::Batch { lines } | Subject::Header { lines, .. } => only(lines, |nth| is_shown(Shown::Line(nth))),
        Subject::Parameters { shown, .. } => forget_examples(std::slice::from_mut(shown), &is_shown),
    }
}

/// Keeps the items whose place is wanted.
fn only<T>(list: &mut Vec<T>, wanted: impl Fn(usize) -> bool) {
    let mut places = 0..;
    list.retain(|_| places.next().is_some_and(&wanted));
}

fn forget_templates(list: &mut Vec<ShownTemplate>, is_shown: &dyn Fn(Shown) -> bool) {
    forget_examples(list, is_shown);
    only(list, |nth| is_shown(Shown::Template(nth)));
}

fn forget_examples(list: &mut [ShownTemplate], is_shown: &dyn Fn(Shown) -> bool) {
    for (nth, template) in list.iter_mut().enumerate() {
        only(&mut template.examples, |example| is_shown(Shown::Example(nth, example)));
    }
}

#[derive(Default)]
struct List {
    entries: Vec<Entry>,
    examples: usize,
}

impl List {
    fn add(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    /// The last entry that is no example must not be left out.
    fn must(&mut self) {
        let last = self.entries.iter_mut().rfind(|entry| entry.parent.is_none());
        if let Some(entry) = last {
            entry.must = true;
        }
    }

    /// A line about the whole.
    fn say(&mut self, head: String) {
        self.add(Entry { head, rank: FIRST, must: true, ..Entry::default() });
    }

    fn notice(&mut self, letter: char, nth: usize, notice: &Notice, rank: u32, noun: &'static str) {
        let mut head = format!("{} {}, {}", moment(notice.at), notice.kind.name(), notice.priority.name());
        if !notice.service.is_empty() {
            head.extend([", ", &notice.service]);
        }
        let joint = if notice.reason.is_empty() || notice.text.is_empty() { "" } else { ": " };
        let text = [notice.reason.as_str(), joint, notice.text.as_str()].concat();
        let own = notice.reason.len() + joint.len();
        let (id, shows) = (format!("{letter}{}", nth + 1), Some(Shown::Notice(nth)));
        self.add(Entry { id, head, text, own, template: notice.template, rank, noun, shows, ..Entry::default() });
    }

    fn line(&mut self, letter: char, shows: Shown, nth: usize, line: &ShownLine, rank: u32, noun: &'static str) {
        let mut head: Vec<String> = Vec::new();
        head.extend(line.at.map(moment));
        if line.level != Level::Unknown {
            head.push(line.level.name().to_owned());
        }
        if !line.service.is_empty() {
            head.push(line.service.clone());
        }
        let (id, text, head) = (format!("{letter}{}", nth + 1), line.text.clone(), head.join(" "));
        let shows = Some(shows);
        self.add(Entry { id, head, text, line: line.number, rank, noun, shows, ..Entry::default() });
    }

    fn templates(&mut self, shown: &[ShownTemplate], letter: char) {
        for (nth, template) in shown.iter().enumerate() {
            self.template(letter, nth, template, ITEMS + nth as u32, "templates");
        }
    }

    /// A template, and its examples below it.
    fn template(&mut self, letter: char, nth: usize, template: &ShownTemplate, rank: u32, noun: &'static str) {
        let mut head: Vec<String> = Vec::new();
        if template.level != Level::Unknown {
            head.push(template.level.name().to_owned());
        }
        if !template.service.is_empty() {
            head.push(template.service.clone());
        }
        let usual = template.usual.map(|usual| format!(" (usual {})", rounded(usual))).unwrap_or_default();
        head.push(format!("{}{usual} events", template.count));
        if template.is_new {
            head.push("new".to_owned());
        }
        if let Some(at) = template.first_seen {
            let last = template.last_seen.filter(|last| *last != at).map(|last| format!(" to {}", moment(last)));
            head.push(format!("{}{}", moment(at), last.unwrap_or_default()));
        }
        if !template.reason.is_empty() {
            head.push(template.reason.clone());
        }
        let place = self.add(Entry {
            id: format!("{letter}{}", nth + 1),
            head: head.join(", "),
            text: template.text.clone(),
            template: Some(template.template),
            line: template.first_line,
            rank,
            noun,
            shows: Some(Shown::Template(nth)),
            ..Entry::default()
        });
        for (example, text) in template.examples.iter().enumerate() {
            self.examples += 1;
            self.add(Entry {
                id: format!("e{}", self.examples),
                head: "example".to_owned(),
                text: text.clone(),
                template: Some(template.template),
                rank: EXAMPLES * (example as u32 + 1) + rank,
                parent: Some(place),
                noun: "examples",
                shows: Some(Shown::Example(nth, example)),
                ..Entry::default()
            });
        }
    }

    fn place(&mut self, nth: usize, place: &Place) {
        let entry = Entry {
            id: format!("p{}", nth + 1),
            head: format!("<{}>", place.class),
            text: place.values.join(" , "),
            rank: FIRST,
            must: true,
            shows: Some(Shown::Place(nth)),
            ..Entry::default()
        };
        self.add(entry);
    }
}

/// A time without the fraction of its second: it is for reading.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

fn rounded(number: f64) -> String {
    if number >= 10.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}
