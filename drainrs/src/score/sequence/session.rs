//! The sessions that are open, in the order of their last event: the one that is due first is also the one that makes room.

use super::trail::Trail;
use crate::error::Error;
use crate::flow::{Level, Observation};
use crate::id::ServiceId;
use crate::stats::Table;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// No session.
const NONE: u32 = u32::MAX;

/// Bytes of a session's key that are kept to be shown.
const SHOWN_KEY: usize = 128;

/// So many events in a row that lie behind the clock by more than the idle time: the clock was wrong, not they.
const BELIEVED: u32 = 100;

/// An open session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) trail: Trail,
    pub(super) key: u64,
    /// The head of the key, to be shown.
    pub(super) name: Vec<u8>,
    pub(super) service: ServiceId,
    /// The greatest level.
    pub(super) level: Level,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    /// When the last event came, by a clock that does not run backwards.
    touched: Timestamp,
    newer: u32,
    older: u32,
}

/// All open sessions. Closed ones leave their memory to the next.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    slots: Vec<Session>,
    free: Vec<u32>,
    index: Table<u64, u32>,
    oldest: u32,
    newest: u32,
    max: usize,
    idle_ns: i64,
    now: Timestamp,
    /// Events in a row that lie behind `now` by more than the idle time, and the latest of them.
    behind: (u32, Timestamp),
}

impl Sessions {
    pub(super) fn new(max: usize, idle_ns: i64) -> Sessions {
        Sessions {
            slots: Vec::new(),
            free: Vec::new(),
            // Never full: room is made before a session is opened.
            index: Table::new(max + 1),
            oldest: NONE,
            newest: NONE,
            max,
            idle_ns,
            now: Timestamp::from_nanos(i64::MIN),
            behind: (0, Timestamp::default()),
        }
    }

    /// Open sessions.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// The clock, as events and the host have set it.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// It is `now`; earlier times than known change nothing.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// An event happened. One that is early does not turn the clock back, many in a row do.
    #[inline]
    pub(super) fn tick(&mut self, at: Timestamp) {
        if at >= self.now {
            self.now = at;
            self.behind.0 = 0;
        } else {
            self.tick_behind(at);
        }
    }

    fn tick_behind(&mut self, at: Timestamp) {
        if self.now.since(at) <= self.idle_ns {
            self.behind.0 = 0;
            return;
        }
        let latest = if self.behind.0 == 0 { at } else { self.behind.1.max(at) };
        self.behind = (self.behind.0 + 1, latest);
        if self.behind.0 >= BELIEVED {
            self.behind.0 = 0;
            self.now = latest;
            self.slots.iter_mut().for_each(|session| session.touched = session.touched.min(latest));
        }
    }

    /// A session that has waited for too long, if there is one.
    #[inline]
    pub(super) fn due(&self) -> Option<u32> {
        let oldest = self.get(self.oldest)?;
        (self.now.since(oldest.touched) >= self.idle_ns).then_some(self.oldest)
    }

    /// When the next one will have waited for too long; `None` also if time ends before.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        let touched = self.get(self.oldest)?.touched;
        touched.as_nanos().checked_add(self.idle_ns).map(Timestamp::from_nanos)
    }

    /// The session that has to go before another can be opened.
    pub(super) fn in_the_way(&self) -> Option<u32> {
        (self.index.len() >= self.max).then_some(self.oldest)
    }

    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<u32> {
        self.index.get(&key).copied()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Session> {
        self.slots.get(slot as usize)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Session> {
        self.slots.get_mut(slot as usize)
    }

    /// Opens a session.
    pub(super) fn open(&mut self, key: u64, name: &[u8], event: &Observation<'_>) -> u32 {
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let name = name.get(..SHOWN_KEY).unwrap_or(name);
        if let Some(session) = self.slots.get_mut(slot as usize) {
            session.key = key;
            session.name.extend_from_slice(name);
            session.service = event.service;
            session.first = event.at;
            session.last = event.at;
        } else {
            self.slots.push(Session {
                trail: Trail::default(),
                key,
                name: name.to_vec(),
                service: event.service,
                level: Level::Unknown,
                first: event.at,
                last: event.at,
                touched: self.now,
                newer: NONE,
                older: NONE,
            });
        }
        self.index.touch_or_insert(key, || slot);
        self.append(slot);
        slot
    }

    /// Makes a session the newest.
    #[inline]
    pub(super) fn touch(&mut self, slot: u32) {
        let now = self.now;
        if self.newest == slot {
            if let Some(session) = self.get_mut(slot) {
                session.touched = now;
            }
            return;
        }
        self.unlink(slot);
        self.append(slot);
    }

    /// Takes a session out; its memory is kept for the next.
    pub(super) fn close(&mut self, slot: u32) {
        self.unlink(slot);
        let Some(session) = self.get_mut(slot) else { return };
        session.trail.clear();
        session.name.clear();
        session.level = Level::Unknown;
        let key = session.key;
        self.index.remove(&key);
        self.free.push(slot);
    }

    fn unlink(&mut self, slot: u32) {
        let Some(session) = self.get(slot) else { return };
        let (older, newer) = (session.older, session.newer);
        match self.get_mut(older) {
            Some(session) => session.newer = newer,
            None => self.oldest = newer,
        }
        match self.get_mut(newer) {
            Some(session) => session.older = older,
            None => self.newest = older,
        }
    }

    fn append(&mut self, slot: u32) {
        let (newest, now) = (self.newest, self.now);
        if let Some(session) = self.get_mut(slot) {
            session.touched = now;
            session.older = newest;
            session.newer = NONE;
        }
        match self.get_mut(newest) {
            Some(session) => session.newer = slot,
            None => self.oldest = slot,
        }
        self.newest = slot;
    }

    /// Counts one type as another in all open sessions.
    pub(super) fn unite(&mut self, gone: u64, into: u64) {
        self.slots.iter_mut().for_each(|session| session.trail.unite(gone, into));
    }

    pub(super) fn memory(&self) -> usize {
        let heap: usize = self.slots.iter().map(|session| session.trail.memory() + session.name.capacity()).sum();
        self.slots.capacity() * size_of::<Session>()
            + self.free.capacity() * size_of::<u32>()
            + self.index.memory()
            + heap
    }

    /// Writes the open sessions, the oldest first.
    pub(super) fn write(&self, to: &mut Writer) {
        self.now.write(to);
        self.behind.0.write(to);
        self.behind.1.write(to);
        to.number(self.len() as u64);
        let mut slot = self.oldest;
        while let Some(session) = self.get(slot) {
            to.number(session.key);
            to.bytes(&session.name);
            session.service.write(to);
            session.level.write(to);
            session.first.write(to);
            session.last.write(to);
            session.touched.write(to);
            session.trail.write(to);
            slot = session.newer;
        }
    }

    pub(super) fn read(from: &mut Reader<'_>, max: usize, idle_ns: i64) -> Result<Sessions, Error> {
        let mut sessions = Sessions::new(max, idle_ns);
        let now = Timestamp::read(from)?;
        let behind = (u32::read(from)?.min(BELIEVED), Timestamp::read(from)?);
        for _ in 0..from.count()? {
            let key = from.number()?;
            let name = from.bytes()?;
            let mut event = Observation::new(now, crate::id::TemplateId(0));
            event.service = State::read(from)?;
            let level = Level::read(from)?;
            event.at = Timestamp::read(from)?;
            let last = Timestamp::read(from)?;
            let touched = Timestamp::read(from)?;
            let trail = Trail::read(from)?;
            if sessions.find(key).is_some() || touched < sessions.now || touched > now {
                return Err(Reader::damaged("open sessions are out of order"));
            }
            if let Some(slot) = sessions.in_the_way() {
                sessions.close(slot);
            }
            sessions.now = touched;
            let slot = sessions.open(key, name, &event);
            if let Some(session) = sessions.get_mut(slot) {
                session.level = level;
                session.last = last;
                session.trail = trail;
            }
        }
        sessions.now = now;
        sessions.behind = behind;
        Ok(sessions)
    }
}
