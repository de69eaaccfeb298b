//! Drain, written naively after its description: strings, no hashes, scans of all templates. Both rules of the library.

use std::collections::BTreeMap;

use super::evidence::{After, Kind, Word, after, common, differ_in_numbers, kind, needed, proves_itself, tells};

/// No more templates than these are looked at, of those that share what is left out and of a leaf's latest.
const MOST_SIBLINGS: usize = 256;
const LATEST: usize = 64;
const MOST_WORDS: usize = 64;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub id: u64,
    pub words: Vec<Word>,
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
    pub distinct_values: usize,
    pub max_children: usize,
    pub max_templates: Option<usize>,
    pub numeric: bool,
}

/// What a user is told of a template's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It has another text.
    Became(u64),
    /// It is gone, and this one has its lines.
    MergedInto(u64, u64),
}

/// How often the ways of the default rule were taken.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Lines that widened the most similar template because the differences prove themselves.
    pub proven: usize,
    /// Lines before which a wildcard lost some of its edges.
    pub narrowed: usize,
    /// Gatherings by what was left out: a token, the values of keys, what proves itself, words that change together.
    pub gathered: [usize; 4],
    /// Gatherings after which words that are not proven yet stay apart from those that are.
    pub left_apart: usize,
    /// Gatherings of texts in which only numbers differ.
    pub numbers: usize,
    /// Gatherings at a first place in which values stand.
    pub first_valued: usize,
    /// Gatherings that took in the value of a key or a name with less evidence than its looks ask for.
    pub taken_along: usize,
    /// Wildcards made with an edge.
    pub edged: usize,
    /// Templates that moved to another leaf.
    pub relocated: usize,
    /// Templates united with a twin.
    pub united: usize,
    /// Templates that made room.
    pub evicted: usize,
}

#[derive(Debug)]
pub(crate) struct Drain {
    settings: Settings,
    roots: BTreeMap<usize, Node>,
    pub clusters: BTreeMap<u64, Cluster>,
    pub told: Vec<Told>,
    pub tally: Tally,
    next_id: u64,
    clock: u64,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Change {
    Unchanged,
    Created,
    Widened,
}

/// The words of a line; `<*>` is a wildcard in Drain3's rule.
fn words(line: &str, rule: Rule) -> Vec<Word> {
    let word = |w: &str| if rule == Rule::Drain3 && w == "<*>" { Word::any() } else { Word::Text(w.to_owned()) };
    line.split_ascii_whitespace().map(word).collect()
}

fn equal(template: &[Word], line: &[Word]) -> usize {
    template.iter().zip(line).filter(|(t, l)| t.text().is_some() && t == l).count()
}

fn wildcards(template: &[Word]) -> usize {
    template.iter().filter(|word| word.text().is_none()).count()
}

/// What two templates may differ in to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Token(usize),
    Values,
    Parameters,
}

/// Templates that show a parameter, and the ways by which they do.
#[derive(Debug)]
struct Proof {
    members: Vec<u64>,
    ways: Tally,
}

impl Proof {
    fn of_all(members: &[&Cluster]) -> Proof {
        Proof { members: members.iter().map(|c| c.id).collect(), ways: Tally::default() }
    }
}

impl Tally {
    fn count(&mut self, blank: usize, proof: &Proof) {
        self.gathered[blank] += 1;
        self.left_apart += proof.ways.left_apart;
        self.numbers += proof.ways.numbers;
        self.first_valued += proof.ways.first_valued;
        self.taken_along += proof.ways.taken_along;
    }
}

/// Those of some templates that show enough different words in a place, one's own word among them.
fn proof(own: &[Word], members: &[&Cluster], at: usize, n: usize) -> Option<Proof> {
    let numbers = |c: &Cluster| match (own[at].text(), c.words[at].text()) {
        (Some(a), Some(b)) => a == b || differ_in_numbers(a, b),
        _ => false,
    };
    let alike: Vec<&Cluster> = members.iter().copied().filter(|c| numbers(c)).collect();
    if alike.iter().any(|c| c.words[at] != own[at]) {
        let left_apart = usize::from(alike.len() < members.len());
        return Some(Proof { ways: Tally { numbers: 1, left_apart, ..Tally::default() }, ..Proof::of_all(&alike) });
    }
    let valued = members.iter().any(|c| kind(&c.words[at]) == Kind::Value);
    let place = match after(own, at) {
        After::Nothing if valued => After::Other,
        place => place,
    };
    // How demanding words are: the most demanding level at which all that are no more demanding are enough.
    let level = |word: &Word| needed(word, place, n);
    let is_enough = |&most: &usize| {
        let mut shown: Vec<&Word> = Vec::new();
        for word in members.iter().map(|c| &c.words[at]).filter(|word| level(word) <= most) {
            if !shown.contains(&word) {
                shown.push(word);
            }
        }
        let worth = |word: &&Word| match (word, kind(word)) {
            (Word::Any(..), _) => n - 1,
            (_, Kind::Value) => 2,
            _ => 1,
        };
        shown.len() > 1 && shown.iter().map(worth).sum::<usize>() >= most
    };
    let most = members.iter().map(|c| level(&c.words[at])).filter(is_enough).max()?;
    let everything = matches!(place, After::Key | After::Naming);
    let holds = |word: &Word| everything || level(word) <= most;
    if !holds(&own[at]) || !members.iter().any(|c| c.words[at] == own[at]) {
        return None;
    }
    let mut found: Vec<&Cluster> = members.iter().copied().filter(|c| holds(&c.words[at])).collect();
    found.sort_by_key(|c| c.id);
    let ways = Tally {
        left_apart: usize::from(found.len() < members.len()),
        first_valued: usize::from(valued && at == 0),
        taken_along: usize::from(found.iter().any(|c| level(&c.words[at]) > most)),
        ..Tally::default()
    };
    Some(Proof { ways, ..Proof::of_all(&found) })
}

fn similarity(equal: usize, length: usize) -> f64 {
    if length == 0 { 1.0 } else { equal as f64 / length as f64 }
}

impl Drain {
    pub(crate) fn new(settings: Settings) -> Drain {
        Drain {
            settings,
            roots: BTreeMap::new(),
            clusters: BTreeMap::new(),
            told: Vec::new(),
            tally: Tally::default(),
            next_id: 1,
            clock: 0,
        }
    }

    fn levels(&self, words: &[Word]) -> usize {
        (self.settings.depth - 3).min(words.len().saturating_sub(1))
    }

    /// The leaves a line is looked for in.
    fn leaves(&self, words: &[Word]) -> Vec<&Node> {
        let mut nodes: Vec<&Node> = self.roots.get(&words.len()).into_iter().collect();
        for word in words.iter().take(self.levels(words)) {
            let mut next = Vec::new();
            for node in nodes {
                let (exact, wild) = (node.child(word.text()), node.child(None));
                match self.settings.rule {
                    Rule::Drain3 => next.extend(exact.or(wild)),
                    Rule::Default => next.extend(exact.into_iter().chain(wild)),
                }
            }
            nodes = next;
        }
        nodes
    }

    fn search(&self, words: &[Word]) -> Option<u64> {
        let ids = self.leaves(words).into_iter().flat_map(|leaf| leaf.clusters.clone());
        let mut candidates: Vec<&Cluster> = ids.filter_map(|id| self.clusters.get(&id)).collect();
        if self.settings.rule == Rule::Default {
            let complete = candidates.iter().filter(|c| equal(&c.words, words) + wildcards(&c.words) == words.len());
            if let Some(best) = complete.min_by_key(|c| (wildcards(&c.words), c.id)) {
                return Some(best.id);
            }
            candidates.retain(|c| {
                similarity(equal(&c.words, words), words.len()) >= self.settings.threshold
                    && is_proven_by_line(&c.words, words)
            });
        }
        let rank = |c: &&Cluster| (equal(&c.words, words), wildcards(&c.words), u64::MAX - c.id);
        let best = candidates.into_iter().max_by_key(rank)?;
        (similarity(equal(&best.words, words), words.len()) >= self.settings.threshold).then_some(best.id)
    }

    pub(crate) fn insert(&mut self, line: &str) -> (u64, Change, u64) {
        let words = words(line, self.settings.rule);
        let (id, change) = match self.search(&words) {
            Some(id) => self.join(id, &words),
            None => self.found(words),
        };
        let cluster = self.clusters.get_mut(&id).unwrap();
        cluster.size += 1;
        (id, change, cluster.size)
    }

    fn use_of(&mut self, id: u64) {
        self.clock += 1;
        self.clusters.get_mut(&id).unwrap().last_use = self.clock;
    }

    fn join(&mut self, id: u64, words: &[Word]) -> (u64, Change) {
        self.use_of(id);
        let edges = self.settings.rule == Rule::Default;
        let own = self.clusters[&id].words.clone();
        let wider: Vec<Word> =
            own.iter().zip(words).map(|(t, l)| if edges { meet(t, l) } else { widen(t, l) }).collect();
        if wider == own {
            return (id, Change::Unchanged);
        }
        if wildcards(&wider) == wildcards(&own) {
            self.tally.narrowed += 1;
        } else {
            self.tally.proven += 1;
        }
        let edged = |word: &Word| word.text().is_none() && *word != Word::any() && !own.contains(word);
        self.tally.edged += wider.iter().filter(|word| edged(word)).count();
        self.clusters.get_mut(&id).unwrap().words = wider;
        if self.settings.rule == Rule::Drain3 {
            return (id, Change::Widened);
        }
        self.told.push(Told::Became(id));
        let id = self.unite_twins(id);
        (self.gather(id), Change::Widened)
    }

    fn found(&mut self, words: Vec<Word>) -> (u64, Change) {
        if self.settings.max_templates.is_some_and(|max| self.clusters.len() >= max) {
            let oldest = self.clusters.values().min_by_key(|c| c.last_use).unwrap().id;
            self.remove(oldest);
            self.tally.evicted += 1;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.place(id, &words);
        self.clusters.insert(id, Cluster { id, words, size: 0, last_use: 0 });
        self.use_of(id);
        let now = if self.settings.rule == Rule::Default { self.gather(id) } else { id };
        (now, if now == id { Change::Created } else { Change::Widened })
    }

    /// Unites a template with its siblings as long as they prove something to be a parameter. Gives who has its lines.
    fn gather(&mut self, mut id: u64) -> u64 {
        while let Some((at, members)) = self.proven_by_siblings(id) {
            id = self.widen_together(id, at, &members);
        }
        id
    }

    fn proven_by_siblings(&mut self, id: u64) -> Option<(usize, Vec<u64>)> {
        let own = self.clusters[&id].words.clone();
        let n = self.settings.distinct_values;
        let blanks = (0..own.len()).map(Blank::Token).chain([Blank::Values, Blank::Parameters]);
        for blank in blanks {
            let Some(rest) = self.rest(&own, blank) else { continue };
            let siblings = self.clusters.values().filter(|c| self.rest(&c.words, blank).as_ref() == Some(&rest));
            let siblings: Vec<&Cluster> = siblings.collect();
            if siblings.len() > MOST_SIBLINGS.max(4 * n) {
                continue;
            }
            let mut places = (0..own.len()).filter(|&at| rest[at].is_none());
            let proven = match blank {
                Blank::Parameters => {
                    let differs = places.find(|&at| siblings.iter().any(|c| c.words[at] != own[at]));
                    differs.map(|at| (at, Proof::of_all(&siblings)))
                }
                Blank::Token(_) | Blank::Values => places.find_map(|at| Some((at, proof(&own, &siblings, at, n)?))),
            };
            if let Some((at, proof)) = proven {
                let way =
                    if matches!(blank, Blank::Token(_)) { 0 } else { 1 + usize::from(blank == Blank::Parameters) };
                self.tally.count(way, &proof);
                return Some((at, proof.members));
            }
        }
        let (at, proof) = self.proven_together(id)?;
        self.tally.count(3, &proof);
        Some((at, proof.members))
    }

    /// Words that change together: twice the evidence for each, among those of the leaf's latest that are equal in all
    /// other words. At most three words, none beside another.
    fn proven_together(&self, id: u64) -> Option<(usize, Proof)> {
        let own = &self.clusters[&id].words;
        let twice = 2 * self.settings.distinct_values;
        let leaf = self.leaf_of(id);
        let latest: Vec<&Cluster> = leaf.iter().rev().take(LATEST).rev().map(|id| &self.clusters[id]).collect();
        if latest.len() < twice || own.len() > MOST_WORDS {
            return None;
        }
        let mut cohort = latest;
        cohort.retain(|c| {
            let same: Vec<&Word> = own.iter().zip(&c.words).filter(|(a, b)| a == b).map(|(a, _)| a).collect();
            let other: Vec<usize> = (0..own.len()).filter(|&at| own[at] != c.words[at]).collect();
            same.iter().any(|word| tells(word))
                && same.len() as f64 >= self.settings.threshold * own.len() as f64
                && other.len() <= 3
                && other.iter().all(|at| !other.contains(&(at + 1)))
        });
        let proven = |cohort: &[&Cluster], among: &[usize]| -> Vec<(usize, Proof)> {
            among.iter().filter_map(|&at| Some((at, proof(own, cohort, at, twice)?))).collect()
        };
        let places = |found: &[(usize, Proof)]| -> Vec<usize> { found.iter().map(|(at, _)| *at).collect() };
        let every: Vec<usize> = (0..own.len()).collect();
        let mut varying = places(&proven(&cohort, &every));
        loop {
            cohort.retain(|c| every.iter().all(|at| varying.contains(at) || c.words[*at] == own[*at]));
            let found = proven(&cohort, &varying);
            let left = places(&found);
            if left.iter().any(|at| left.contains(&(at + 1))) {
                return None;
            }
            if left == varying {
                return found.into_iter().next().filter(|(_, proof)| proof.members.len() >= twice);
            }
            varying = left;
        }
    }

    /// What is left of a template without what is left out, if that tells what the template is about.
    fn rest<'a>(&self, words: &'a [Word], blank: Blank) -> Option<Vec<Option<&'a Word>>> {
        if words.len() < 2 || words.len() > MOST_WORDS {
            return None;
        }
        let left_out = |at: usize| match blank {
            Blank::Token(token) => token == at,
            Blank::Values => after(words, at) == After::Key,
            Blank::Parameters => proves_itself(words, at, &words[at]),
        };
        let rest: Vec<Option<&Word>> = (0..words.len()).map(|at| (!left_out(at)).then_some(&words[at])).collect();
        let left = rest.iter().flatten().count();
        let several = matches!(blank, Blank::Token(_)) || words.len() - left >= 2;
        // As the library, which multiplies where lines are compared by division.
        let enough = blank != Blank::Parameters || left as f64 >= self.settings.threshold * words.len() as f64;
        (several && enough && rest.iter().flatten().any(|word| tells(word))).then_some(rest)
    }

    /// Makes a wildcard in one place of several templates, which are twins then, or nearly.
    fn widen_together(&mut self, id: u64, at: usize, members: &[u64]) -> u64 {
        let all = members.iter().map(|member| self.clusters[member].words[at].clone());
        let any = all.reduce(|a, b| common(&a, &b)).unwrap();
        self.tally.edged += usize::from(any != Word::any());
        let mut now = id;
        for &member in members {
            // One that had the wildcard before may have been united with an older one already.
            let Some(mut cluster) = self.clusters.get(&member).cloned() else { continue };
            let before = self.path(member);
            self.remove(member);
            let changed = cluster.words[at] != any;
            cluster.words[at] = any.clone();
            self.place(member, &cluster.words);
            self.clusters.insert(member, cluster);
            self.use_of(member);
            self.tally.relocated += usize::from(self.path(member) != before);
            let twin = self.twin(member);
            if changed && twin.is_none_or(|twin| twin > member) {
                self.told.push(Told::Became(member));
            }
            let kept = self.unite_twins(member);
            if now == member || Some(now) == twin {
                now = kept;
            }
        }
        now
    }

    fn twin(&self, id: u64) -> Option<u64> {
        self.clusters.values().find(|c| c.id != id && c.words == self.clusters[&id].words).map(|c| c.id)
    }

    fn unite_twins(&mut self, id: u64) -> u64 {
        let Some(twin) = self.twin(id) else { return id };
        let (kept, gone) = (id.min(twin), id.max(twin));
        let size = self.clusters[&gone].size;
        self.remove(gone);
        self.clusters.get_mut(&kept).unwrap().size += size;
        self.use_of(kept);
        self.told.push(Told::MergedInto(gone, kept));
        self.tally.united += 1;
        kept
    }

    /// The way to the leaf that holds a template.
    fn path(&self, id: u64) -> Vec<Option<String>> {
        fn search(node: &Node, id: u64) -> Option<Vec<Option<String>>> {
            if node.clusters.contains(&id) {
                return Some(Vec::new());
            }
            node.children.iter().find_map(|(key, child)| {
                let mut path = search(child, id)?;
                path.insert(0, key.clone());
                Some(path)
            })
        }
        search(&self.roots[&self.clusters[&id].words.len()], id).unwrap()
    }

    /// The templates of the leaf that holds one, in the order in which they came there.
    fn leaf_of(&self, id: u64) -> &[u64] {
        let words = &self.clusters[&id].words;
        let mut node = &self.roots[&words.len()];
        for key in self.path(id) {
            node = node.child(key.as_deref()).unwrap();
        }
        &node.clusters
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

    fn place(&mut self, id: u64, words: &[Word]) {
        let (levels, settings) = (self.levels(words), self.settings.clone());
        let mut node = self.roots.entry(words.len()).or_default();
        for word in words.iter().take(levels) {
            let numeric = settings.numeric && word.text().is_some_and(|w| w.contains(|c: char| c.is_ascii_digit()));
            let value = settings.rule == Rule::Default && matches!(kind(word), Kind::Value | Kind::Name);
            let known = node.child(word.text()).is_some();
            let reserved = usize::from(node.child(None).is_none());
            let room = node.children.len() + reserved < settings.max_children;
            let own_child = known || (!numeric && !value && room);
            node = node.child_mut(if own_child { word.text() } else { None });
        }
        node.clusters.push(id);
    }
}

/// Drain3's wildcard.
fn widen(own: &Word, line: &Word) -> Word {
    if own == line { own.clone() } else { Word::any() }
}

/// A template's word after a line's: itself where the line's fits, otherwise a wildcard that holds both.
fn meet(own: &Word, line: &Word) -> Word {
    if line.text().is_some_and(|text| own.holds(text)) { own.clone() } else { common(own, line) }
}

/// Whether every word in which a line differs is a parameter by the looks of both, and another word tells what the line is
/// about.
fn is_proven_by_line(own: &[Word], line: &[Word]) -> bool {
    let equal = |at: &usize| own[*at] == line[*at];
    let proven = |at: usize| match (own[at].text(), line[at].text()) {
        (Some(a), Some(b)) => {
            differ_in_numbers(a, b) || (proves_itself(own, at, &own[at]) && proves_itself(own, at, &line[at]))
        }
        _ => true,
    };
    let differ = |at: &usize| !equal(at);
    (0..own.len()).filter(differ).all(proven) && (0..own.len()).filter(equal).any(|at| tells(&own[at]))
}
