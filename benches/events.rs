//! Lines as the miner makes them events, for what stands behind it.

use std::collections::BTreeSet;

use drainrs::detect::Detector;
use drainrs::{
    Change, Class, ContentId, Error, Level, Miner, MinerConfig, Observation, Parameter, TemplateId, Timestamp,
};

/// An event as the miner gave it.
#[derive(Debug)]
pub struct Mined<'a> {
    template: TemplateId,
    /// The first of its template.
    first: bool,
    content: ContentId,
    text: &'a [u8],
    parameters: Vec<Parameter>,
}

/// The events of lines, and how many templates they have. The lines are mined twice: the second time all templates are what
/// they will be.
///
/// # Errors
///
/// None: the settings are the default ones.
pub fn mined<'a>(lines: &[&'a [u8]]) -> Result<(Vec<Mined<'a>>, usize), Error> {
    let mut miner = Miner::build(&MinerConfig::default())?;
    for line in lines {
        miner.insert(line);
    }
    let mut known = BTreeSet::new();
    let mut take = |line: &&'a [u8]| {
        let hit = miner.insert(line);
        let first = known.insert(hit.template);
        let parameters = hit.parameters().collect();
        Mined { template: hit.template, first, content: hit.content(), text: line, parameters }
    };
    let events = lines.iter().map(&mut take).collect();
    Ok((events, miner.len()))
}

/// Shows all events to a detector, `step` nanoseconds apart, and takes its alerts; the first identifier of a line is its
/// session. Gives when the next event would be. A detector that knows none of the templates is told of their births; one that
/// does is given `at`, what the time before gave.
pub fn observe(detector: &mut Detector, events: &[Mined<'_>], at: Option<Timestamp>, step: i64) -> Timestamp {
    let births = at.is_none();
    let mut at = at.unwrap_or(Timestamp::from_seconds(1_700_000_000));
    for one in events {
        let mut event = Observation::new(at, one.template);
        (event.content, event.text, event.parameters) = (one.content, one.text, &one.parameters);
        event.level = Level::Info;
        event.change = if births && one.first { Change::Created } else { Change::Unchanged };
        let session = one.parameters.iter().find(|parameter| parameter.class == Class::Id);
        event.session = session.map(|parameter| parameter.span.of(one.text));
        detector.observe(&event);
        at = Timestamp::from_nanos(at.as_nanos() + step);
    }
    while detector.poll().is_some() {}
    at
}
