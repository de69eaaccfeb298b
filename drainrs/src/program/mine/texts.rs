//! The texts of templates as they stand, without writing them anew for each line.

use super::Row;
use crate::{Change, ContentId, Miner, TemplateId};

/// What a template says now.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) content: ContentId,
    pub(super) text: String,
    /// For each parameter the classes seen in it. A class that is new there can turn `<NUM>` into `<*>` without a change
    /// that the miner would tell.
    classes: Vec<u64>,
}

/// The texts by template id, which count from 1 and are never reused.
#[derive(Debug, Default)]
pub(super) struct Texts {
    known: Vec<Option<Box<Known>>>,
    filled: usize,
    /// Whether to keep the texts of templates that were evicted.
    keep_all: bool,
}

/// Evicted templates are forgotten when there are so many more texts than templates.
const SPARE: usize = 4096;

impl Texts {
    /// Texts that outlive their templates.
    pub(super) fn of_all_time() -> Texts {
        Texts { keep_all: true, ..Texts::default() }
    }

    /// The text of a row's template after the row.
    pub(super) fn of_row(&mut self, row: &Row<'_>, miner: &Miner) -> Option<&Known> {
        let at = place(row.template);
        if self.known.len() <= at {
            self.known.resize_with(at + 1, || None);
        }
        let mut stale = row.change != Change::Unchanged;
        match &mut self.known[at] {
            Some(known) => {
                if known.classes.len() < row.parameters.len() {
                    known.classes.resize(row.parameters.len(), 0);
                }
                for (classes, parameter) in known.classes.iter_mut().zip(row.parameters) {
                    stale |= *classes & parameter.class.bit() == 0;
                    *classes |= parameter.class.bit();
                }
            }
            None => stale = true,
        }
        if stale {
            self.learn(row, miner);
        }
        self.known[at].as_deref()
    }

    /// The last text that a template was known by.
    pub(super) fn get(&self, template: TemplateId) -> Option<&Known> {
        self.known.get(place(template))?.as_deref()
    }

    fn learn(&mut self, row: &Row<'_>, miner: &Miner) {
        let Some(view) = miner.template(row.template) else { return };
        // After a change of the template its parameters are others.
        let classes = row.parameters.iter().map(|parameter| parameter.class.bit());
        let slot = &mut self.known[place(row.template)];
        if let Some(known) = slot {
            known.content = view.content_id;
            known.text = view.text;
            if row.change != Change::Unchanged {
                known.classes.clear();
                known.classes.extend(classes);
            }
        } else {
            let known = Known { content: view.content_id, text: view.text, classes: classes.collect() };
            *slot = Some(Box::new(known));
            self.filled += 1;
        }
        if !self.keep_all && self.filled > 2 * miner.len() + SPARE {
            self.forget_evicted(miner);
        }
    }

    fn forget_evicted(&mut self, miner: &Miner) {
        let mut alive = vec![false; self.known.len()];
        for template in miner.templates() {
            if let Some(alive) = alive.get_mut(place(template.id)) {
                *alive = true;
            }
        }
        for (known, alive) in self.known.iter_mut().zip(alive) {
            if !alive {
                *known = None;
            }
        }
        self.filled = miner.len();
    }
}

fn place(template: TemplateId) -> usize {
    usize::try_from(template.0).unwrap_or_default()
}
