//! Finding the best template of a leaf without scanning it.
//!
//! A small leaf is compared template by template. A large one has an index: for every position and key, the list of the
//! templates that have the key at that position. Then
//!
//! - a template that fits a line completely has, at any position one cares to choose, either the line's key or a wildcard:
//!   the position with the shortest two lists is searched;
//! - a template that shares at least `k` of `n` tokens with a line stands in at least one of any `n - k + 1` of the line's
//!   lists: the shortest ones are searched, and fewer still as soon as a good template is known (the prefix filter of
//!   set-similarity joins: Chaudhuri, Ganti, Kaushik, ICDE 2006).
//!
//! Where differences must prove themselves, a token like the word of a state stands in every template that a line may join,
//! or a wildcard does: the shortest two lists of such a token are searched, if they are shorter.
//!
//! The index never changes a result; a property test compares it with the scan.

use hashbrown::HashTable;

use super::evidence::{Looks, Place, looks, place_after};
use super::store::{NONE, Store};
use super::template::{Template, write_token};
use super::tree::Node;
use crate::flow::Tokens;
use crate::text::{TokenKey, spread_pair};

/// Leaves with more members than this are indexed.
const SMALL: usize = 12;

/// A template and how well it fits a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) place: u32,
    /// Tokens that are equal, wildcards aside.
    pub(crate) equal: u32,
    pub(crate) wildcards: u32,
    pub(crate) id: u64,
}

impl Fit {
    /// More equal tokens first, then more wildcards, then the older template: Drain3's order.
    pub(crate) fn is_more_similar_than(&self, other: &Fit) -> bool {
        (self.equal, self.wildcards, other.id) > (other.equal, other.wildcards, self.id)
    }
}

/// Which of the templates that fit a line completely wins; the older one among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefer {
    /// The most specific.
    FewerWildcards,
    /// The most general: what Drain3's `match` gives.
    MoreWildcards,
}

impl Prefer {
    /// Whether `a` wins over `b`.
    pub(crate) fn better(self, a: &Fit, b: &Fit) -> bool {
        match self {
            Prefer::FewerWildcards => (b.wildcards, b.id) > (a.wildcards, a.id),
            Prefer::MoreWildcards => (a.wildcards, b.id) > (b.wildcards, a.id),
        }
    }
}

/// The list of the templates of one leaf that have one key at one position.
#[derive(Debug, Clone, Copy)]
struct List {
    leaf: u32,
    position: u32,
    key: TokenKey,
    first: u32,
    len: u32,
}

/// A template's place in one list: its neighbours there are templates too.
#[derive(Debug, Clone, Copy)]
struct Link {
    list: u32,
    previous: u32,
    next: u32,
}

/// The lists of all indexed leaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeafIndex {
    by_key: HashTable<u32>,
    lists: Vec<List>,
    free: Vec<u32>,
    /// For each template's place its links, one per token; empty when its leaf is not indexed.
    links: Vec<Box<[Link]>>,
    link_count: usize,
    /// Scratch: the line's lists, shortest first.
    ranking: Vec<(u32, u32)>,
    /// Scratch: the line's lists, by position.
    own: Vec<u32>,
}

/// The positions of a line that a [`Filter`] knows.
const FILTERED: usize = 16;

/// For the first positions of a line the lists of its key and of the wildcard: where a template stands in neither, it does not
/// fit.
#[derive(Debug, Default)]
struct Filter {
    pairs: [(u32, u32); FILTERED],
    len: usize,
}

/// The tokens of a line that [no difference](rigid_tokens) can prove parameters; found out when a leaf asks first.
#[derive(Debug, Default)]
pub(crate) struct Rigid(Option<Vec<usize>>);

impl Rigid {
    fn of(&mut self, query: Query<'_>) -> &[usize] {
        let find = || if query.prove { rigid_tokens(query.tokens, query.line) } else { Vec::new() };
        self.0.get_or_insert_with(find)
    }
}

/// What is looked for: the line, and what it is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) store: &'a Store,
    pub(crate) tokens: &'a Tokens,
    pub(crate) line: &'a [u8],
    /// Whether a difference must prove to be one of parameters.
    pub(crate) prove: bool,
}

impl Query<'_> {
    #[inline]
    fn keys(&self) -> &[TokenKey] {
        self.tokens.keys()
    }

    #[inline]
    fn fit(&self, place: u32) -> Option<(Fit, &Template)> {
        let template = self.store.get(place)?;
        let equal = template.equal_keys(self.keys());
        Some((Fit { place, equal, wildcards: template.wildcards, id: template.id.0 }, template))
    }

    /// The fit of a template that fits completely; most that do not are ruled out by a token or two.
    #[inline]
    fn complete_fit(&self, place: u32) -> Option<Fit> {
        let template = self.store.get(place)?;
        let length = self.keys().len() as u32;
        let complete = template.covers_keys(self.keys()) && (!template.pinned || self.has_edges(template));
        complete.then(|| Fit {
            place,
            equal: length - template.wildcards,
            wildcards: template.wildcards,
            id: template.id.0,
        })
    }

    /// The fit by bytes instead of keys; they differ only where two tokens share a hash.
    fn exact_fit(&self, place: u32) -> Option<(Fit, &Template)> {
        let (fit, template) = self.fit(place)?;
        Some((Fit { equal: template.equal_tokens(self.tokens, self.line), ..fit }, template))
    }

    fn is_complete(&self, fit: &Fit) -> bool {
        (fit.equal + fit.wildcards) as usize == self.keys().len()
    }

    /// Whether the line has the edges of a template: a seed does not give them up.
    fn has_edges(&self, template: &Template) -> bool {
        template.token_without_edges(self.tokens, self.line).is_none()
    }

    /// Whether a template may take the line in at the cost of a change: pinned templates never change.
    #[inline]
    fn may_join(&self, fit: &Fit, template: &Template) -> bool {
        let proven = || !self.prove || template.differs_in_values(self.tokens, self.line);
        if template.pinned {
            self.is_complete(fit) && self.has_edges(template)
        } else {
            self.is_complete(fit) || proven()
        }
    }

    /// Whether the equalities of a fit are real, not collisions of a hash.
    #[inline]
    fn is_confirmed(&self, fit: &Fit) -> bool {
        let Some(template) = self.store.get(fit.place) else { return false };
        let pairs = template.keys.iter().zip(self.keys()).enumerate();
        pairs
            .filter(|(_, (own, other))| own == other && !own.is_exact())
            .all(|(at, _)| template.confirms(self.tokens, at, self.line))
    }
}

#[inline]
fn list_hash(leaf: u32, position: u32, key: TokenKey) -> u64 {
    spread_pair(key.bits(), u64::from(leaf) << 32 | u64::from(position))
}

/// The tokens of a line to which no difference can prove a parameter, whatever a template has in their place and around it. A template's token may stand after a naming word where the line's does not, but only if the word before
/// differs, and proves itself by the same.
fn rigid_tokens(tokens: &Tokens, line: &[u8]) -> Vec<usize> {
    let mut before = Vec::new();
    let mut bytes = Vec::new();
    let mut may_be_named = false;
    let is_rigid = |&at: &usize| {
        let key = tokens.keys()[at];
        bytes.clear();
        write_token(tokens, at, line, &mut bytes);
        let is_named = at > 0 && place_after(Some(&before)) == Place::Named;
        may_be_named = is_named || may_be_named;
        let rigid = match looks(key, &bytes) {
            Looks::Value => false,
            Looks::Name => at == 0,
            Looks::Numbered | Looks::Word => !may_be_named,
            Looks::State => true,
        } && (key.is_masked() || !bytes.iter().any(u8::is_ascii_digit));
        may_be_named = may_be_named && !rigid;
        std::mem::swap(&mut before, &mut bytes);
        rigid
    };
    (0..tokens.len()).filter(is_rigid).collect()
}

impl LeafIndex {
    /// Notes a new member of a leaf; a leaf that has grown gets its index now.
    pub(crate) fn member_added(&mut self, leaf: u32, node: &mut Node, place: u32, store: &Store) {
        if node.indexed {
            self.add(leaf, place, store);
        } else if node.members.len() > SMALL && node.length > 0 {
            node.indexed = true;
            node.members.iter().for_each(|&member| self.add(leaf, member, store));
        }
    }

    fn add(&mut self, leaf: u32, place: u32, store: &Store) {
        let Some(template) = store.get(place) else { return };
        if self.links.len() <= place as usize {
            self.links.resize_with(place as usize + 1, Box::default);
        }
        let none = Link { list: NONE, previous: NONE, next: NONE };
        self.links[place as usize] = vec![none; template.keys.len()].into_boxed_slice();
        self.link_count += template.keys.len();
        for (position, &key) in template.keys.iter().enumerate() {
            self.link(leaf, position as u32, key, place);
        }
    }

    /// Takes a template out of all its lists.
    pub(crate) fn remove(&mut self, place: u32) {
        let Some(links) = self.links.get(place as usize).map(|links| links.len()) else { return };
        for position in 0..links {
            self.unlink(position as u32, place);
        }
        self.links[place as usize] = Box::default();
        self.link_count -= links;
    }

    /// Moves a template to the list of wildcards at a position.
    pub(crate) fn widened(&mut self, leaf: u32, position: usize, place: u32) {
        if self.links.get(place as usize).is_some_and(|links| !links.is_empty()) {
            self.unlink(position as u32, place);
            self.link(leaf, position as u32, TokenKey::WILD, place);
        }
    }

    fn find_list(&self, leaf: u32, position: u32, key: TokenKey) -> Option<u32> {
        let same = |&list: &u32| {
            let list = &self.lists[list as usize];
            list.key == key && list.position == position && list.leaf == leaf
        };
        self.by_key.find(list_hash(leaf, position, key), same).copied()
    }

    fn link(&mut self, leaf: u32, position: u32, key: TokenKey, place: u32) {
        let at = match self.find_list(leaf, position, key) {
            Some(at) => at,
            None => self.new_list(leaf, position, key),
        };
        let list = &mut self.lists[at as usize];
        let next = std::mem::replace(&mut list.first, place);
        list.len += 1;
        self.links[place as usize][position as usize] = Link { list: at, previous: NONE, next };
        if next != NONE {
            self.links[next as usize][position as usize].previous = place;
        }
    }

    fn new_list(&mut self, leaf: u32, position: u32, key: TokenKey) -> u32 {
        let list = List { leaf, position, key, first: NONE, len: 0 };
        let at = match self.free.pop() {
            Some(at) => {
                self.lists[at as usize] = list;
                at
            }
            None => {
                self.lists.push(list);
                self.lists.len() as u32 - 1
            }
        };
        let lists = &self.lists;
        let hash_of = |&at: &u32| {
            let list = &lists[at as usize];
            list_hash(list.leaf, list.position, list.key)
        };
        self.by_key.insert_unique(list_hash(leaf, position, key), at, hash_of);
        at
    }

    fn unlink(&mut self, position: u32, place: u32) {
        let Link { list, previous, next } = self.links[place as usize][position as usize];
        match previous {
            NONE => self.lists[list as usize].first = next,
            previous => self.links[previous as usize][position as usize].next = next,
        }
        if next != NONE {
            self.links[next as usize][position as usize].previous = previous;
        }
        let entry = &mut self.lists[list as usize];
        entry.len -= 1;
        if entry.len == 0 {
            let hash = list_hash(entry.leaf, entry.position, entry.key);
            if let Ok(found) = self.by_key.find_entry(hash, |&at| at == list) {
                found.remove();
            }
            self.free.push(list);
        }
    }

    /// The members of a list.
    fn members(&self, list: u32) -> impl Iterator<Item = u32> + '_ {
        let List { position, first, .. } = self.lists[list as usize];
        let mut at = first;
        std::iter::from_fn(move || {
            let place = (at != NONE).then_some(at)?;
            at = self.links[place as usize][position as usize].next;
            Some(place)
        })
    }

    fn len_of(&self, list: Option<u32>) -> u32 {
        list.map_or(0, |list| self.lists[list as usize].len)
    }

    /// The best template of a leaf that fits the line completely.
    pub(crate) fn complete(&self, leaf: u32, node: &Node, query: Query<'_>, prefer: Prefer) -> Option<Fit> {
        let mut filter = Filter::default();
        let pair = if node.indexed { Some(self.shortest_pair(leaf, query.keys(), &mut filter)?) } else { None };
        let search = |confirmed: bool| {
            let mut best: Option<Fit> = None;
            let mut consider = |place: u32| {
                if let Some(fit) = query.complete_fit(place)
                    && best.is_none_or(|best| prefer.better(&fit, &best))
                    && (!confirmed || query.is_confirmed(&fit))
                {
                    best = Some(fit);
                }
            };
            match pair {
                Some((exact, wild)) => {
                    let lists = exact.into_iter().chain(wild);
                    lists.flat_map(|list| self.members(list)).filter(|&at| self.passes(at, &filter)).for_each(consider);
                }
                None => node.members.iter().copied().for_each(&mut consider),
            }
            best
        };
        let best = search(false)?;
        // One that owed its place to a hash collision: the right one, if there is one, is among the same candidates.
        if query.is_confirmed(&best) { Some(best) } else { search(true) }
    }

    /// Whether a template stands, at every position that the filter knows, in one of the two lists there. The links are at hand
    /// where a list is walked, the template is not.
    #[inline]
    fn passes(&self, place: u32, filter: &Filter) -> bool {
        let links = &self.links[place as usize];
        links.iter().zip(&filter.pairs[..filter.len]).all(|(link, pair)| link.list == pair.0 || link.list == pair.1)
    }

    /// The lists of exact and wildcard matches at the position where they are shortest together; `None` when at some
    /// position no template can match.
    fn shortest_pair(&self, leaf: u32, keys: &[TokenKey], filter: &mut Filter) -> Option<(Option<u32>, Option<u32>)> {
        let mut shortest = (None, None);
        let mut least = u32::MAX;
        for (position, &key) in keys.iter().enumerate() {
            let wild = self.find_list(leaf, position as u32, TokenKey::WILD);
            let exact = if key == TokenKey::WILD { None } else { self.find_list(leaf, position as u32, key) };
            let len = self.len_of(wild) + self.len_of(exact);
            if len == 0 {
                return None;
            }
            if let Some(pair) = filter.pairs.get_mut(position) {
                *pair = (exact.unwrap_or(NONE), wild.unwrap_or(NONE));
                filter.len = position + 1;
            }
            if len < least {
                least = len;
                shortest = (exact, wild);
                if least <= 2 {
                    break;
                }
            }
        }
        Some(shortest)
    }

    /// The most similar template of a leaf that shares at least `needed` tokens with the line. Pinned templates that would
    /// have to change are left out. Where differences must prove themselves, it is asked for only if no template fits completely.
    pub(crate) fn most_similar(
        &mut self,
        leaf: u32,
        node: &Node,
        query: Query<'_>,
        needed: usize,
        rigid: &mut Rigid,
    ) -> Option<Fit> {
        let best = self.most_similar_by(false, leaf, node, query, needed, rigid)?;
        if query.is_confirmed(&best) {
            return Some(best);
        }
        self.most_similar_by(true, leaf, node, query, needed, rigid)
    }

    /// The same by keys, or by bytes.
    fn most_similar_by(
        &mut self,
        bytes: bool,
        leaf: u32,
        node: &Node,
        query: Query<'_>,
        needed: usize,
        rigid: &mut Rigid,
    ) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        let consider = |best: &mut Option<Fit>, place: u32| {
            let found = if bytes { query.exact_fit(place) } else { query.fit(place) };
            if let Some((fit, template)) = found
                && fit.equal as usize >= needed
                && query.may_join(&fit, template)
                && best.is_none_or(|best| fit.is_more_similar_than(&best))
            {
                *best = Some(fit);
            }
        };
        if !node.indexed {
            node.members.iter().for_each(|&place| consider(&mut best, place));
            return best;
        }
        let rigid = rigid.of(query);
        if rigid.len() == query.keys().len() {
            // Nothing may differ, and nothing is equal.
            return None;
        }
        let mut ranking = std::mem::take(&mut self.ranking);
        let mut own = std::mem::take(&mut self.own);
        ranking.clear();
        own.clear();
        for (position, &key) in query.keys().iter().enumerate() {
            let list = if key == TokenKey::WILD { None } else { self.find_list(leaf, position as u32, key) };
            ranking.push((self.len_of(list), list.unwrap_or(NONE)));
            // No template stands in the list of its wildcards here: a line's wildcard equals nothing.
            own.push(list.unwrap_or(NONE));
        }
        ranking.sort_unstable();
        if let Some((exact, wild)) = self.rigid_pair(leaf, query, needed, &ranking, rigid) {
            let holds = |template: &Template, at: usize| {
                let key = template.keys[at];
                key == query.keys()[at] || key == TokenKey::WILD
            };
            for place in exact.into_iter().chain(wild).flat_map(|list| self.members(list)) {
                // Most are ruled out by a token or two.
                let template = query.store.get(place);
                if template.is_some_and(|template| rigid.iter().all(|&at| holds(template, at))) {
                    consider(&mut best, place);
                }
            }
            (self.ranking, self.own) = (ranking, own);
            return best;
        }
        for (searched, &(_, list)) in ranking.iter().enumerate() {
            // A template in none of the lists searched so far shares at most this many tokens.
            let at_most = ranking.len() - searched;
            if at_most < needed || best.is_some_and(|best| at_most < best.equal as usize) {
                break;
            }
            if list == NONE {
                continue;
            }
            for place in self.members(list) {
                // Two keys are equal where both stand in the same list. The links are at hand, the template is not: it is
                // looked at only if it can win.
                let links = &self.links[place as usize];
                let equal = links.iter().zip(&own).map(|(link, &own)| u32::from(link.list == own)).sum::<u32>();
                if equal as usize >= needed && best.is_none_or(|best| equal >= best.equal) {
                    consider(&mut best, place);
                }
            }
        }
        self.ranking = ranking;
        self.own = own;
        if best.is_none() && needed == 0 {
            // Nothing in common with any template, and nothing asked for: the lists cannot help.
            node.members.iter().for_each(|&place| consider(&mut best, place));
        }
        best
    }

    /// The lists of a place that holds, in every template that the line may join, the line's token or a wildcard: no
    /// difference to that token can prove a parameter. `None` if there is none, or if the lists that would be searched
    /// otherwise are shorter.
    fn rigid_pair(
        &self,
        leaf: u32,
        query: Query<'_>,
        needed: usize,
        ranking: &[(u32, u32)],
        rigid: &[usize],
    ) -> Option<(Option<u32>, Option<u32>)> {
        let searched = (ranking.len() + 1).saturating_sub(needed).min(ranking.len());
        let mut least = ranking[..searched].iter().map(|&(len, _)| len).sum::<u32>();
        if needed == 0 {
            // Templates that share nothing are looked at, too.
            least = u32::MAX;
        }
        let mut shortest = None;
        for &position in rigid {
            let wild = self.find_list(leaf, position as u32, TokenKey::WILD);
            let exact = self.find_list(leaf, position as u32, query.keys()[position]);
            let len = self.len_of(wild) + self.len_of(exact);
            if len < least {
                least = len;
                shortest = Some((exact, wild));
                if least <= 2 {
                    break;
                }
            }
        }
        shortest
    }

    /// Rough memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.by_key.capacity() * 5
            + self.lists.capacity() * size_of::<List>()
            + self.free.capacity() * size_of::<u32>()
            + self.links.capacity() * size_of::<Box<[Link]>>()
            + self.link_count * size_of::<Link>()
            + self.ranking.capacity() * size_of::<(u32, u32)>()
            + self.own.capacity() * size_of::<u32>()
    }
}
