//! The templates and parameters of many lines, brought up to what the miner knows at the end of a batch.
//!
//! A template that widens on the way gets another place for a value, and one that is united with another is gone: rows that
//! came before name values and templates that do not fit the table of templates any more. Where the caller wants rows that
//! do, their templates are followed, and the lines of templates that widened are looked up once more.

use std::collections::BTreeMap;

use drainrs::{Hit, Miner, TemplateId, Tokens};

use crate::table::{Column, Texts, Values};

/// The parameters of lines, one after the other.
#[derive(Debug)]
pub(crate) struct Parameters {
    ends: Vec<i64>,
    values: Texts,
    classes: Vec<i32>,
    /// The lines themselves, to look them up again; only where that may be wanted.
    lines: Option<(Vec<u8>, Vec<usize>)>,
}

impl Parameters {
    pub(crate) fn new(keep_lines: bool) -> Parameters {
        let lines = keep_lines.then(|| (Vec::new(), vec![0]));
        Parameters { ends: vec![0], values: Texts::default(), classes: Vec::new(), lines }
    }

    /// Appends those of a line; none for a row without a hit.
    pub(crate) fn push(&mut self, hit: Option<&Hit<'_>>, line: &[u8]) {
        self.push_values(hit, line);
        if let Some((lines, ends)) = &mut self.lines {
            lines.extend_from_slice(line);
            ends.push(lines.len());
        }
    }

    fn push_values(&mut self, hit: Option<&Hit<'_>>, line: &[u8]) {
        for parameter in hit.into_iter().flat_map(Hit::parameters) {
            self.values.push(parameter.span.of(line));
            self.classes.push(i32::from(parameter.class.index()));
        }
        self.ends.push(self.values.len() as i64);
    }

    /// The same, with the rows that are out of date looked up in the miner as it stands now.
    pub(crate) fn refreshed(self, miner: &Miner, rows: &[bool], templates: &[u64]) -> Parameters {
        let Some((lines, line_ends)) = &self.lines else { return self };
        if !rows.contains(&true) {
            return self;
        }
        let mut fresh = Parameters::new(false);
        let mut tokens = Tokens::new();
        for (row, stale) in rows.iter().enumerate() {
            let line = &lines[line_ends[row]..line_ends[row + 1]];
            let hit = stale.then(|| miner.find_with(line, &mut tokens)).flatten();
            if let Some(hit) = hit.filter(|hit| hit.template.0 == templates[row]) {
                fresh.push_values(Some(&hit), line);
                continue;
            }
            for at in self.ends[row] as usize..self.ends[row + 1] as usize {
                fresh.values.push(self.values.get(at).as_bytes());
                fresh.classes.push(self.classes[at]);
            }
            fresh.ends.push(fresh.values.len() as i64);
        }
        fresh
    }

    pub(crate) fn columns(self, words: &[String]) -> [Column; 2] {
        [
            Column::new("values", Values::TextLists(self.ends.clone(), self.values)),
            Column::new("classes", Values::WordLists(self.ends, self.classes, words.iter().collect())),
        ]
    }
}

/// Templates that were united on the way: the one that is gone, and the one that has its lines.
#[derive(Debug, Default)]
pub(crate) struct Merges(BTreeMap<u64, u64>);

impl Merges {
    pub(crate) fn take(&mut self, merged: &[(TemplateId, TemplateId)]) {
        self.0.extend(merged.iter().map(|(gone, into)| (gone.0, into.0)));
    }

    /// Gives rows the templates that have their lines now. Says which rows are of templates that widened after them.
    pub(crate) fn follow(&self, templates: &mut [u64], changes: &[i32]) -> Vec<bool> {
        for template in templates.iter_mut() {
            while let Some(into) = self.0.get(template) {
                *template = *into;
            }
        }
        let mut widened: BTreeMap<u64, usize> = BTreeMap::new();
        for (row, change) in changes.iter().enumerate() {
            if *change == drainrs::Change::Widened as i32 {
                widened.insert(templates[row], row);
            }
        }
        let is_stale = |(row, template): (usize, &u64)| widened.get(template).is_some_and(|last| row < *last);
        templates.iter().enumerate().map(is_stale).collect()
    }
}
