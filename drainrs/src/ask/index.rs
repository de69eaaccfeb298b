//! What is remembered, as rows for the host's store.

use super::asker::Asker;
use crate::index::IndexRow;
use crate::pipeline::Pipeline;
use crate::redact::Redaction;

impl Asker {
    /// A row for each template of the pipeline that was seen: service, times, hits, level, labels, names of parameters, examples,
    /// and with `vectors` the built-in vector of its text. In the order of template numbers. `redacted` puts texts, examples
    /// and labels through the redactor, all with one numbering; vectors are made of what is left.
    pub fn index_rows(&self, pipeline: &Pipeline, redacted: bool, vectors: bool) -> Vec<IndexRow> {
        let mut redaction = Redaction::default();
        let mut text_of = |bytes: &[u8]| {
            if redacted { redaction.redact(&self.redactor, bytes) } else { String::from_utf8_lossy(bytes).into_owned() }
        };
        let mut rows = Vec::new();
        for (id, known) in &self.journal.templates {
            let Some(view) = pipeline.miner().template(*id) else { continue };
            // The rows of a host that keeps them as they are have the texts as they are.
            let text = if redacted { self.text_of(*id, pipeline.miner()) } else { view.text.clone() };
            let text = text_of(text.as_bytes());
            let vector = vectors.then(|| self.vectoriser.vector(&text));
            let mut row = IndexRow::new(text_of(&known.service), view.content_id, text);
            row.template_id = Some(*id);
            row.first_seen = known.first_seen;
            row.last_seen = known.last_seen;
            row.hits = known.total;
            row.severity = view.level;
            // Labels came back with the values in place of their placeholders.
            let labels = self.label(*id).into_iter().flatten();
            row.labels = labels
                .map(|(name, value)| {
                    let hidden = redacted.then(|| self.ledger.without_values(*id, value));
                    (name.clone(), text_of(hidden.as_ref().unwrap_or(value).as_bytes()))
                })
                .collect();
            for (nth, name) in self.parameter_names(*id).unwrap_or_default().iter().enumerate() {
                if let Some(name) = name {
                    row.labels.insert(format!("parameter.{}", nth + 1), name.name.clone());
                }
            }
            row.examples = known.examples.iter().map(|example| text_of(&self.example(example))).collect();
            row.vector = vector;
            rows.push(row);
        }
        rows
    }
}
