//! The texts of a subject, one by one: redacting, cutting and withholding need not know the kinds of subjects.

use std::collections::BTreeSet;

use super::data::{Entry, Shown, WITHHELD, clean, line_of, shorten};
use super::entries;
use super::subject::{Notice, Place, ShownLine, ShownTemplate, Subject};
use crate::flow::ScoreKind;

/// The most bytes of a name (of a service, a kind, a class), and of a reason.
const MAX_NAME: usize = 80;
const MAX_REASON: usize = 300;
/// The fewest bytes for a value where several share the room of one text.
const MIN_VALUE: usize = 40;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A name that stands among our own words.
    Name,
    /// A sentence that stands among our own words.
    Reason,
    /// Log text.
    Text,
    /// One of so many that share the room of a text.
    Share(usize),
}

/// A text, and what of the subject it belongs to.
struct Piece<'a> {
    shows: Shown,
    role: Role,
    text: &'a mut String,
}

impl Subject {
    /// Puts every text that will be sent through `scrub`, in the order in which they are shown.
    pub fn scrub(&mut self, scrub: &mut dyn FnMut(&str) -> String) {
        for piece in self.pieces() {
            *piece.text = scrub(piece.text);
        }
    }

    /// Brings every text into the form in which it is sent: nothing in it hides or steers, none is too long, and names look like
    /// no entry of their own. Gives the number of log texts that were cut; the cuts say so themselves.
    pub(super) fn fit(&mut self, max_text_bytes: usize) -> usize {
        let mut long = 0;
        for piece in self.pieces() {
            let mut text = clean(piece.text).into_owned();
            let most = match piece.role {
                Role::Name => MAX_NAME,
                Role::Reason => MAX_REASON,
                Role::Text => max_text_bytes,
                Role::Share(of) => (max_text_bytes / of.max(1)).max(MIN_VALUE),
            };
            if matches!(piece.role, Role::Name | Role::Reason) {
                // The sign behind which log text begins.
                text = text.replace('|', "\\u{7c}");
            }
            let (text, left_out) = shorten(&text, most);
            long += usize::from(left_out > 0 && matches!(piece.role, Role::Text | Role::Share(_)));
            *piece.text = text;
        }
        long
    }

    /// Takes out the texts of entries that are secret as they would be written, though no text by itself is. Gives their number.
    pub(super) fn withhold(&mut self, is_secret: &dyn Fn(&str) -> bool) -> usize {
        let looks_secret = |entry: &Entry| {
            let line = line_of(entry);
            // The sign between head and text may keep apart what belongs together.
            is_secret(&line) || is_secret(&format!("{} {}", entry.head, entry.text))
        };
        let secret: BTreeSet<Shown> =
            entries::of(self).iter().filter(|entry| looks_secret(entry)).filter_map(|entry| entry.shows).collect();
        if secret.is_empty() {
            return 0;
        }
        for piece in self.pieces().into_iter().filter(|piece| secret.contains(&piece.shows)) {
            match piece.role {
                Role::Text => WITHHELD.clone_into(piece.text),
                Role::Name | Role::Reason | Role::Share(_) => piece.text.clear(),
            }
        }
        secret.len()
    }

    fn pieces(&mut self) -> Vec<Piece<'_>> {
        let mut all = Vec::new();
        match self {
            Subject::Window { shown, notices, .. } => {
                notices.iter_mut().enumerate().for_each(|(nth, notice)| notice.pieces(nth, &mut all));
                shown.iter_mut().enumerate().for_each(|(nth, template)| template.pieces(nth, &mut all));
            }
            Subject::Templates { shown } => {
                shown.iter_mut().enumerate().for_each(|(nth, template)| template.pieces(nth, &mut all));
            }
            Subject::Anomaly { notice, line, context, normal } => {
                notice.pieces(0, &mut all);
                line.iter_mut().for_each(|line| line.pieces(Shown::Own, &mut all));
                context.iter_mut().enumerate().for_each(|(nth, line)| line.pieces(Shown::Line(nth), &mut all));
                normal.iter_mut().enumerate().for_each(|(nth, template)| template.pieces(nth, &mut all));
            }
            Subject::Cause { steps, candidates, depends, .. } => {
                steps.iter_mut().enumerate().for_each(|(nth, step)| step.pieces(nth, &mut all));
                for (nth, text) in candidates.iter_mut().enumerate() {
                    all.push(Piece { shows: Shown::Candidate(nth), role: Role::Text, text });
                }
                for (nth, (service, on)) in depends.iter_mut().enumerate() {
                    for text in std::iter::once(service).chain(on) {
                        all.push(Piece { shows: Shown::Dependency(nth), role: Role::Name, text });
                    }
                }
            }
            Subject::Batch { lines } | Subject::Header { lines, .. } => {
                lines.iter_mut().enumerate().for_each(|(nth, line)| line.pieces(Shown::Line(nth), &mut all));
            }
            Subject::Parameters { shown, places } => {
                shown.pieces(0, &mut all);
                places.iter_mut().enumerate().for_each(|(nth, place)| place.pieces(nth, &mut all));
            }
        }
        all
    }
}

impl ShownTemplate {
    fn pieces<'a>(&'a mut self, nth: usize, all: &mut Vec<Piece<'a>>) {
        let shows = Shown::Template(nth);
        all.push(Piece { shows, role: Role::Name, text: &mut self.service });
        all.push(Piece { shows, role: Role::Text, text: &mut self.text });
        all.push(Piece { shows, role: Role::Reason, text: &mut self.reason });
        for (example, text) in self.examples.iter_mut().enumerate() {
            all.push(Piece { shows: Shown::Example(nth, example), role: Role::Text, text });
        }
    }
}

impl ShownLine {
    fn pieces<'a>(&'a mut self, shows: Shown, all: &mut Vec<Piece<'a>>) {
        all.push(Piece { shows, role: Role::Name, text: &mut self.service });
        all.push(Piece { shows, role: Role::Text, text: &mut self.text });
    }
}

impl Notice {
    fn pieces<'a>(&'a mut self, nth: usize, all: &mut Vec<Piece<'a>>) {
        let shows = Shown::Notice(nth);
        // A scorer of the host's own has a name of its own.
        if let ScoreKind::Other(name) = &mut self.kind {
            all.push(Piece { shows, role: Role::Name, text: name.to_mut() });
        }
        all.push(Piece { shows, role: Role::Name, text: &mut self.service });
        all.push(Piece { shows, role: Role::Reason, text: &mut self.reason });
        all.push(Piece { shows, role: Role::Text, text: &mut self.text });
    }
}

impl Place {
    fn pieces<'a>(&'a mut self, nth: usize, all: &mut Vec<Piece<'a>>) {
        let shows = Shown::Place(nth);
        all.push(Piece { shows, role: Role::Name, text: &mut self.class });
        let of = self.values.len();
        for text in &mut self.values {
            all.push(Piece { shows, role: Role::Share(of), text });
        }
    }
}
