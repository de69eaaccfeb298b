//! The machine.

use super::MinerConfig;
use super::settings::require_equal;
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::{Change, Placeholders, Tokens};
use crate::id::{ContentId, TemplateId};
use crate::mine::{Counters, Drain, Explanation, Hit, Lineage, MergeMap, SearchStrategy, Seen, TemplateView};
use crate::normalize::Normalizer;
use crate::text::LineBatch;

/// Lines in, templates out.
///
/// Takes messages, without their headers; [`Pipeline`](crate::Pipeline) takes raw lines. `Send` and `Sync`: one thread mines
/// at a time, any number may read. Restoring a [snapshot](Miner::snapshot) and going on equals never having stopped.
#[derive(Debug, Clone)]
pub struct Miner {
    config: MinerConfig,
    normalizer: Normalizer,
    drain: Drain,
    /// The tokens of the line at hand.
    tokens: Tokens,
    cut_lines: u64,
}

/// The hits of many lines as columns, one entry per line.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Columns {
    /// The templates.
    pub templates: Vec<TemplateId>,
    /// What each line did to its template.
    pub changes: Vec<Change>,
}

impl Columns {
    /// Without entries.
    pub fn new() -> Columns {
        Columns::default()
    }

    /// Forgets the entries, keeps the memory.
    pub fn clear(&mut self) {
        self.templates.clear();
        self.changes.clear();
    }
}

/// How a miner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct MinerStats {
    /// What was counted.
    pub counters: Counters,
    /// Lines longer than `max_line_bytes` or `max_tokens`: they were mined by their head.
    pub cut_lines: u64,
    /// Lines on which a mask used up its steps, see [`Normalizer::exhausted_masks`].
    pub exhausted_masks: u64,
    /// Templates alive.
    pub templates: usize,
    /// Nodes of the tree.
    pub nodes: usize,
    /// Rough memory in bytes of what is learned: templates, examples, tree, indexes. Compiled masks and the scratch of a
    /// line are not counted.
    pub memory: usize,
}

impl Miner {
    /// Builds a miner.
    ///
    /// # Errors
    ///
    /// Every wrong setting of both stages, with its path: [`ErrorKind::Config`](crate::ErrorKind::Config),
    /// [`ErrorKind::Pattern`](crate::ErrorKind::Pattern), [`ErrorKind::Limit`](crate::ErrorKind::Limit).
    pub fn build(config: &MinerConfig) -> Result<Miner, Error> {
        let mut problems = Problems::default();
        let normalizer = Normalizer::build(&config.normalize).map_err(|error| problems.absorb("", error));
        let placeholders = normalizer.as_ref().map(|n| n.placeholders().clone()).unwrap_or_default();
        let drain = Drain::build(&config.mine, placeholders).map_err(|error| problems.absorb("", error));
        problems.finish()?;
        match (normalizer, drain) {
            (Ok(normalizer), Ok(drain)) => {
                Ok(Miner { config: config.clone(), normalizer, drain, tokens: Tokens::new(), cut_lines: 0 })
            }
            // Unreachable: a stage that failed left a problem.
            _ => Err(Error::new(ErrorKind::Config, "", "a stage could not be built")),
        }
    }

    /// Mines a line: finds or founds its template and counts the line. Total: any bytes are a line.
    pub fn insert<'a>(&'a mut self, line: &[u8]) -> Hit<'a> {
        self.insert_seen(line, Seen::default())
    }

    /// Mines a line of which the event time or the level is known.
    pub fn insert_seen<'a>(&'a mut self, line: &[u8], seen: Seen) -> Hit<'a> {
        self.normalizer.normalize(line, &mut self.tokens);
        self.cut_lines += u64::from(self.tokens.is_cut());
        self.drain.insert(line, &self.tokens, seen)
    }

    /// Mines a batch; appends one entry per line to the columns.
    pub fn insert_batch(&mut self, batch: LineBatch<'_>, columns: &mut Columns) {
        columns.templates.reserve(batch.len());
        columns.changes.reserve(batch.len());
        for line in batch.iter() {
            let hit = self.insert(line);
            columns.templates.push(hit.template);
            columns.changes.push(hit.change);
        }
    }

    /// The template that a line belongs to, without learning from it. Finds every line that was mined, as long as its
    /// template lives. Does not count as use. Allocates scratch; [`Miner::find_with`] reuses the caller's.
    pub fn find(&self, line: &[u8]) -> Option<TemplateId> {
        let mut tokens = Tokens::new();
        self.find_with(line, &mut tokens).map(|hit| hit.template)
    }

    /// The same with the line's parameters, and the caller's scratch.
    pub fn find_with<'a>(&'a self, line: &[u8], tokens: &'a mut Tokens) -> Option<Hit<'a>> {
        self.normalizer.normalize(line, tokens);
        self.drain.find_hit(line, tokens)
    }

    /// Drain3's `match`, with one of its three strategies. For users who migrate; [`Miner::find`] misses nothing.
    pub fn match_as_drain3(&self, line: &[u8], strategy: SearchStrategy) -> Option<TemplateId> {
        let mut tokens = Tokens::new();
        self.normalizer.normalize(line, &mut tokens);
        self.drain.match_as_drain3(line, &tokens, strategy)
    }

    /// Seeds a template by its text: it is pinned, never widened and never evicted. Placeholders are written as templates
    /// show them: `<*>` as a whole token is a wildcard, `<NUM>`, `<IP>` or a mask's name stand for a masked value, alone or
    /// inside a token. A text that is known already is pinned where it is. Seeds count towards `max_templates` but never make
    /// room: where they fill it, one template at a time is learned beside them. Under [`Rule::Drain3`](crate::Rule) a seed is
    /// looked for as Drain3 looks for its clusters: greedily, and by the similarity threshold, which wildcards do not help.
    ///
    /// ```
    /// # use drainrs::{Miner, MinerConfig};
    /// let mut miner = Miner::build(&MinerConfig::default())?;
    /// let seed = miner.seed("Connection refused by <*> port <NUM>");
    /// assert_eq!(miner.insert(b"Connection refused by db-primary port 5432").template, seed);
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn seed(&mut self, text: &str) -> TemplateId {
        self.normalizer.normalize_template(text.as_bytes(), &mut self.tokens);
        self.drain.pin(text.as_bytes(), &self.tokens)
    }

    /// Why a line would go where it goes: path, candidates, similarities. Learns nothing.
    pub fn explain(&self, line: &[u8]) -> Explanation {
        let mut tokens = Tokens::new();
        self.normalizer.normalize(line, &mut tokens);
        self.drain.explain(line, &tokens)
    }

    /// A key by which lines may be mined apart: miners that were fed with disjoint sets of keys merge into exactly the
    /// templates that one miner would have. It is the number of tokens, at which Drain's tree splits.
    pub fn shard_key(&self, line: &[u8]) -> u64 {
        let mut tokens = Tokens::new();
        self.normalizer.normalize(line, &mut tokens);
        tokens.len() as u64
    }

    /// Takes over the templates and counts of another miner; tells where its templates are now. Commutative and
    /// associative in the set of templates and their counts, below the limit on templates. Local ids of `self` stay.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SnapshotConfig`](crate::ErrorKind::SnapshotConfig) if the miners were built with different settings;
    /// [`ErrorKind::Limit`] if they have counted more than 2⁶¹ together, which happens where miners take each other in again
    /// and again. After an error nothing is changed.
    pub fn merge(&mut self, other: &Miner) -> Result<MergeMap, Error> {
        require_equal(&self.config, &other.config, "the other miner")?;
        let map = self.drain.merge(&other.drain).ok_or_else(|| {
            let (own, others) = (self.drain.counters().seen, other.drain.counters().seen);
            let text = format!(
                "has counted {others} lines and this one {own}, which is too much to count on from; miners that take each \
                 other in double their counts each time: merge all into one that none takes in"
            );
            Error::new(ErrorKind::Limit, "the other miner", text)
        })?;
        self.cut_lines = self.cut_lines.saturating_add(other.cut_lines);
        Ok(map)
    }

    /// A template by its id.
    pub fn template(&self, id: TemplateId) -> Option<TemplateView<'_>> {
        self.drain.template(id)
    }

    /// A template by its content id.
    pub fn template_by_content(&self, content: ContentId) -> Option<TemplateView<'_>> {
        self.drain.template_by_content(content)
    }

    /// Appends the text of a template to `out`; for hot paths that reuse a string.
    pub fn write_text(&self, id: TemplateId, out: &mut String) {
        self.drain.write_text(id, out);
    }

    /// All templates, by id. Does not count as use.
    pub fn templates(&self) -> impl Iterator<Item = TemplateView<'_>> {
        self.drain.templates()
    }

    /// The number of templates.
    pub fn len(&self) -> usize {
        self.drain.len()
    }

    /// Whether there is no template.
    pub fn is_empty(&self) -> bool {
        self.drain.is_empty()
    }

    /// Takes the oldest change of identity that waits: what stored rows have to follow.
    pub fn poll_lineage(&mut self) -> Option<Lineage> {
        self.drain.poll_lineage()
    }

    /// Counters, sizes, memory. Cost: linear in the templates; ask now and then, not with every line.
    pub fn stats(&self) -> MinerStats {
        MinerStats {
            counters: self.drain.counters(),
            cut_lines: self.cut_lines,
            exhausted_masks: self.normalizer.exhausted_masks(),
            templates: self.drain.len(),
            nodes: self.drain.nodes(),
            memory: self.drain.memory(),
        }
    }

    /// The settings.
    pub fn config(&self) -> &MinerConfig {
        &self.config
    }

    /// How classes are written in templates.
    pub fn placeholders(&self) -> &Placeholders {
        self.drain.placeholders()
    }

    pub(crate) fn drain(&self) -> &Drain {
        &self.drain
    }

    /// The scratch of the longest line so far, in bytes.
    pub(crate) fn scratch(&self) -> usize {
        self.tokens.memory()
    }

    pub(crate) fn cut_lines(&self) -> u64 {
        self.cut_lines
    }

    /// Goes on with a state that was read.
    pub(crate) fn resume(&mut self, drain: Drain, cut_lines: u64) {
        self.drain = drain;
        self.cut_lines = cut_lines;
    }
}
