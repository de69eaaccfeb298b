//! Drain, written naively after its description: strings, hash-free maps, scans. Both rules of the library.

use std::collections::BTreeMap;

/// A template: its words, `None` for a wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub id: u64,
    pub words: Vec<Option<String>>,
    pub size: u64,
    last_use: u64,
}

#[derive(Debug, Default, Clone)]
struct Node {
    /// Children in the order of birth; the key `None` is the wildcard.
    children: Vec<(Option<String>, Node)>,
    clusters: Vec<u64>,
}

impl Node {
    fn child(&self, key: Option<&str>) -> Option<&Node> {
        self.children.iter().find(|(own, _)| own.as_deref() == key).map(|(_, node)| node)
    }

    fn child_mut(&mut self, key: Option<&str>) -> &mut Node {
        let at = self.children.iter().position(|(own, _)| own.as_deref() == key).unwrap_or_else(|| {
            self.children.push((key.map(str::to_owned), Node::default()));
            self.children.len() - 1
        });
        &mut self.children[at].1
    }
}

/// Which of the library's two rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Default,
    Drain3,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub rule: Rule,
    pub depth: usize,
    pub threshold: f64,
    pub max_children: usize,
    pub max_templates: Option<usize>,
    pub numeric: bool,
}

#[derive(Debug)]
pub(crate) struct Drain {
    settings: Settings,
    roots: BTreeMap<usize, Node>,
    pub clusters: BTreeMap<u64, Cluster>,
    next_id: u64,
    clock: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Unchanged,
    Created,
    Widened,
}

/// The words of a line; `<*>` is a wildcard in Drain3's rule.
fn words(line: &str, rule: Rule) -> Vec<Option<String>> {
    line.split_ascii_whitespace().map(|w| (rule == Rule::Default || w != "<*>").then(|| w.to_owned())).collect()
}

fn equal(template: &[Option<String>], line: &[Option<String>]) -> usize {
    template.iter().zip(line).filter(|(t, l)| t.is_some() && t == l).count()
}

fn wildcards(template: &[Option<String>]) -> usize {
    template.iter().filter(|word| word.is_none()).count()
}

impl Drain {
    pub(crate) fn new(settings: Settings) -> Drain {
        Drain { settings, roots: BTreeMap::new(), clusters: BTreeMap::new(), next_id: 1, clock: 0 }
    }

    fn levels(&self, words: &[Option<String>]) -> usize {
        (self.settings.depth - 3).min(words.len().saturating_sub(1))
    }

    /// The leaves a line is looked for in.
    fn leaves(&self, words: &[Option<String>]) -> Vec<&Node> {
        let mut nodes: Vec<&Node> = self.roots.get(&words.len()).into_iter().collect();
        for word in words.iter().take(self.levels(words)) {
            let mut next = Vec::new();
            for node in nodes {
                let (exact, wild) = (node.child(word.as_deref()), node.child(None));
                match self.settings.rule {
                    Rule::Drain3 => next.extend(exact.or(wild)),
                    Rule::Default => next.extend(exact.into_iter().chain(wild)),
                }
            }
            nodes = next;
        }
        nodes
    }

    fn search(&self, words: &[Option<String>]) -> Option<u64> {
        let ids = self.leaves(words).into_iter().flat_map(|leaf| leaf.clusters.clone());
        let candidates: Vec<&Cluster> = ids.filter_map(|id| self.clusters.get(&id)).collect();
        if self.settings.rule == Rule::Default {
            let complete = candidates.iter().filter(|c| equal(&c.words, words) + wildcards(&c.words) == words.len());
            if let Some(best) = complete.min_by_key(|c| (wildcards(&c.words), c.id)) {
                return Some(best.id);
            }
        }
        let rank = |c: &&Cluster| (equal(&c.words, words), wildcards(&c.words), u64::MAX - c.id);
        let best = candidates.into_iter().max_by_key(rank)?;
        let similarity = if words.is_empty() { 1.0 } else { equal(&best.words, words) as f64 / words.len() as f64 };
        (similarity >= self.settings.threshold).then_some(best.id)
    }

    pub(crate) fn insert(&mut self, line: &str) -> (u64, Change, u64) {
        self.clock += 1;
        let words = words(line, self.settings.rule);
        if let Some(id) = self.search(&words) {
            let cluster = self.clusters.get_mut(&id).unwrap();
            let wider: Vec<_> = cluster.words.iter().zip(&words).map(|(t, l)| t.clone().filter(|_| t == l)).collect();
            let change = if wider == cluster.words { Change::Unchanged } else { Change::Widened };
            cluster.words = wider;
            cluster.size += 1;
            cluster.last_use = self.clock;
            let size = cluster.size;
            let id = if self.settings.rule == Rule::Default { self.unite_twins(id) } else { id };
            return (id, change, if self.clusters[&id].size > size { self.clusters[&id].size } else { size });
        }
        if self.settings.max_templates.is_some_and(|max| self.clusters.len() >= max) {
            let oldest = self.clusters.values().min_by_key(|c| c.last_use).unwrap().id;
            self.remove(oldest);
        }
        let id = self.next_id;
        self.next_id += 1;
        self.place(id, &words);
        self.clusters.insert(id, Cluster { id, words, size: 1, last_use: self.clock });
        (id, Change::Created, 1)
    }

    fn unite_twins(&mut self, id: u64) -> u64 {
        let own = self.clusters[&id].words.clone();
        let Some(twin) = self.clusters.values().find(|c| c.id != id && c.words == own).map(|c| c.id) else { return id };
        let (kept, gone) = (id.min(twin), id.max(twin));
        let size = self.clusters[&gone].size;
        self.remove(gone);
        let kept_cluster = self.clusters.get_mut(&kept).unwrap();
        kept_cluster.size += size;
        kept_cluster.last_use = self.clock;
        kept
    }

    fn remove(&mut self, id: u64) {
        let length = self.clusters.remove(&id).unwrap().words.len();
        if self.settings.rule == Rule::Default {
            fn prune(node: &mut Node, id: u64) {
                node.clusters.retain(|&own| own != id);
                node.children.iter_mut().for_each(|(_, child)| prune(child, id));
                node.children.retain(|(_, child)| !child.clusters.is_empty() || !child.children.is_empty());
            }
            prune(self.roots.get_mut(&length).unwrap(), id);
        }
    }

    fn place(&mut self, id: u64, words: &[Option<String>]) {
        let (levels, settings) = (self.levels(words), self.settings.clone());
        let mut node = self.roots.entry(words.len()).or_default();
        for word in words.iter().take(levels) {
            let numeric = settings.numeric && word.as_ref().is_some_and(|w| w.contains(|c: char| c.is_ascii_digit()));
            let known = node.child(word.as_deref()).is_some();
            let reserved = usize::from(node.child(None).is_none());
            let room = node.children.len() + reserved < settings.max_children;
            let own_child = known || (!numeric && room);
            node = node.child_mut(if own_child { word.as_deref() } else { None });
        }
        node.clusters.push(id);
    }
}
