//! A miner out of a state that Drain3 saved.
//!
//! Drain3 writes its machine with jsonpickle, and reads it by letting jsonpickle create whatever objects the file names. Here
//! the file is data: of the objects that Drain3 is made of, the fields that it restores are read, and all else is passed over.
//! Every version of jsonpickle that Drain3 runs with is understood, for each writes the same fields in another place.

use std::borrow::Cow;

use super::pickled::{self, Json, is_plain_key, key_number, key_text};
use super::{Miner, MinerConfig};
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::Class;
use crate::mine::{Drain, DrainConfig, Learned, LearnedCluster, LearnedNode, Rule, TreeNode};
use crate::normalize::Tokenizer;

impl Miner {
    /// A miner that goes on where Drain3 (0.9.11, or any release that saves the same fields) stopped: the same cluster ids,
    /// sizes and templates; every further line gets the answer that Drain3 gives once it has loaded the state. `state` is the JSON text that
    /// Drain3 hands to its persistence: with `snapshot_compress_state`, its default, Base64 around zlib around that text,
    /// which the host undoes. Nothing in it is executed.
    ///
    /// As in Drain3, the settings are those given, not those of the state, except for the limit on clusters: Drain3 keeps
    /// that with the clusters, and so [`Miner::config`] has the limit of the state.
    ///
    /// Which cluster makes room first is told by the ids, the oldest before the others: loading a state, Drain3 touches all
    /// its clusters in that order.
    ///
    /// Not in the state: lines that evicted clusters had taken in (each such cluster is counted as one line), examples, and
    /// event times.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Config`]: the settings are not those of Drain3's rule and tokenizer, or wrong in themselves;
    /// - [`ErrorKind::SnapshotConfig`]: the state has a tree of another `depth`;
    /// - [`ErrorKind::Snapshot`]: no state of Drain3, damaged or truncated, with the place.
    ///
    /// ```
    /// use drainrs::{Miner, MinerConfig, TemplateId};
    ///
    /// let state = br#"{"py/object": "drain3.drain.Drain", "py/state": {"log_cluster_depth": 4, "clusters_counter": 7,
    ///     "root_node": {"key_to_child_node": {"2": {"key_to_child_node": {"user":
    ///         {"key_to_child_node": {}, "cluster_ids": [7]}}}}},
    ///     "id_to_cluster": {"json://7": {"log_template_tokens": {"py/tuple": ["user", "<*>"]}, "cluster_id": 7, "size": 3}}}}"#;
    /// let mut miner = Miner::from_drain3_state(state, &MinerConfig::drain3())?;
    /// let hit = miner.insert(b"user ada");
    /// assert_eq!((hit.template, hit.size), (TemplateId(7), 4));
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn from_drain3_state(state: &[u8], config: &MinerConfig) -> Result<Miner, Error> {
        let mut problems = Problems::default();
        problems.require(config.mine.rule == Rule::Drain3, "mine.rule", || {
            "a state of Drain3 goes on under Drain3's rule only; begin with MinerConfig::drain3()".to_owned()
        });
        problems.require(config.normalize.tokenizer == Tokenizer::Drain3, "normalize.tokenizer", || {
            "a state of Drain3 goes on with Drain3's tokenizer only; begin with MinerConfig::drain3()".to_owned()
        });
        problems.finish()?;
        if u32::try_from(state.len()).is_err() {
            return Err(Error::new(
                ErrorKind::Limit,
                "state",
                format!("{} bytes, at most 4 GiB are read", state.len()),
            ));
        }
        let document = pickled::read(state)?;
        let depth = document.attribute("log_cluster_depth").and_then(Json::number);
        if let Some(depth) = depth.filter(|&depth| depth != config.mine.depth as u64) {
            let message = format!("is {} here and {depth} in Drain3's state, whose tree it shapes", config.mine.depth);
            return Err(Error::new(ErrorKind::SnapshotConfig, "mine.depth", message));
        }
        let (learned, limit) = learned(&document)?;
        let max_templates = match limit {
            Limit::Unlimited => None,
            Limit::Of(max) => Some(max),
            Limit::NotSaid => config.mine.max_templates,
        };
        let mine = DrainConfig { max_templates, ..config.mine.clone() };
        let mut miner = Miner::build(&MinerConfig { normalize: config.normalize.clone(), mine })?;
        let names = miner.placeholders().clone();
        let classes = (0..config.normalize.mask_names().len()).map(|n| Class::Mask(n as u8));
        let masks: Vec<(String, Class)> = classes.map(|class| (names.spelling(class), class)).collect();
        let drain = Drain::adopt(&learned, &miner.config().mine, names, &masks)?;
        miner.resume(drain, 0);
        Ok(miner)
    }

    /// The tree below its root, in the order of birth under Drain3's rule: what Drain3's `print_tree` shows.
    pub fn drain3_tree(&self) -> Vec<TreeNode> {
        self.drain().tree()
    }
}

/// What the clusters of a state are limited to.
enum Limit {
    Unlimited,
    Of(usize),
    /// States of Drain3 0.9.1 and older take the limit of whoever reads them.
    NotSaid,
}

fn wrong(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Snapshot, path, message)
}

/// A field, which must be there and be what `read` wants.
fn field<'j, T>(
    of: &'j Json<'j>,
    path: &str,
    name: &str,
    wanted: &str,
    read: impl FnOnce(&'j Json<'j>) -> Option<T>,
) -> Result<T, Error> {
    let path = || if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let Some(value) = of.attribute(name) else {
        return Err(wrong(path(), "is missing; is this a state that Drain3 saved?"));
    };
    read(value).ok_or_else(|| wrong(path(), format!("is {}, not {wanted}", value.what())))
}

fn entries<'j>(value: &'j Json<'j>) -> Option<&'j [(Cow<'j, str>, Json<'j>)]> {
    match value {
        Json::Object(entries) if value.entry("py/id").is_none_or(|id| id.number().is_none()) => Some(entries),
        _ => None,
    }
}

/// The fields of the machine that Drain3 restores.
fn learned<'j>(document: &'j Json<'j>) -> Result<(Learned<'j>, Limit), Error> {
    let counter = field(document, "", "clusters_counter", "a whole number", Json::number)?;
    let store = field(document, "", "id_to_cluster", "an object", |value| entries(value).map(|_| value))?;
    let (of_ids, limit) = match store.attribute("_Cache__data") {
        None => (store, Limit::Unlimited),
        Some(data) => {
            let max = field(store, "id_to_cluster", "_Cache__maxsize", "a whole number", Json::number)?;
            let max = usize::try_from(max).ok().filter(|max| (1..=DrainConfig::MAX_TEMPLATES).contains(max));
            let refused = || wrong("id_to_cluster._Cache__maxsize", "is no limit that a miner can have");
            (data, Limit::Of(max.ok_or_else(refused)?))
        }
    };
    let Some(of_ids) = entries(of_ids) else {
        return Err(wrong("id_to_cluster", format!("is {}, not an object", of_ids.what())));
    };
    let older = of_ids.iter().any(|(key, _)| is_plain_key(key) && key_number(key).is_some());
    let mut clusters = Vec::new();
    for (key, value) in of_ids.iter().filter(|(key, _)| !key.starts_with("py/")) {
        clusters.push(cluster(key, value)?);
    }
    let root = field(document, "", "root_node", "an object", |value| entries(value).map(|_| value))?;
    let learned = Learned { counter, clusters, nodes: nodes(root)? };
    Ok((learned, if older { Limit::NotSaid } else { limit }))
}

fn cluster<'j>(key: &str, value: &'j Json<'j>) -> Result<LearnedCluster<'j>, Error> {
    let path = format!("id_to_cluster.{key}");
    let id = field(value, &path, "cluster_id", "a whole number", Json::number)?;
    if key_number(key) != Some(id) {
        return Err(wrong(path, format!("holds the cluster {id}")));
    }
    let size = field(value, &path, "size", "a whole number", Json::number)?;
    let words = field(value, &path, "log_template_tokens", "a tuple of texts", |tokens| {
        let word = |token: &'j Json<'j>| if let Json::Text(text) = token { Some(text.as_ref()) } else { None };
        tokens.items()?.iter().map(word).collect::<Option<Vec<&str>>>()
    })?;
    Ok(LearnedCluster { id, size, words })
}

/// The nodes below the root, parents first.
fn nodes<'j>(root: &'j Json<'j>) -> Result<Vec<LearnedNode<'j>>, Error> {
    let mut found: Vec<LearnedNode<'j>> = Vec::new();
    // Every node that was found, the root first; `None` is its place among the others.
    let mut waiting: Vec<(Option<usize>, &'j Json<'j>)> = vec![(None, root)];
    while let Some((parent, node)) = waiting.pop() {
        let path = || match parent.and_then(|at| found.get(at)) {
            Some(node) => format!("root_node (below {:?})", node.word),
            None => "root_node".to_owned(),
        };
        let children = field(node, &path(), "key_to_child_node", "an object", entries)?;
        let mut new = Vec::with_capacity(children.len());
        for (key, child) in children {
            let word = key_text(key);
            let members = match child.attribute("cluster_ids") {
                None => Vec::new(),
                Some(ids) => match ids.items().and_then(|ids| ids.iter().map(Json::number).collect()) {
                    Some(ids) => ids,
                    None => return Err(wrong(path(), format!("the cluster_ids of {word:?} are no list of numbers"))),
                },
            };
            new.push((LearnedNode { parent, word, members }, child));
        }
        for (node, child) in new {
            waiting.push((Some(found.len()), child));
            found.push(node);
        }
    }
    Ok(found)
}
