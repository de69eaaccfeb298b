//! The templates: a slab with stable places, found by id or by content, in the order of their use.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use super::template::Template;
use super::weight::Scale;
use crate::id::{ContentId, TemplateId};
use crate::text::spread;

/// No place.
pub(crate) const NONE: u32 = u32::MAX;

/// The neighbours of a place in the order of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Neighbours {
    newer: u32,
    older: u32,
}

/// A pinned template never makes room and has no place in the order.
const APART: Neighbours = Neighbours { newer: NONE - 1, older: NONE - 1 };

/// All templates of a miner.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    places: Vec<Option<Template>>,
    order: Vec<Neighbours>,
    free: Vec<u32>,
    newest: u32,
    oldest: u32,
    len: usize,
    by_id: BTreeMap<TemplateId, u32>,
    /// Places by content id. Content ids are 64 bits of an unkeyed hash: whoever finds one compares the templates.
    by_content: HashTable<u32>,
    scale: Scale,
    /// What all templates weigh.
    weight: usize,
}

impl Store {
    pub(crate) fn new(scale: Scale) -> Store {
        Store {
            places: Vec::new(),
            order: Vec::new(),
            free: Vec::new(),
            newest: NONE,
            oldest: NONE,
            len: 0,
            by_id: BTreeMap::new(),
            by_content: HashTable::new(),
            scale,
            weight: 0,
        }
    }

    /// What all templates weigh, see [`Template::weight`].
    #[inline]
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// Weighs a template that has changed.
    pub(crate) fn weigh(&mut self, place: u32) {
        let scale = self.scale;
        let Some(template) = self.get_mut(place) else { return };
        let (before, now) = (template.weighed, template.weight(scale));
        template.weighed = now;
        self.weight = self.weight.saturating_sub(before).saturating_add(now);
    }

    /// The number of templates.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The template at a place.
    #[inline]
    pub(crate) fn get(&self, place: u32) -> Option<&Template> {
        self.places.get(place as usize)?.as_ref()
    }

    /// The template at a place, to be changed in its counts and examples; for its tokens see [`Store::change_tokens`].
    #[inline]
    pub(crate) fn get_mut(&mut self, place: u32) -> Option<&mut Template> {
        self.places.get_mut(place as usize)?.as_mut()
    }

    /// The place of an id.
    pub(crate) fn place_of(&self, id: TemplateId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    /// All templates with their places, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Template)> {
        self.by_id.values().filter_map(|&place| self.get(place).map(|template| (place, template)))
    }

    /// The places from the most to the least recently used, pinned templates left out.
    pub(crate) fn by_recency(&self) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.newest;
        std::iter::from_fn(move || {
            let place = (at != NONE).then_some(at)?;
            at = self.order[place as usize].older;
            Some(place)
        })
    }

    /// The place that [`Store::add`] will give to the next template.
    pub(crate) fn next_place(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.places.len() as u32)
    }

    /// Adds a template as the most recently used, or apart from the order if it is pinned.
    pub(crate) fn add(&mut self, mut template: Template) -> u32 {
        // Another miner's, or one that was taken out.
        template.weighed = 0;
        let place = self.next_place();
        if self.free.pop().is_none() {
            self.places.push(None);
            self.order.push(APART);
        }
        let pinned = template.pinned;
        self.by_id.insert(template.id, place);
        self.len += 1;
        self.places[place as usize] = Some(template);
        self.weigh(place);
        self.index_content(place);
        if pinned {
            self.order[place as usize] = APART;
        } else {
            self.link_newest(place);
        }
        place
    }

    /// Pins a template: it leaves the order of use.
    pub(crate) fn pin(&mut self, place: u32) {
        if let Some(template) = self.get_mut(place) {
            template.pinned = true;
            self.unlink(place);
            self.order[place as usize] = APART;
        }
    }

    /// Takes a template out.
    pub(crate) fn remove(&mut self, place: u32) -> Option<Template> {
        self.forget_content(place);
        let template = self.places.get_mut(place as usize)?.take()?;
        self.unlink(place);
        self.by_id.remove(&template.id);
        self.len -= 1;
        self.weight = self.weight.saturating_sub(template.weighed);
        self.free.push(place);
        Some(template)
    }

    /// Runs a change of a template's tokens and keeps the content index right.
    pub(crate) fn change_tokens(&mut self, place: u32, change: impl FnOnce(&mut Template)) {
        self.forget_content(place);
        if let Some(template) = self.places[place as usize].as_mut() {
            change(template);
            template.measure_edges();
            template.content = template.content_id();
        }
        self.weigh(place);
        self.index_content(place);
    }

    /// The place of another template with the same canonical tokens; the template given may live here itself.
    pub(crate) fn twin_of(&self, template: &Template) -> Option<u32> {
        let twin = |own: &Template| !std::ptr::eq(own, template) && own.same_content(template);
        self.by_content.find(spread(template.content.0), |&place| self.get(place).is_some_and(twin)).copied()
    }

    /// The place of a template with a content id.
    pub(crate) fn by_content(&self, content: ContentId) -> Option<u32> {
        self.by_content.find(spread(content.0), |&place| self.get(place).is_some_and(|t| t.content == content)).copied()
    }

    fn index_content(&mut self, place: u32) {
        let Some(content) = self.get(place).map(|t| t.content.0) else { return };
        let places = &self.places;
        let content_at = |&place: &u32| places[place as usize].as_ref().map_or(0, |t| spread(t.content.0));
        self.by_content.insert_unique(spread(content), place, content_at);
    }

    fn forget_content(&mut self, place: u32) {
        let Some(content) = self.get(place).map(|t| t.content.0) else { return };
        if let Ok(entry) = self.by_content.find_entry(spread(content), |&other| other == place) {
            entry.remove();
        }
    }

    /// Makes a template the most recently used.
    #[inline]
    pub(crate) fn touch(&mut self, place: u32) {
        if self.newest != place && self.order[place as usize] != APART {
            self.unlink(place);
            self.link_newest(place);
        }
    }

    /// The least recently used template that is not pinned.
    pub(crate) fn oldest_unpinned(&self) -> Option<u32> {
        (self.oldest != NONE).then_some(self.oldest)
    }

    fn link_newest(&mut self, place: u32) {
        self.order[place as usize] = Neighbours { newer: NONE, older: self.newest };
        match self.newest {
            NONE => self.oldest = place,
            newest => self.order[newest as usize].newer = place,
        }
        self.newest = place;
    }

    fn unlink(&mut self, place: u32) {
        if self.order[place as usize] == APART {
            return;
        }
        let Neighbours { newer, older } = self.order[place as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.order[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.order[older as usize].newer = newer,
        }
    }

    /// Rough memory in bytes. Linear in the templates: examples come and go with every line, and are weighed when asked.
    pub(crate) fn memory(&self) -> usize {
        debug_assert_eq!(self.weight, self.iter().map(|(_, template)| template.weight(self.scale)).sum::<usize>());
        self.places.iter().flatten().map(Template::heap).sum::<usize>()
            + self.places.capacity() * size_of::<Option<Template>>()
            + self.order.capacity() * size_of::<Neighbours>()
            + self.free.capacity() * size_of::<u32>()
            + self.by_id.len() * 24
            + self.by_content.capacity() * 5
    }
}
