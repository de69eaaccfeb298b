//! Drain3's own results, key for key, for users who compare before they migrate.

use std::io::Write;

use super::texts::Texts;
use super::{Row, Sink};
use crate::program::failure::Failure;
use crate::program::output::json_text;
use crate::{Change, Miner, SearchStrategy};

/// What `add_log_message` returns, an object per line.
pub(super) struct Results {
    out: Box<dyn Write>,
    texts: Texts,
}

impl Results {
    pub(super) fn new(out: Box<dyn Write>) -> Results {
        Results { out, texts: Texts::default() }
    }
}

impl Sink for Results {
    fn wants_parameters(&self) -> bool {
        false
    }

    fn row(&mut self, row: &Row<'_>, miner: &mut Miner) -> Result<(), Failure> {
        let change = match row.change {
            Change::Unchanged => "none",
            Change::Created => "cluster_created",
            Change::Widened => "cluster_template_changed",
        };
        let Some(known) = self.texts.of_row(row, miner) else { return Ok(()) };
        let out = &mut self.out;
        write!(
            out,
            "{{\"change_type\":\"{change}\",\"cluster_id\":{},\"cluster_size\":{},\"template_mined\":",
            row.template, row.size
        )?;
        json_text(out, known.text.as_bytes())?;
        writeln!(out, ",\"cluster_count\":{}}}", miner.len())?;
        Ok(())
    }

    fn finish(&mut self, _: &mut Miner) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

/// The lines, kept to be matched when all of them were mined.
#[derive(Debug, Default)]
pub(super) struct Matching {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Matching {
    pub(super) fn keep(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
    }

    /// `{"match":[1,1,null]}`: the strategies never, fallback and always.
    pub(super) fn write(&self, miner: &Miner, out: &mut impl Write) -> Result<(), Failure> {
        let mut start = 0;
        for &end in &self.ends {
            let line = &self.bytes[start..end];
            start = end;
            let strategies = [SearchStrategy::Never, SearchStrategy::Fallback, SearchStrategy::Always];
            for (nth, strategy) in strategies.into_iter().enumerate() {
                out.write_all(if nth == 0 { b"{\"match\":[" } else { b"," })?;
                match miner.match_as_drain3(line, strategy) {
                    Some(template) => write!(out, "{template}")?,
                    None => out.write_all(b"null")?,
                }
            }
            out.write_all(b"]}\n")?;
        }
        Ok(out.flush()?)
    }
}
