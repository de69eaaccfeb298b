//! Snapshots of a pipeline: the state of every stage, the event that is held back included.

use super::config::PipelineConfig;
use super::machine::{Pipeline, PipelineCounters};
use super::watch::Watch;
use crate::error::Error;
use crate::join::Joiner;
use crate::miner::{Miner, OnOtherSettings};
use crate::wire::{self, Reader, Writer};

/// The counters, and the second that the filter counts.
const PIPELINE: [u8; 4] = *b"PIPE";
/// The event that is held back.
const JOIN: [u8; 4] = *b"JOIN";
/// What was found out about the stream's formats.
const PARSE: [u8; 4] = *b"PARS";

impl Pipeline {
    /// A pipeline that goes on where a snapshot was taken, in the middle of an event if need be: it gives what a pipeline that
    /// never stopped gives. Formats that were added by [`Pipeline::add_format`] are there again. A [`Miner::snapshot`] will
    /// do, too: its lines count as single events.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::build`] and of [`Miner::restore`].
    pub fn restore(snapshot: &[u8], config: &PipelineConfig, on_other: OnOtherSettings) -> Result<Pipeline, Error> {
        let mut pipeline = Pipeline::build(config)?;
        let sections = wire::open(snapshot)?;
        let mining = &mut pipeline.stages.mining;
        mining.miner = Miner::restore(snapshot, &config.miner(), on_other)?;
        match sections.find(PIPELINE) {
            Some(section) => {
                let mut from = Reader::new(section);
                mining.counters = read_counters(&mut from)?;
                // The first snapshots of version 1 end here, and have none of the sections below.
                if !from.is_empty() {
                    mining.filter.read(&mut from)?;
                }
            }
            None => {
                let seen = mining.miner.stats().counters.seen;
                mining.counters = PipelineCounters { lines: seen, events: seen, ..PipelineCounters::default() };
            }
        }
        mining.watch = Watch::restore(snapshot, config, on_other, mining.miner.placeholders())?;
        if let Some(section) = sections.find(JOIN) {
            pipeline.joiner = Joiner::read(&mut Reader::new(section), &config.join)?;
        }
        if let Some(section) = sections.find(PARSE) {
            pipeline.stages.parser.read(&mut Reader::new(section))?;
        }
        Ok(pipeline)
    }

    /// The whole state as bytes, the event that is held back included; see [`Miner::snapshot`].
    ///
    /// # Errors
    ///
    /// Those of [`Miner::snapshot`].
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        let PipelineCounters { lines, events, truncated, skipped_below_level, skipped_surge } = self.counters();
        let mining = &self.stages.mining;
        let mut own = Writer::new();
        let counters = [lines, events, truncated, skipped_below_level, skipped_surge];
        counters.into_iter().for_each(|counter| own.number(counter));
        mining.filter.write(&mut own);
        let (mut joiner, mut parser) = (Writer::new(), Writer::new());
        self.joiner.write(&mut joiner);
        self.stages.parser.write(&mut parser);
        let mut sections = vec![(PIPELINE, own.finish()), (JOIN, joiner.finish()), (PARSE, parser.finish())];
        sections.extend(mining.watch.as_ref().map(Watch::write).transpose()?);
        mining.miner.snapshot_with(sections)
    }
}

fn read_counters(from: &mut Reader<'_>) -> Result<PipelineCounters, Error> {
    Ok(PipelineCounters {
        lines: from.counter()?,
        events: from.counter()?,
        truncated: from.counter()?,
        skipped_below_level: from.counter()?,
        skipped_surge: from.counter()?,
    })
}
