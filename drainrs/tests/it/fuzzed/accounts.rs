//! Nothing is lost: every line is accounted for.

use drainrs::{Miner, Pipeline};

/// `seen == matched + created`, and the living templates have all lines but the evicted ones.
pub(crate) fn account(miner: &Miner) {
    let stats = miner.stats();
    let counters = stats.counters;
    assert_eq!(counters.seen, counters.matched + counters.created);
    let alive: u64 = miner.templates().map(|template| template.count).sum();
    assert_eq!(alive + counters.evicted_lines, counters.seen);
    // Seeds never make room, and one template at a time is learned beside them.
    let seeds = miner.templates().filter(|template| template.pinned).count();
    assert!(miner.config().mine.max_templates.is_none_or(|most| stats.templates <= most.max(seeds + 1)));
}

/// `events == matched + created + skipped`, too.
pub(crate) fn account_events(pipeline: &Pipeline) {
    let (own, mined) = (pipeline.counters(), pipeline.miner().stats().counters);
    assert_eq!(own.events, mined.matched + mined.created + own.skipped_below_level + own.skipped_surge);
    account(pipeline.miner());
}
