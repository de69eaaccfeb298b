//! The machine: a line's tokens in, a hit out.

use std::collections::VecDeque;

use super::config::{DrainConfig, Rule};
use super::descent::{Leaves, Subtree, greedy_leaf};
use super::evidence::{Looks, looks};
use super::leaf::{Fit, LeafIndex, Prefer, Query, Rigid};
use super::pattern::Encoded;
use super::siblings::Siblings;
use super::store::{NONE, Store};
use super::template::{Template, TemplateView, example_rank, write_token};
use super::tree::Tree;
use super::weight::Scale;
use crate::error::{Error, Problems};
use crate::flow::{Change, Level, Parameter, Placeholders, Tokens};
use crate::id::{ContentId, TemplateId};
use crate::text::{TokenKey, has_digit};
use crate::time::Timestamp;

/// What is known of a line besides its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// The event time.
    pub at: Option<Timestamp>,
    /// The severity.
    pub level: Level,
}

/// What became of a line: its template, and its parameters.
#[derive(Debug)]
#[non_exhaustive]
pub struct Hit<'a> {
    /// The template that took the line in.
    pub template: TemplateId,
    /// What the line did to it.
    pub change: Change,
    /// How many lines the template has taken in, this one included.
    pub size: u64,
    /// The templates that this line united: the one that is gone, and the one that has its lines now. Nearly always empty.
    pub merged: &'a [(TemplateId, TemplateId)],
    of: Option<&'a Template>,
    tokens: &'a Tokens,
}

impl<'a> Hit<'a> {
    /// The content id of the template as it stands now.
    #[inline]
    pub fn content(&self) -> ContentId {
        self.of.map_or(ContentId(0), |template| template.content)
    }

    /// The variable parts of the line, in order: spans of the line that was given, with their classes. Computed while it
    /// is iterated; allocates nothing.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter> + use<'a> {
        let slots = self.of.map_or(&[][..], |template| &template.slots);
        Template::parameters(slots, self.tokens)
    }

    /// What a store has to keep of the line to write it again, byte by byte, by its template's
    /// [`Pattern`](super::Pattern). `line` is the line that was given. `None` for lines whose masks were rewritten (Drain3's
    /// tokenizer), and for a line that was looked up and fits its template all but the constant edges of a wildcard.
    /// Allocates.
    pub fn encode<'l>(&self, line: &'l [u8]) -> Option<Encoded<'l>> {
        self.of.and_then(|template| template.encode(self.tokens, line))
    }
}

/// How [`Drain::match_as_drain3`] searches, after Drain3's `full_search_strategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchStrategy {
    /// The tree only: fast, misses some lines that were trained.
    #[default]
    Never,
    /// The tree first, then all templates of the same length.
    Fallback,
    /// All templates of the same length.
    Always,
}

/// A change of identity that a store of results has to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lineage {
    /// A template widened: its content id changed.
    Became {
        /// The template, whose local id stays.
        template: TemplateId,
        /// What it was.
        from: ContentId,
        /// What it is now.
        to: ContentId,
    },
    /// A template widened into the very text of another and was united with it.
    MergedInto {
        /// The template that is gone.
        template: TemplateId,
        /// The template that has its lines now.
        into: TemplateId,
        /// The content id of both.
        content: ContentId,
    },
}

/// What has been counted since the machine was built. `seen == matched + created`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Counters {
    /// Lines mined.
    pub seen: u64,
    /// Lines that joined a template.
    pub matched: u64,
    /// Lines that founded a template.
    pub created: u64,
    /// Lines that widened a template; they are among the matched.
    pub widened: u64,
    /// Templates that made room for others.
    pub evicted_templates: u64,
    /// Lines that those templates had taken in: the sum over all living templates plus this is matched plus created.
    pub evicted_lines: u64,
    /// Templates that were united with a twin.
    pub merged_templates: u64,
    /// Lineage entries that nobody took in time.
    pub dropped_lineage: u64,
}

impl Counters {
    /// More than this is not added up: counting on from it still ends below what a snapshot takes for a counter.
    const MOST_ADDED_UP: u64 = 1 << 61;

    /// What both miners have counted; `None` if that is more than can be counted on from.
    pub(crate) fn with(self, other: Counters) -> Option<Counters> {
        let sum = |own: u64, others: u64| own.checked_add(others).filter(|&sum| sum <= Self::MOST_ADDED_UP);
        Some(Counters {
            seen: sum(self.seen, other.seen)?,
            matched: sum(self.matched, other.matched)?,
            created: sum(self.created, other.created)?,
            widened: sum(self.widened, other.widened)?,
            evicted_templates: sum(self.evicted_templates, other.evicted_templates)?,
            evicted_lines: sum(self.evicted_lines, other.evicted_lines)?,
            merged_templates: sum(self.merged_templates, other.merged_templates)?,
            dropped_lineage: sum(self.dropped_lineage, other.dropped_lineage)?,
        })
    }
}

/// The Drain miner on normalized lines.
#[derive(Debug, Clone)]
pub struct Drain {
    pub(crate) config: DrainConfig,
    pub(crate) placeholders: Placeholders,
    pub(crate) store: Store,
    pub(crate) tree: Tree,
    pub(crate) index: LeafIndex,
    pub(crate) siblings: Siblings,
    pub(crate) next_id: u64,
    pub(crate) counters: Counters,
    pub(crate) lineage: VecDeque<Lineage>,
    /// The templates that the line at hand united, see [`Hit::merged`].
    merged: Vec<(TemplateId, TemplateId)>,
    /// [`reaching`] of short lines: it divides, and every line asks.
    needed: Box<[u32]>,
}

impl Drain {
    /// Builds a miner.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &DrainConfig, placeholders: Placeholders) -> Result<Drain, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        let similarity = (config.rule == Rule::Default).then_some(config.similarity_threshold);
        Ok(Drain {
            config: config.clone(),
            placeholders,
            store: Store::new(Scale::of(config)),
            tree: Tree::new(config.depth),
            index: LeafIndex::default(),
            siblings: Siblings::new(similarity, config.distinct_values),
            next_id: 1,
            counters: Counters::default(),
            lineage: VecDeque::new(),
            merged: Vec::new(),
            needed: (0..SHORT_LINE).map(|length| reaching(config.similarity_threshold, length) as u32).collect(),
        })
    }

    /// Mines a line. Cost: a hash lookup per tree level, a comparison of keys per candidate in the leaf, and no allocation
    /// for a line that fits a known template.
    pub fn insert<'a>(&'a mut self, line: &[u8], tokens: &'a Tokens, seen: Seen) -> Hit<'a> {
        self.counters.seen = self.counters.seen.saturating_add(1);
        self.merged.clear();
        let (place, change) = match self.search(line, tokens) {
            Some(fit) => {
                self.counters.matched = self.counters.matched.saturating_add(1);
                self.join(fit, line, tokens)
            }
            None => {
                self.make_room();
                self.found_or_gathered(line, tokens)
            }
        };
        if let Some(template) = self.store.get_mut(place) {
            template.note_classes(tokens);
            let examples_changed = template.count_line(line, seen.at, seen.level, &self.config);
            if examples_changed || change != Change::Unchanged {
                self.store.weigh(place);
                self.keep_to_memory(place);
            }
        }
        match self.store.get(place) {
            Some(template) => Hit {
                template: template.id,
                change,
                size: template.count,
                merged: &self.merged,
                of: Some(template),
                tokens,
            },
            None => Hit { template: TemplateId(0), change, size: 0, merged: &[], of: None, tokens },
        }
    }

    /// The template that a line joins, if any.
    fn search(&mut self, line: &[u8], tokens: &Tokens) -> Option<Fit> {
        let query = Query { store: &self.store, tokens, line, prove: self.config.rule == Rule::Default };
        if self.config.rule == Rule::Drain3 {
            let leaf = greedy_leaf(&self.tree, tokens, line)?;
            let node = self.tree.node(leaf);
            let Some(needed) = self.needed_tokens(tokens.len()) else {
                return self.index.complete(leaf, node, query, Prefer::MoreWildcards);
            };
            return self.index.most_similar(leaf, node, query, needed, &mut Rigid::default());
        }
        self.best_complete(query).or_else(|| self.most_similar(line, tokens))
    }

    fn query<'a>(&'a self, line: &'a [u8], tokens: &'a Tokens) -> Query<'a> {
        Query { store: &self.store, tokens, line, prove: self.config.rule == Rule::Default }
    }

    /// The number of tokens that a line of some length must share with a template. `None` for the empty line, which is
    /// equal to itself.
    #[inline]
    fn needed_tokens(&self, length: usize) -> Option<usize> {
        if length == 0 {
            return None;
        }
        let known = self.needed.get(length).map(|&needed| needed as usize);
        Some(known.unwrap_or_else(|| reaching(self.config.similarity_threshold, length)))
    }

    /// The template that a line widens, by the default rule.
    fn most_similar(&mut self, line: &[u8], tokens: &Tokens) -> Option<Fit> {
        let needed = self.needed_tokens(tokens.len())?;
        let query = Query { store: &self.store, tokens, line, prove: self.config.rule == Rule::Default };
        let mut best: Option<Fit> = None;
        let mut rigid = Rigid::default();
        for leaf in Leaves::of(&self.tree, tokens, line) {
            if let Some(fit) = self.index.most_similar(leaf, self.tree.node(leaf), query, needed, &mut rigid)
                && best.is_none_or(|best| fit.is_more_similar_than(&best))
            {
                best = Some(fit);
            }
        }
        best
    }

    /// The template that fits a line completely, the most specific of them.
    fn best_complete(&self, query: Query<'_>) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        for leaf in Leaves::of(&self.tree, query.tokens, query.line) {
            if let Some(fit) = self.index.complete(leaf, self.tree.node(leaf), query, Prefer::FewerWildcards)
                && best.is_none_or(|best| Prefer::FewerWildcards.better(&fit, &best))
            {
                best = Some(fit);
            }
        }
        best
    }

    /// Takes a line into a template, which widens where they differ. Gives the place where its lines are counted now.
    fn join(&mut self, fit: Fit, line: &[u8], tokens: &Tokens) -> (u32, Change) {
        let place = fit.place;
        self.store.touch(place);
        if (fit.equal + fit.wildcards) as usize == tokens.len() {
            let edges = self.store.get(place).and_then(|template| template.token_without_edges(tokens, line));
            return if edges.is_some() { self.narrow(place, line, tokens) } else { (place, Change::Unchanged) };
        }
        let Some(template) = self.store.get(place) else { return (place, Change::Unchanged) };
        let (before, leaf) = (template.content, template.node);
        let different: Vec<usize> = template.differences(tokens, line).collect();
        if different.is_empty() {
            return (place, Change::Unchanged);
        }
        let keep_edges = self.config.rule == Rule::Default;
        let edges = |&at: &usize| if keep_edges { template.edges_with(at, tokens, line) } else { Vec::new() };
        let edges: Vec<Vec<u8>> = different.iter().map(edges).collect();
        self.siblings.remove(place, template);
        for &at in &different {
            self.index.widened(leaf, at, place);
        }
        self.store.change_tokens(place, |template| {
            different.iter().zip(&edges).for_each(|(&at, edges)| template.widen(at, edges));
            template.narrow(tokens, line);
        });
        (self.changed(place, before), Change::Widened)
    }

    /// Narrows the edges of a template that a line fits otherwise.
    #[cold]
    fn narrow(&mut self, place: u32, line: &[u8], tokens: &Tokens) -> (u32, Change) {
        let Some(template) = self.store.get(place) else { return (place, Change::Unchanged) };
        let before = template.content;
        self.siblings.remove(place, template);
        self.store.change_tokens(place, |template| template.narrow(tokens, line));
        (self.changed(place, before), Change::Widened)
    }

    /// What follows when the tokens of a template have changed. Gives the place where its lines are counted now.
    fn changed(&mut self, place: u32, before: ContentId) -> u32 {
        self.counters.widened = self.counters.widened.saturating_add(1);
        let reach = self.siblings.reach();
        if let Some(template) = self.store.get_mut(place) {
            template.study(reach);
        }
        if let Some(template) = self.store.get(place) {
            self.siblings.add(place, template);
            let entry = Lineage::Became { template: template.id, from: before, to: template.content };
            self.note_lineage(entry);
        }
        let place = self.unite_with_twin(place);
        self.gather(place)
    }

    /// If a template has become the very text of another, unites them under the older id.
    pub(crate) fn unite_with_twin(&mut self, place: u32) -> u32 {
        if self.config.rule == Rule::Drain3 {
            return place;
        }
        let Some(twin) = self.store.get(place).and_then(|template| self.store.twin_of(template)) else { return place };
        let (kept, gone) = if self.outranks(place, twin) { (place, twin) } else { (twin, place) };
        let Some(gone) = self.take_out(gone) else { return kept };
        self.counters.merged_templates += 1;
        let mut lineage = None;
        let max_examples = self.config.max_examples;
        if let Some(kept) = self.store.get_mut(kept) {
            lineage = Some(Lineage::MergedInto { template: gone.id, into: kept.id, content: kept.content });
            kept.absorb(gone, max_examples);
        }
        self.store.weigh(kept);
        lineage.into_iter().for_each(|entry| self.note_lineage(entry));
        self.store.touch(kept);
        kept
    }

    /// Whether a template is the one that stays when two are united: a seed, or the older.
    pub(crate) fn outranks(&self, place: u32, other: u32) -> bool {
        let rank = |at: u32| self.store.get(at).map(|t| (!t.pinned, t.id));
        rank(place) < rank(other)
    }

    /// Makes room for one more template.
    fn make_room(&mut self) {
        if let Some(max) = self.config.max_templates {
            self.evict_down_to(max - 1);
        }
    }

    /// Evicts the least recently used templates until all others weigh no more than the limit, save the one at `place`.
    #[cold]
    pub(super) fn keep_to_memory(&mut self, place: u32) {
        let Some(max) = self.config.max_memory.filter(|_| self.config.rule == Rule::Default) else { return };
        while self.store.weight() > max {
            let Some(oldest) = self.store.oldest_unpinned().filter(|&oldest| oldest != place) else { return };
            self.evict(oldest);
        }
    }

    /// Evicts a template.
    fn evict(&mut self, place: u32) {
        if let Some(template) = self.take_out(place) {
            self.counters.evicted_templates += 1;
            self.counters.evicted_lines += template.count;
        }
    }

    /// Evicts the least recently used templates until no more than `len` are left, or only pinned ones.
    pub(crate) fn evict_down_to(&mut self, len: usize) {
        while self.store.len() > len {
            let Some(oldest) = self.store.oldest_unpinned() else { return };
            self.evict(oldest);
        }
    }

    /// Removes a template from store, tree and index. Drain3 keeps the nodes of evicted templates: they go on counting as
    /// children.
    pub(crate) fn take_out(&mut self, place: u32) -> Option<Template> {
        self.index.remove(place);
        if let Some(template) = self.store.get(place) {
            self.siblings.remove(place, template);
        }
        let template = self.store.remove(place)?;
        let members = &mut self.tree.node_mut(template.node).members;
        if let Some(at) = members.iter().position(|&member| member == place) {
            members.remove(at);
        }
        if self.config.rule == Rule::Default {
            self.tree.prune(template.node);
        }
        Some(template)
    }

    /// Founds a template on a line, unless that is the last piece of evidence for an older one.
    fn found_or_gathered(&mut self, line: &[u8], tokens: &Tokens) -> (u32, Change) {
        let founded = self.found(line, tokens);
        let id = self.store.get(founded).map(|template| template.id);
        let place = self.gather(founded);
        if self.store.get(place).map(|template| template.id) == id {
            self.counters.created = self.counters.created.saturating_add(1);
            (place, Change::Created)
        } else {
            self.counters.matched = self.counters.matched.saturating_add(1);
            self.counters.widened = self.counters.widened.saturating_add(1);
            (place, Change::Widened)
        }
    }

    /// Founds a template on a line.
    fn found(&mut self, line: &[u8], tokens: &Tokens) -> u32 {
        let leaf = self.leaf_for_new(line, tokens);
        let id = TemplateId(self.next_id);
        self.next_id += 1;
        self.settle(Template::of_line(id, tokens, line, leaf), leaf)
    }

    /// Adds a template to a leaf.
    pub(crate) fn settle(&mut self, mut template: Template, leaf: u32) -> u32 {
        template.study(self.siblings.reach());
        let place = self.store.add(template);
        if let Some(template) = self.store.get(place) {
            self.siblings.add(place, template);
        }
        let node = self.tree.node_mut(leaf);
        node.members.push(place);
        self.index.member_added(leaf, node, place, &self.store);
        place
    }

    /// The leaf of a new template: Drain3's insertion, which makes nodes as it goes.
    pub(crate) fn leaf_for_new(&mut self, line: &[u8], tokens: &Tokens) -> u32 {
        let mut at = self.tree.length_node_or_new(tokens.len());
        for level in 0..self.tree.levels_for(tokens.len()) {
            at = match self.tree.child(at, tokens, level, line) {
                Some(child) => child,
                None if self.takes_wild_branch(line, tokens, level) => self.wild_child_or_new(at),
                None => {
                    let children = self.tree.node(at).child_count as usize;
                    // Without a wildcard child, the last place is kept for it.
                    let reserved = usize::from(self.tree.wild_child(at).is_none());
                    if children + reserved < self.config.max_children {
                        self.tree.add_child(at, tokens, level, line)
                    } else {
                        self.wild_child_or_new(at)
                    }
                }
            };
        }
        at
    }

    pub(crate) fn wild_child_or_new(&mut self, at: u32) -> u32 {
        self.tree.wild_child(at).unwrap_or_else(|| self.tree.add_wild_child(at))
    }

    /// Whether a token that founds a template is taken for a parameter by its looks.
    fn takes_wild_branch(&self, line: &[u8], tokens: &Tokens, at: usize) -> bool {
        let key = tokens.keys()[at];
        if self.config.rule == Rule::Default {
            let mut bytes = Vec::new();
            write_token(tokens, at, line, &mut bytes);
            return self.is_parameter(key, &bytes);
        }
        // The text behind a mask says nothing of the template. Only the lexer gives such keys: after Drain3's tokenizer,
        // placeholders are literals.
        key == TokenKey::MASK
            || (self.config.parametrize_numeric_tokens
                && !key.is_masked()
                && has_digit(tokens.spans()[at].of(tokens.text(line))))
    }

    /// The same of a token given by its key and canonical bytes.
    pub(crate) fn is_parameter(&self, key: TokenKey, bytes: &[u8]) -> bool {
        if key.is_value() {
            return true;
        }
        let numeric = self.config.parametrize_numeric_tokens && !key.is_masked() && has_digit(bytes);
        numeric || (self.config.rule == Rule::Default && looks(key, bytes) <= Looks::Name)
    }

    pub(crate) fn note_lineage(&mut self, entry: Lineage) {
        if let Lineage::MergedInto { template, into, .. } = entry {
            self.merged.push((template, into));
        }
        if self.config.max_lineage == 0 {
            self.counters.dropped_lineage += 1;
            return;
        }
        if self.lineage.len() >= self.config.max_lineage {
            self.lineage.pop_front();
            self.counters.dropped_lineage += 1;
        }
        self.lineage.push_back(entry);
    }

    /// Takes the oldest lineage entry that waits.
    pub fn poll_lineage(&mut self) -> Option<Lineage> {
        self.lineage.pop_front()
    }

    /// Adds a template that never widens and never makes room: a seed. `tokens` are those of the template's text, its
    /// placeholders masked; a key of [`TokenKey::WILD`] is a wildcard. A seed that exists already is pinned.
    pub fn pin(&mut self, line: &[u8], tokens: &Tokens) -> TemplateId {
        let mut template = Template::of_line(TemplateId(self.next_id), tokens, line, NONE);
        template.pinned = true;
        template.widen_inner_wildcards(tokens);
        let place = match self.store.twin_of(&template) {
            Some(place) => {
                self.store.pin(place);
                place
            }
            None => {
                self.make_room();
                self.next_id += 1;
                let leaf = self.leaf_for_new(line, tokens);
                template.node = leaf;
                self.settle(template, leaf)
            }
        };
        let Some(template) = self.store.get_mut(place) else { return TemplateId(0) };
        template.note_classes(tokens);
        template.id
    }

    /// The template that a line belongs to, without learning anything from it. Finds every line that was mined, as long as
    /// its template lives. Reading is not use: the order of eviction stays.
    pub fn find(&self, line: &[u8], tokens: &Tokens) -> Option<TemplateId> {
        self.find_place(line, tokens).and_then(|place| self.store.get(place)).map(|template| template.id)
    }

    /// The same with the parameters.
    pub fn find_hit<'a>(&'a self, line: &[u8], tokens: &'a Tokens) -> Option<Hit<'a>> {
        let template = self.find_place(line, tokens).and_then(|place| self.store.get(place))?;
        let (id, size) = (template.id, template.count);
        Some(Hit { template: id, change: Change::Unchanged, size, merged: &[], of: Some(template), tokens })
    }

    pub(crate) fn find_place(&self, line: &[u8], tokens: &Tokens) -> Option<u32> {
        self.best_complete(self.query(line, tokens)).map(|fit| fit.place)
    }

    /// Drain3's `match`: a template that fits the line completely, by one of its three strategies.
    pub fn match_as_drain3(&self, line: &[u8], tokens: &Tokens, strategy: SearchStrategy) -> Option<TemplateId> {
        let query = self.query(line, tokens);
        let by_tree = || {
            let leaf = greedy_leaf(&self.tree, tokens, line)?;
            self.index.complete(leaf, self.tree.node(leaf), query, Prefer::MoreWildcards)
        };
        let full = || {
            let leaves = Subtree::of(&self.tree, self.tree.length_node(tokens.len())?);
            // Among equals Drain3 takes the first in the order of its tree, which need not be the oldest.
            let fits =
                leaves.filter_map(|leaf| self.index.complete(leaf, self.tree.node(leaf), query, Prefer::MoreWildcards));
            fits.reduce(|best, fit| if fit.wildcards > best.wildcards { fit } else { best })
        };
        let fit = match strategy {
            SearchStrategy::Never => by_tree(),
            SearchStrategy::Fallback => by_tree().or_else(full),
            SearchStrategy::Always => full(),
        };
        fit.and_then(|fit| self.store.get(fit.place)).map(|template| template.id)
    }

    /// A template by its id.
    pub fn template(&self, id: TemplateId) -> Option<TemplateView<'_>> {
        self.store.place_of(id).and_then(|place| self.store.get(place)).map(|t| t.view(&self.placeholders))
    }

    /// A template by its content id.
    pub fn template_by_content(&self, content: ContentId) -> Option<TemplateView<'_>> {
        self.store.by_content(content).and_then(|place| self.store.get(place)).map(|t| t.view(&self.placeholders))
    }

    /// Appends the text of a template to `out`; nothing when there is no such template.
    pub fn write_text(&self, id: TemplateId, out: &mut String) {
        if let Some(template) = self.store.place_of(id).and_then(|place| self.store.get(place)) {
            template.write_text(&self.placeholders, out);
        }
    }

    /// All templates, by id. Reading them does not change which one is evicted next.
    pub fn templates(&self) -> impl Iterator<Item = TemplateView<'_>> {
        self.store.iter().map(|(_, template)| template.view(&self.placeholders))
    }

    /// The number of templates.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether nothing has been mined or seeded.
    pub fn is_empty(&self) -> bool {
        self.store.len() == 0
    }

    /// The counters.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The number of nodes of the tree.
    pub fn nodes(&self) -> usize {
        self.tree.len()
    }

    /// The placeholders templates are shown with.
    pub fn placeholders(&self) -> &Placeholders {
        &self.placeholders
    }

    /// Rough memory in bytes, heap included. Cost: linear in the templates.
    pub fn memory(&self) -> usize {
        size_of::<Drain>()
            + self.store.memory()
            + self.tree.memory()
            + self.index.memory()
            + self.siblings.memory()
            + self.store.len() * 8
            + self.lineage.capacity() * size_of::<Lineage>()
    }
}

impl Template {
    /// Takes over the lines of a twin.
    pub(crate) fn absorb(&mut self, other: Template, max_examples: usize) {
        self.count = self.count.saturating_add(other.count);
        self.first_seen = self.first_seen.into_iter().chain(other.first_seen).min();
        self.last_seen = self.last_seen.max(other.last_seen);
        self.level = self.level.max(other.level);
        for (own, others) in self.slots.iter_mut().zip(&other.slots) {
            own.classes |= others.classes;
        }
        self.examples.extend(other.examples);
        // By hash, so that it does not matter which twin absorbed which.
        self.examples.sort_by(|a, b| (example_rank(a), a).cmp(&(example_rank(b), b)));
        self.examples.dedup();
        self.examples.truncate(max_examples);
    }
}

/// Lines of fewer tokens find what they need in a table.
const SHORT_LINE: usize = 128;

/// The least number of equal tokens that reaches a similarity, decided by the same floating-point comparison that Drain3
/// makes.
fn reaching(threshold: f64, length: usize) -> usize {
    let reaches = |equal: usize| equal as f64 / length as f64 >= threshold;
    #[allow(clippy::cast_sign_loss, reason = "the threshold is between 0 and 1")]
    let mut needed = (threshold * length as f64) as usize;
    while needed > 0 && reaches(needed - 1) {
        needed -= 1;
    }
    while !reaches(needed) && needed <= length {
        needed += 1;
    }
    needed
}
