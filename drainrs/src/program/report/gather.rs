//! What a report counts while the input runs through.

use std::collections::BTreeMap;

use super::axis::{Axis, Histogram};
use crate::{Event, Level, Lineage, Miner, Outcome, TemplateId, Timestamp};

/// The most services that are told apart; the events of others count as of none.
const MAX_SERVICES: usize = 4096;
/// The most services that are counted per template.
const MAX_SERVICES_OF_A_TEMPLATE: usize = 8;
/// Templates that are gone are dropped when there are so many more counted than alive.
const SPARE: usize = 4096;

/// A service by its place in [`Gather::services`].
type Service = u32;

/// What is known of a template's events.
#[derive(Debug, Default)]
pub(super) struct Stats {
    pub(super) count: u64,
    /// By the number of the level.
    pub(super) levels: [u64; Level::ALL.len()],
    /// The number of its first event and of its first and last line, from 0.
    pub(super) first_event: u64,
    pub(super) first_line: u64,
    pub(super) last_line: u64,
    pub(super) first_seen: Option<Timestamp>,
    pub(super) last_seen: Option<Timestamp>,
    pub(super) over_time: Histogram,
    pub(super) over_lines: Histogram,
    /// The services met first, with their counts.
    pub(super) services: Vec<(Service, u64)>,
}

/// The counts of a run.
#[derive(Debug)]
pub(super) struct Gather {
    /// Only the events of this service count.
    only: Option<Vec<u8>>,
    stats: Vec<Option<Box<Stats>>>,
    counted: usize,
    pub(super) time: Axis,
    pub(super) lines: Axis,
    pub(super) all: Stats,
    pub(super) multi_line: u64,
    /// Events whose templates are gone.
    pub(super) evicted: u64,
    /// The formats of the events with their counts.
    pub(super) formats: Vec<(String, u64)>,
    /// The place of the last event's.
    format: usize,
    services: Vec<Vec<u8>>,
    service_places: BTreeMap<Vec<u8>, Service>,
    pub(super) service_counts: Vec<u64>,
}

/// Times begin with buckets of about a millisecond.
const MILLISECOND: u32 = 20;

impl Gather {
    /// Of all services, or of one.
    pub(super) fn new(only: Option<&str>) -> Gather {
        Gather {
            only: only.map(|service| service.as_bytes().to_vec()),
            stats: Vec::new(),
            counted: 0,
            time: Axis::new(MILLISECOND),
            lines: Axis::new(0),
            all: Stats::default(),
            multi_line: 0,
            evicted: 0,
            formats: Vec::new(),
            format: 0,
            services: Vec::new(),
            service_places: BTreeMap::new(),
            service_counts: Vec::new(),
        }
    }

    /// Counts an event. Gives whether the miner has to be looked at: identities may have changed.
    pub(super) fn take(&mut self, event: &Event<'_>) -> bool {
        let Outcome::Mined(hit) = &event.outcome else { return false };
        // A program of one piece names no service; then its parts are told apart by their loggers.
        let service = event.record.service.or(event.record.logger);
        if self.only.as_deref().is_some_and(|only| service != Some(only)) {
            return true;
        }
        let service = service.and_then(|service| self.service(service, hit.template));
        let (line, level, at) = (event.first_line, event.record.level, event.record.at);
        let in_lines = self.lines.bucket(i64::try_from(line).unwrap_or(i64::MAX));
        let in_time = at.map(|at| self.time.bucket(at.as_nanos()));
        let number = self.all.count;
        self.multi_line += u64::from(event.lines > 1);
        self.count_format(event.record.format);

        let place = place(hit.template);
        if place >= self.stats.len() {
            self.stats.resize_with(place + 1, || None);
        }
        let counted = &mut self.counted;
        let stats = self.stats[place].get_or_insert_with(|| {
            *counted += 1;
            Box::new(Stats { first_event: number, first_line: line, ..Stats::default() })
        });
        for stats in [stats, &mut self.all] {
            stats.count += 1;
            stats.levels[level as usize] += 1;
            stats.last_line = line;
            stats.over_lines.add(&self.lines, in_lines);
            if let (Some(at), Some(bucket)) = (at, in_time) {
                stats.over_time.add(&self.time, bucket);
                stats.first_seen = Some(stats.first_seen.map_or(at, |first| first.min(at)));
                stats.last_seen = Some(stats.last_seen.map_or(at, |last| last.max(at)));
            }
        }
        if let Some(service) = service {
            self.count_service(place, service);
        }
        hit.change != crate::Change::Unchanged
    }

    /// The place of a service; mostly that of the template's line before.
    fn service(&mut self, name: &[u8], template: TemplateId) -> Option<Service> {
        let stats = self.stats.get(place(template)).and_then(Option::as_deref);
        if let Some(&(usual, _)) = stats.and_then(|stats| stats.services.first())
            && self.services.get(usual as usize).is_some_and(|usual| usual == name)
        {
            return Some(usual);
        }
        if let Some(&known) = self.service_places.get(name) {
            return Some(known);
        }
        if self.services.len() >= MAX_SERVICES || name.is_empty() {
            return None;
        }
        let new = self.services.len() as Service;
        self.services.push(name.to_vec());
        self.service_counts.push(0);
        self.service_places.insert(name.to_vec(), new);
        Some(new)
    }

    fn count_format(&mut self, name: &str) {
        if self.formats.get(self.format).is_none_or(|(usual, _)| usual != name) {
            self.format = self.formats.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                self.formats.push((name.to_owned(), 0));
                self.formats.len() - 1
            });
        }
        self.formats[self.format].1 += 1;
    }

    fn count_service(&mut self, place: usize, service: Service) {
        self.service_counts[service as usize] += 1;
        if let Some(Some(stats)) = self.stats.get_mut(place) {
            add_service(&mut stats.services, service, 1);
        }
    }

    /// Follows templates that were united, and forgets those that are gone.
    pub(super) fn follow(&mut self, miner: &mut Miner) {
        while let Some(entry) = miner.poll_lineage() {
            if let Lineage::MergedInto { template, into, .. } = entry {
                self.unite(template, into);
            }
        }
        if self.counted > 2 * miner.len() + SPARE {
            self.forget_evicted(miner);
        }
    }

    fn unite(&mut self, gone: TemplateId, into: TemplateId) {
        let Some(gone) = self.stats.get_mut(place(gone)).and_then(Option::take) else { return };
        if place(into) >= self.stats.len() {
            self.stats.resize_with(place(into) + 1, || None);
        }
        match &mut self.stats[place(into)] {
            Some(kept) => {
                self.counted -= 1;
                kept.absorb(*gone, &self.time, &self.lines);
            }
            empty => *empty = Some(gone),
        }
    }

    /// Drops the counts of templates that made room for others.
    pub(super) fn forget_evicted(&mut self, miner: &Miner) {
        let mut alive = vec![false; self.stats.len()];
        for template in miner.templates() {
            if let Some(alive) = alive.get_mut(place(template.id)) {
                *alive = true;
            }
        }
        for (stats, alive) in self.stats.iter_mut().zip(alive) {
            if !alive && let Some(gone) = stats.take() {
                self.evicted += gone.count;
                self.counted -= 1;
            }
        }
    }

    /// The counts of a template.
    pub(super) fn of(&self, template: TemplateId) -> Option<&Stats> {
        self.stats.get(place(template))?.as_deref()
    }

    /// The name of a service; what is not UTF-8 is replaced.
    pub(super) fn service_name(&self, service: Service) -> String {
        self.services.get(service as usize).map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
    }
}

impl Stats {
    fn absorb(&mut self, other: Stats, time: &Axis, lines: &Axis) {
        self.count += other.count;
        self.levels.iter_mut().zip(other.levels).for_each(|(own, other)| *own += other);
        self.first_event = self.first_event.min(other.first_event);
        self.first_line = self.first_line.min(other.first_line);
        self.last_line = self.last_line.max(other.last_line);
        self.first_seen = self.first_seen.into_iter().chain(other.first_seen).min();
        self.last_seen = self.last_seen.max(other.last_seen);
        self.over_time.absorb(other.over_time, time);
        self.over_lines.absorb(other.over_lines, lines);
        for (service, count) in other.services {
            add_service(&mut self.services, service, count);
        }
    }

    /// The level of most events; the greater one of two that are equal. Events that name none count only if no event does.
    pub(super) fn level(&self) -> Level {
        let named = Level::ALL.into_iter().skip(1).zip(self.levels.iter().skip(1));
        named
            .filter(|(_, count)| **count > 0)
            .max_by_key(|(_, count)| **count)
            .map_or(Level::Unknown, |(level, _)| level)
    }
}

/// Counts a service; those beyond the limit go without.
fn add_service(services: &mut Vec<(Service, u64)>, service: Service, count: u64) {
    if let Some((_, known)) = services.iter_mut().find(|(known, _)| *known == service) {
        *known += count;
    } else if services.len() < MAX_SERVICES_OF_A_TEMPLATE {
        services.push((service, count));
    }
}

fn place(template: TemplateId) -> usize {
    usize::try_from(template.0).unwrap_or_default()
}
