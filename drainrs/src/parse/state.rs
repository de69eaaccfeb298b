//! What a snapshot holds of a parser: the formats that came and went since it was built, what was found out about the stream,
//! and the counters.
//!
//! Formats are written by name: a restored parser may have others, because the host's settings changed or the library learned
//! more of them. Then what is known of both is kept.

use super::config::CustomFormat;
use super::detect::Finding;
use super::parser::{ParseCounters, Parser};
use super::structured::W3c;
use crate::error::Error;
use crate::wire::{Reader, State, Writer, state};

state! {
    CustomFormat { name, pattern, needs_time }
    ParseCounters { exact, generic, raw, redetections }
}

impl Parser {
    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.given.write(to);
        self.formats().to_vec().write(to);
        self.names().collect::<Vec<_>>().write(to);
        self.finding().write(to);
        self.w3c().write(to);
        self.own_counters().write(to);
    }

    /// Goes on where the state was written. What the settings pin is not found out anew.
    pub(crate) fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let given: Vec<CustomFormat> = State::read(from)?;
        let current: Vec<CustomFormat> = State::read(from)?;
        let names: Vec<String> = State::read(from)?;
        let finding: Finding = State::read(from)?;
        let w3c: W3c = State::read(from)?;
        let counters: ParseCounters = State::read(from)?;
        let formats = if given == self.given {
            current
        } else {
            // The host's own are others now: those that were added since then still stand behind them.
            let added = current.into_iter().filter(|format| !given.contains(format));
            let known = |format: &CustomFormat| self.given.iter().any(|own| own.name == format.name);
            self.given.iter().cloned().chain(added.filter(|format| !known(format))).collect()
        };
        self.set_formats(formats)?;
        let rows: Vec<Option<usize>> = names.iter().map(|name| self.names().position(|own| own == *name)).collect();
        self.resume(&finding.in_rows(&rows), w3c, counters);
        Ok(())
    }
}
