//! What outlives a restart: labels, names, records, answers, feedback, and what was spent of the day.

use std::collections::BTreeMap;

use super::adopt::Ledger;
use super::asker::Asker;
use crate::error::{Error, ErrorKind};
use crate::id::{ContentId, TemplateId};
use crate::parse::CustomFormat;
use crate::pipeline::Pipeline;
use crate::prompt::DeskState;
use crate::wire::{Reader, Writer, open, seal};

/// The section of a snapshot.
const TAG: [u8; 4] = *b"ASKR";

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    ledger: Ledger,
    /// What the templates were that the ledger speaks of.
    contents: BTreeMap<TemplateId, ContentId>,
    desk: DeskState,
    formats: Vec<CustomFormat>,
}

impl Asker {
    /// What was learned from answers, to be kept beside the pipeline's own snapshot, taken at the same time. Tasks are not part of it,
    /// nor is the journal: a new one fills within a window.
    ///
    /// # Errors
    ///
    /// None that is known; what serde says is passed on as [`ErrorKind::Snapshot`].
    pub fn snapshot(&self, pipeline: &Pipeline) -> Result<Vec<u8>, Error> {
        let adopted = |format: &&CustomFormat| format.name.starts_with(super::adopt::FORMAT_PREFIX);
        let formats = pipeline.parser().formats().iter().filter(adopted).cloned().collect();
        let content = |id: TemplateId| Some((id, pipeline.miner().template(id)?.content_id));
        let contents = self.ledger.templates().filter_map(content).collect();
        let state = State { ledger: self.ledger.clone(), contents, desk: self.desk.state(), formats };
        let text = serde_json::to_vec(&state)
            .map_err(|cause| Error::new(ErrorKind::Snapshot, "snapshot", cause.to_string()))?;
        let mut to = Writer::new();
        to.bytes(&text);
        Ok(seal(&[(TAG, to.finish())]))
    }

    /// Goes on where a snapshot was taken, beside a pipeline that was restored from its own: formats that were adopted join its parser
    /// again, and those that this asker adopted since the snapshot leave it; labels and names of templates that it does not have, or that
    /// are others than they were, are forgotten.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Snapshot`] if the bytes are damaged or not such a snapshot; those of [`Pipeline::add_format`] if a format cannot join.
    /// Nothing is changed then.
    pub fn resume(&mut self, snapshot: &[u8], pipeline: &mut Pipeline) -> Result<(), Error> {
        let section = open(snapshot)?.find(TAG).ok_or_else(|| Reader::damaged("it has no answers in it"))?;
        let state: State = serde_json::from_slice(Reader::new(section).bytes()?)
            // What serde says quotes the document.
            .map_err(|cause| Reader::damaged(format!("its answers do not read from byte {} on", cause.column())))?;
        let mut added: Vec<&str> = Vec::new();
        for format in &state.formats {
            if pipeline.parser().formats().iter().any(|known| known.name == format.name) {
                continue;
            }
            if let Err(error) = pipeline.add_format(format) {
                for name in added {
                    pipeline.remove_format(name);
                }
                return Err(error);
            }
            added.push(&format.name);
        }
        // Formats that were adopted since have no record any more.
        for format in self.ledger.formats() {
            if !state.formats.contains(format) {
                pipeline.remove_format(&format.name);
            }
        }
        self.ledger = state.ledger;
        let miner = pipeline.miner();
        let is_same = |id| miner.template(id).is_some_and(|view| state.contents.get(&id) == Some(&view.content_id));
        self.ledger.retain(is_same);
        self.desk.resume(state.desk);
        Ok(())
    }
}
