//! The two files that the benchmarks of the field read: every line with its final template, and the templates.
//!
//! Final means: a line whose template widened later shows the wide one, and a line whose template was united with another
//! shows that one. Hence the messages are kept until the end. A template that was evicted keeps the last text known.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::texts::Texts;
use super::{Row, Sink, create};
use crate::program::failure::Failure;
use crate::program::output::{csv_text, python_text};
use crate::{Change, Lineage, Miner, TemplateId, Tokens};

pub(super) struct Logparser {
    structured: PathBuf,
    templates: PathBuf,
    texts: Texts,
    contents: Vec<u8>,
    lines: Vec<Line>,
    /// Templates that were united with others, and with which.
    united: Vec<(TemplateId, TemplateId)>,
}

struct Line {
    number: u64,
    /// The end of its message in `contents`.
    end: usize,
    template: TemplateId,
}

impl Logparser {
    pub(super) fn new(folder: &Path, name: &str) -> Logparser {
        Logparser {
            structured: folder.join(format!("{name}_structured.csv")),
            templates: folder.join(format!("{name}_templates.csv")),
            texts: Texts::of_all_time(),
            contents: Vec::new(),
            lines: Vec::new(),
            united: Vec::new(),
        }
    }

    fn note_lineage(&mut self, miner: &mut Miner) {
        while let Some(entry) = miner.poll_lineage() {
            if let Lineage::MergedInto { template, into, .. } = entry {
                self.united.push((template, into));
            }
        }
    }

    /// For each template id where its lines are at the end.
    fn survivors(&self) -> Vec<TemplateId> {
        let of_lines = self.lines.iter().map(|line| line.template.0);
        let most = of_lines.chain(self.united.iter().map(|(_, into)| into.0)).max().unwrap_or_default();
        let mut survivors: Vec<TemplateId> = (0..=most).map(TemplateId).collect();
        // Backwards: where the other went later is known already.
        for &(gone, into) in self.united.iter().rev() {
            let end = survivors.get(place(into)).copied().unwrap_or(into);
            if let Some(survivor) = survivors.get_mut(place(gone)) {
                *survivor = end;
            }
        }
        survivors
    }
}

fn place(template: TemplateId) -> usize {
    usize::try_from(template.0).unwrap_or_default()
}

/// What is written of a template.
#[derive(Default)]
struct Final {
    text: String,
    occurrences: u64,
}

impl Sink for Logparser {
    fn wants_parameters(&self) -> bool {
        true
    }

    fn row(&mut self, row: &Row<'_>, miner: &mut Miner) -> Result<(), Failure> {
        self.texts.of_row(row, miner);
        if row.change == Change::Widened {
            self.note_lineage(miner);
        }
        self.contents.extend_from_slice(row.content);
        self.lines.push(Line { number: row.line, end: self.contents.len(), template: row.template });
        Ok(())
    }

    fn finish(&mut self, miner: &mut Miner) -> Result<(), Failure> {
        self.note_lineage(miner);
        let survivors = self.survivors();
        let mut finals: Vec<Final> = Vec::new();
        finals.resize_with(survivors.len(), Final::default);
        let mut order = Vec::new();
        for line in &self.lines {
            let id = survivors[place(line.template)];
            let known = &mut finals[place(id)];
            if known.occurrences == 0 {
                order.push(id);
                known.text = match miner.template(id) {
                    Some(view) => view.text,
                    None => self.texts.get(id).map(|known| known.text.clone()).unwrap_or_default(),
                };
            }
            known.occurrences += 1;
        }

        let mut out = create(&self.structured)?;
        out.write_all(b"LineId,Content,EventId,EventTemplate,ParameterList\n")?;
        let (mut tokens, mut list) = (Tokens::new(), String::new());
        let mut start = 0;
        for line in &self.lines {
            let content = &self.contents[start..line.end];
            start = line.end;
            let id = survivors[place(line.template)];
            write!(out, "{},", line.number)?;
            csv_text(&mut out, content)?;
            write!(out, ",E{id},")?;
            csv_text(&mut out, finals[place(id)].text.as_bytes())?;
            out.write_all(b",")?;
            list.clear();
            write_values(miner, id, content, &mut tokens, &mut list);
            csv_text(&mut out, list.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.flush()?;

        let mut out = create(&self.templates)?;
        out.write_all(b"EventId,EventTemplate,Occurrences\n")?;
        for id in order {
            let Final { text, occurrences } = &finals[place(id)];
            write!(out, "E{id},")?;
            csv_text(&mut out, text.as_bytes())?;
            writeln!(out, ",{occurrences}")?;
        }
        Ok(out.flush()?)
    }
}

/// The values of a line as a Python list. Empty where the line's template is gone, or where another template, narrower and
/// younger, fits the line today.
fn write_values(miner: &Miner, id: TemplateId, content: &[u8], tokens: &mut Tokens, list: &mut String) {
    list.push('[');
    if let Some(hit) = miner.find_with(content, tokens).filter(|hit| hit.template == id) {
        for (nth, parameter) in hit.parameters().enumerate() {
            if nth > 0 {
                list.push_str(", ");
            }
            python_text(&String::from_utf8_lossy(parameter.span.of(content)), list);
        }
    }
    list.push(']');
}
